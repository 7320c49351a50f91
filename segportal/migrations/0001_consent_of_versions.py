"""At the commit, the database asks each new version of something governed for the applied request that it came from."""

from django.db import migrations

# table -> the types of request that may bring a row into it
TABLES = {
    "taxonomy_enactment": ("segment", "attribute"),
    "taxonomy_definitionversion": ("term", "metric", "guideline"),
    "playbooks_playbookversion": ("playbook",),
    "training_briefversion": ("brief",),
    "aims_journeyversion": ("journey",),
}

ONLY_APPLIED = """
CREATE OR REPLACE FUNCTION segportal_guard_consent() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.request_ref !~ '^[0-9]{1,18}$' OR NOT EXISTS (
        SELECT 1 FROM reviews_changerequest request
        WHERE request.id = NEW.request_ref::bigint AND request.state = 'applied' AND request.subject_type = ANY (TG_ARGV)
    ) THEN
        RAISE EXCEPTION 'Nothing takes effect without an applied request; % names “%”.', TG_TABLE_NAME, NEW.request_ref
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$;
"""
FUNCTIONS = f"""
{ONLY_APPLIED}
CREATE FUNCTION segportal_guard_enacted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM taxonomy_enactment WHERE version_id = NEW.id) THEN
        RAISE EXCEPTION 'A version of a segment stands only with its enactment.' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER segportal_enacted AFTER INSERT ON taxonomy_segmentversion
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION segportal_guard_enacted();
COMMENT ON TRIGGER segportal_enacted ON taxonomy_segmentversion IS
    'Without it whoever reaches the table could put a rule into force that no board has seen.';
"""


def _trigger(table: str, types: tuple[str, ...]) -> str:
    named = ", ".join(f"'{name}'" for name in types)
    return f"""
CREATE CONSTRAINT TRIGGER segportal_consent AFTER INSERT ON {table}
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION segportal_guard_consent({named});
COMMENT ON TRIGGER segportal_consent ON {table} IS
    'Without it whoever reaches the table could put content into force that no board has seen.';
"""


BACKWARD = (
    "".join(f"DROP TRIGGER segportal_consent ON {table};" for table in TABLES)
    + """
DROP TRIGGER segportal_enacted ON taxonomy_segmentversion;
DROP FUNCTION segportal_guard_enacted();
DROP FUNCTION segportal_guard_consent();
"""
)


class Migration(migrations.Migration):
    initial = True
    dependencies = [
        ("aims", "0001_initial"),
        ("playbooks", "0002_guard"),
        ("reviews", "0005_guards"),
        ("taxonomy", "0006_governed_words"),
        ("training", "0002_guard"),
    ]
    operations = [
        migrations.RunSQL(FUNCTIONS + "".join(_trigger(table, types) for table, types in TABLES.items()), BACKWARD)
    ]
