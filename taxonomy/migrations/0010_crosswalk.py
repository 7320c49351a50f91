"""Deprecation as a decision of its own, and a crosswalk that stays as it was drawn."""

from django.db import migrations, models
from django.db.models import Q

KINDS = [
    ("create", "Created"),
    ("change", "Changed"),
    ("move", "Moved"),
    ("rename", "Renamed"),
    ("revert", "Reverted"),
    ("retire", "Retired"),
    ("split", "Split"),
    ("merge", "Merged"),
    ("deprecate", "Deprecated"),
]

KEPT = """
CREATE FUNCTION taxonomy_guard_correspondence() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'A line of the crosswalk is never changed and never deleted.' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER taxonomy_correspondence_is_kept BEFORE UPDATE OR DELETE ON taxonomy_correspondence
    FOR EACH ROW EXECUTE FUNCTION taxonomy_guard_correspondence();
COMMENT ON TRIGGER taxonomy_correspondence_is_kept ON taxonomy_correspondence IS
    'Without it a report in the new taxonomy could be made to say anything about the old one.';
"""

GONE = """
DROP TRIGGER taxonomy_correspondence_is_kept ON taxonomy_correspondence;
DROP FUNCTION taxonomy_guard_correspondence();
"""


class Migration(migrations.Migration):
    dependencies = [("taxonomy", "0009_signed_objectives")]

    operations = [
        migrations.AlterField("enactment", "kind", models.CharField(choices=KINDS, max_length=16)),
        migrations.RemoveConstraint("enactment", "enactment_kind_known"),
        migrations.AddConstraint(
            "enactment",
            models.CheckConstraint(condition=Q(kind__in=[kind for kind, _ in KINDS]), name="enactment_kind_known"),
        ),
        migrations.RemoveConstraint("enactment", "enactment_once_per_version"),
        migrations.AddConstraint(
            "enactment",
            models.UniqueConstraint(
                condition=~Q(kind__in=("retire", "deprecate")),
                fields=("version",),
                name="enactment_once_per_version",
            ),
        ),
        migrations.RunSQL(KEPT, GONE),
    ]
