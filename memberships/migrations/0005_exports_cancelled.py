"""An export can be cancelled, and says when a worker began it."""

from django.db import migrations, models

_STATES = [
    ("queued", "Queued"),
    ("running", "Running"),
    ("done", "Ready"),
    ("failed", "Failed"),
    ("cancelled", "Cancelled"),
    ("expired", "Expired"),
]


class Migration(migrations.Migration):
    dependencies = [("memberships", "0004_stream")]

    operations = [
        migrations.RemoveConstraint(model_name="export", name="memberships_export_state_known"),
        migrations.AddField(model_name="export", name="started_at", field=models.DateTimeField(blank=True, null=True)),
        migrations.AlterField(
            model_name="export", name="state", field=models.CharField(choices=_STATES, default="queued", max_length=10)
        ),
        migrations.AddConstraint(
            model_name="export",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", [value for value, _ in _STATES])),
                name="memberships_export_state_known",
            ),
        ),
    ]
