"""Briefs that were put out of use, with the one that took their place."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("training", "0002_guard")]

    operations = [
        migrations.AddField(model_name="brief", name="retired_at", field=models.DateTimeField(null=True)),
        migrations.AddField(
            model_name="brief",
            name="successor",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="predecessors",
                to="training.brief",
            ),
        ),
        migrations.AddConstraint(
            model_name="brief",
            constraint=models.CheckConstraint(
                condition=models.Q(("successor", None))
                | models.Q(("retired_at__isnull", False), models.Q(("successor", models.F("id")), _negated=True)),
                name="training_successor_only_when_retired",
            ),
        ),
    ]
