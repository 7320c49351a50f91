"""The database's own guards of governed words: what was decided stays, a signature holds for one text only."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION taxonomy_guard_definition_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'A version of a definition is never deleted.' USING ERRCODE = 'restrict_violation';
    END IF;
    IF (to_jsonb(NEW) - 'state' - 'ended_at') IS DISTINCT FROM (to_jsonb(OLD) - 'state' - 'ended_at') THEN
        RAISE EXCEPTION 'What a version of a definition says never changes; enact a new version instead.'
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.state <> 'active' AND (NEW.state, NEW.ended_at) IS DISTINCT FROM (OLD.state, OLD.ended_at) THEN
        RAISE EXCEPTION 'A version that has ended stays ended; enact a new version instead.'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER taxonomy_definition_version_guard BEFORE UPDATE OR DELETE ON taxonomy_definitionversion
    FOR EACH ROW EXECUTE FUNCTION taxonomy_guard_definition_version();
COMMENT ON TRIGGER taxonomy_definition_version_guard ON taxonomy_definitionversion IS
    'Without it the meaning that a board approved could be altered afterwards, and no page would show it.';

CREATE FUNCTION taxonomy_guard_definition() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'A definition is never deleted; retire it instead.' USING ERRCODE = 'restrict_violation';
    END IF;
    IF (NEW.id, NEW.type, NEW.key, NEW.created_at) IS DISTINCT FROM (OLD.id, OLD.type, OLD.key, OLD.created_at) THEN
        RAISE EXCEPTION 'The type and the key of a definition never change.' USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.status = 'retired' AND NEW IS DISTINCT FROM OLD THEN
        RAISE EXCEPTION 'A definition that was retired stays as it is.' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER taxonomy_definition_guard BEFORE UPDATE OR DELETE ON taxonomy_definition
    FOR EACH ROW EXECUTE FUNCTION taxonomy_guard_definition();
COMMENT ON TRIGGER taxonomy_definition_guard ON taxonomy_definition IS
    'Without it a key that texts and mappings hold could be given to another word.';

CREATE FUNCTION taxonomy_guard_equivalence() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    text_old jsonb := to_jsonb(OLD) - 'left_signed_by_id' - 'left_signed_at' - 'right_signed_by_id'
        - 'right_signed_at' - 'ended_at' - 'version';
    text_new jsonb;
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'An equivalence is never deleted; end it instead.' USING ERRCODE = 'restrict_violation';
    END IF;
    text_new := to_jsonb(NEW) - 'left_signed_by_id' - 'left_signed_at' - 'right_signed_by_id'
        - 'right_signed_at' - 'ended_at' - 'version';
    IF OLD.ended_at IS NOT NULL THEN
        RAISE EXCEPTION 'An equivalence that has ended stays as it is.' USING ERRCODE = 'restrict_violation';
    END IF;
    IF text_new - 'kind' - 'rule' - 'offered_by_id' - 'offered_at' IS DISTINCT FROM
        text_old - 'kind' - 'rule' - 'offered_by_id' - 'offered_at' THEN
        RAISE EXCEPTION 'An equivalence stays between its two words and functions.' USING ERRCODE = 'restrict_violation';
    END IF;
    IF text_new IS DISTINCT FROM text_old THEN
        IF NEW.version <> OLD.version + 1 OR num_nonnulls(
            NEW.left_signed_by_id, NEW.left_signed_at, NEW.right_signed_by_id, NEW.right_signed_at) > 0 THEN
            RAISE EXCEPTION 'A new text needs new signatures.' USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF NEW.version <> OLD.version THEN
        RAISE EXCEPTION 'A version of an equivalence has a text of its own.' USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.left_signed_by_id IS NOT NULL AND (NEW.left_signed_by_id, NEW.left_signed_at)
            IS DISTINCT FROM (OLD.left_signed_by_id, OLD.left_signed_at)
        OR OLD.right_signed_by_id IS NOT NULL AND (NEW.right_signed_by_id, NEW.right_signed_at)
            IS DISTINCT FROM (OLD.right_signed_by_id, OLD.right_signed_at) THEN
        RAISE EXCEPTION 'A signature is never changed.' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER taxonomy_equivalence_guard BEFORE UPDATE OR DELETE ON taxonomy_equivalence
    FOR EACH ROW EXECUTE FUNCTION taxonomy_guard_equivalence();
COMMENT ON TRIGGER taxonomy_equivalence_guard ON taxonomy_equivalence IS
    'Without it two functions could be held to a text that neither of them signed.';
"""

BACKWARD = """
DROP TRIGGER taxonomy_equivalence_guard ON taxonomy_equivalence;
DROP FUNCTION taxonomy_guard_equivalence();
DROP TRIGGER taxonomy_definition_guard ON taxonomy_definition;
DROP FUNCTION taxonomy_guard_definition();
DROP TRIGGER taxonomy_definition_version_guard ON taxonomy_definitionversion;
DROP FUNCTION taxonomy_guard_definition_version();
"""


class Migration(migrations.Migration):
    dependencies = [("taxonomy", "0006_governed_words")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
