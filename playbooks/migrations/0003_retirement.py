"""Playbooks that were put out of use, with the one that took their place."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("playbooks", "0002_guard")]

    operations = [
        migrations.AddField(model_name="playbook", name="retired_at", field=models.DateTimeField(null=True)),
        migrations.AddField(
            model_name="playbook",
            name="successor",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="predecessors",
                to="playbooks.playbook",
            ),
        ),
        migrations.AddConstraint(
            model_name="playbook",
            constraint=models.CheckConstraint(
                condition=models.Q(("successor", None))
                | models.Q(("retired_at__isnull", False), models.Q(("successor", models.F("id")), _negated=True)),
                name="playbooks_successor_only_when_retired",
            ),
        ),
    ]
