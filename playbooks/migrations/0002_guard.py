"""The database keeps a version's content as it was approved."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION playbooks_version_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a version of a playbook is never deleted' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF ROW(NEW.id, NEW.playbook_id, NEW.number, NEW.content, NEW.digest, NEW.segment_version_number, NEW.rationale,
           NEW.request_ref, NEW.author_name, NEW.enacted_at)
       IS DISTINCT FROM
       ROW(OLD.id, OLD.playbook_id, OLD.number, OLD.content, OLD.digest, OLD.segment_version_number, OLD.rationale,
           OLD.request_ref, OLD.author_name, OLD.enacted_at)
       OR (OLD.state = 'superseded' AND NEW.state <> 'superseded') THEN
        RAISE EXCEPTION 'a version of a playbook does not change; propose a new one'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER playbooks_version_guard BEFORE UPDATE OR DELETE ON playbooks_playbookversion
    FOR EACH ROW EXECUTE FUNCTION playbooks_version_guard();
"""
BACKWARD = """
DROP TRIGGER playbooks_version_guard ON playbooks_playbookversion;
DROP FUNCTION playbooks_version_guard();
"""


class Migration(migrations.Migration):
    dependencies = [("playbooks", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
