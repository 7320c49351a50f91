"""Pilots: segments that are tried out before they are in full use, entered and left only with a version."""

from django.db import migrations, models
from django.db.models import Q

STATUSES = [
    ("proposed", "Proposed"),
    ("pilot", "Pilot"),
    ("active", "Active"),
    ("deprecated", "Deprecated"),
    ("retired", "Retired"),
]
PILOTS = [
    ("closed", "Pilot: people see its members, other programs do not get them"),
    ("open", "Pilot: other programs get its members too"),
]

MOVES = """
CREATE OR REPLACE FUNCTION taxonomy_guard_segment() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'A segment is never deleted; retire it instead.' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.key IS DISTINCT FROM OLD.key OR NEW.id IS DISTINCT FROM OLD.id THEN
        RAISE EXCEPTION 'The key of a segment never changes.' USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.status = 'retired' AND NEW.status <> 'retired'
        OR NEW.status = 'proposed' AND OLD.status <> 'proposed'
        OR NEW.status = 'pilot' AND OLD.status NOT IN ('proposed', 'pilot')
        OR NEW.status = 'deprecated' AND OLD.status IN ('proposed', 'pilot') THEN
        RAISE EXCEPTION 'A segment that is % cannot become %.', OLD.status, NEW.status
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
"""

MOVES_BEFORE = """
CREATE OR REPLACE FUNCTION taxonomy_guard_segment() RETURNS trigger LANGUAGE plpgsql AS $$
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
"""

AGREE = """
CREATE FUNCTION taxonomy_guard_pilot() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    here bigint := CASE TG_TABLE_NAME WHEN 'taxonomy_segment' THEN (to_jsonb(NEW)->>'id')::bigint
                   ELSE (to_jsonb(NEW)->>'segment_id')::bigint END;
    stands text;
    tried text;
BEGIN
    SELECT status INTO stands FROM taxonomy_segment WHERE id = here;
    SELECT pilot INTO tried FROM taxonomy_segmentversion WHERE segment_id = here AND state = 'active';
    IF FOUND AND (stands = 'pilot') <> (tried <> '') THEN
        RAISE EXCEPTION 'A segment is a pilot exactly while its version in force says so.'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER taxonomy_segment_pilot AFTER INSERT OR UPDATE OF status ON taxonomy_segment
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION taxonomy_guard_pilot();
CREATE CONSTRAINT TRIGGER taxonomy_version_pilot AFTER INSERT OR UPDATE OF state ON taxonomy_segmentversion
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION taxonomy_guard_pilot();
COMMENT ON TRIGGER taxonomy_segment_pilot ON taxonomy_segment IS
    'Without it a pilot could be taken into full use by a write that no board has seen.';
COMMENT ON TRIGGER taxonomy_version_pilot ON taxonomy_segmentversion IS
    'Without it a segment in full use could be given a version that is only tried out.';
"""

AGREE_NO_MORE = """
DROP TRIGGER taxonomy_version_pilot ON taxonomy_segmentversion;
DROP TRIGGER taxonomy_segment_pilot ON taxonomy_segment;
DROP FUNCTION taxonomy_guard_pilot();
"""


class Migration(migrations.Migration):
    dependencies = [("taxonomy", "0010_crosswalk")]

    operations = [
        migrations.RemoveConstraint("segment", "segment_status_known"),
        migrations.AlterField(
            "definition", "status", models.CharField(choices=STATUSES, default="active", max_length=16)
        ),
        migrations.AlterField(
            "segment", "status", models.CharField(choices=STATUSES, default="proposed", max_length=16)
        ),
        migrations.AddConstraint(
            "segment",
            models.CheckConstraint(
                condition=Q(status__in=[status for status, _ in STATUSES]), name="segment_status_known"
            ),
        ),
        migrations.AddField(
            "segmentversion",
            "pilot",
            models.CharField(
                blank=True,
                choices=PILOTS,
                db_default="",
                default="",
                help_text="How far the segment reaches while it is tried out; empty in full use.",
                max_length=8,
            ),
        ),
        migrations.AddConstraint(
            "segmentversion",
            models.CheckConstraint(condition=Q(pilot__in=("", "closed", "open")), name="version_pilot_known"),
        ),
        migrations.RunSQL(MOVES, MOVES_BEFORE),
        migrations.RunSQL(AGREE, AGREE_NO_MORE),
    ]
