"""The database keeps a version's content as it was approved."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION training_version_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a version of a brief is never deleted' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF ROW(NEW.id, NEW.brief_id, NEW.number, NEW.content, NEW.digest, NEW.segment_version_number, NEW.rationale,
           NEW.request_ref, NEW.author_name, NEW.enacted_at)
       IS DISTINCT FROM
       ROW(OLD.id, OLD.brief_id, OLD.number, OLD.content, OLD.digest, OLD.segment_version_number, OLD.rationale,
           OLD.request_ref, OLD.author_name, OLD.enacted_at)
       OR (OLD.state = 'superseded' AND NEW.state <> 'superseded') THEN
        RAISE EXCEPTION 'a version of a brief does not change; propose a new one'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER training_version_guard BEFORE UPDATE OR DELETE ON training_briefversion
    FOR EACH ROW EXECUTE FUNCTION training_version_guard();
"""
BACKWARD = """
DROP TRIGGER training_version_guard ON training_briefversion;
DROP FUNCTION training_version_guard();
"""


class Migration(migrations.Migration):
    dependencies = [("training", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
