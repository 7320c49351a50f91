"""The database's own guards: versions keep their content, enactments stay as written, keys are for ever."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION taxonomy_guard_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'A version of a segment is never deleted.' USING ERRCODE = 'restrict_violation';
    END IF;
    IF (to_jsonb(NEW) - 'state' - 'ended_at') IS DISTINCT FROM (to_jsonb(OLD) - 'state' - 'ended_at') THEN
        RAISE EXCEPTION 'The content of a version never changes; enact a new version instead.'
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.state <> 'active' AND (NEW.state, NEW.ended_at) IS DISTINCT FROM (OLD.state, OLD.ended_at) THEN
        RAISE EXCEPTION 'A version that has ended stays ended; enact a new version instead.'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER taxonomy_version_guard BEFORE UPDATE OR DELETE ON taxonomy_segmentversion
    FOR EACH ROW EXECUTE FUNCTION taxonomy_guard_version();
COMMENT ON TRIGGER taxonomy_version_guard ON taxonomy_segmentversion IS
    'Without it what a board approved could be altered afterwards, and no page would show it.';

CREATE FUNCTION taxonomy_guard_enactment() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'An enactment is never changed and never deleted.' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER taxonomy_enactment_guard BEFORE UPDATE OR DELETE ON taxonomy_enactment
    FOR EACH ROW EXECUTE FUNCTION taxonomy_guard_enactment();
COMMENT ON TRIGGER taxonomy_enactment_guard ON taxonomy_enactment IS
    'Without it the answer to "who brought this into force, and from which request" could be rewritten.';

CREATE FUNCTION taxonomy_guard_segment() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'A segment is never deleted; retire it instead.' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.key IS DISTINCT FROM OLD.key OR NEW.id IS DISTINCT FROM OLD.id THEN
        RAISE EXCEPTION 'The key of a segment never changes.' USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.status = 'retired' AND NEW.status <> 'retired' OR OLD.status = 'active' AND NEW.status = 'proposed' THEN
        RAISE EXCEPTION 'A segment that is % cannot become %.', OLD.status, NEW.status
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER taxonomy_segment_guard BEFORE UPDATE OR DELETE ON taxonomy_segment
    FOR EACH ROW EXECUTE FUNCTION taxonomy_guard_segment();
COMMENT ON TRIGGER taxonomy_segment_guard ON taxonomy_segment IS
    'Without it a key that other systems hold could be given to another group of customers.';

COMMENT ON CONSTRAINT version_number_unique ON taxonomy_segmentversion IS
    'Without it "version 3" could mean two things, and an approval could be read as given for the other one.';
COMMENT ON INDEX version_one_active_per_segment IS
    'Without it two rules could be in force at once and runs would publish either of them.';
"""

BACKWARD = """
COMMENT ON INDEX version_one_active_per_segment IS NULL;
COMMENT ON CONSTRAINT version_number_unique ON taxonomy_segmentversion IS NULL;
DROP TRIGGER taxonomy_segment_guard ON taxonomy_segment;
DROP FUNCTION taxonomy_guard_segment();
DROP TRIGGER taxonomy_enactment_guard ON taxonomy_enactment;
DROP FUNCTION taxonomy_guard_enactment();
DROP TRIGGER taxonomy_version_guard ON taxonomy_segmentversion;
DROP FUNCTION taxonomy_guard_version();
"""


class Migration(migrations.Migration):
    dependencies = [("taxonomy", "0001_initial")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
