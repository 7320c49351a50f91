"""Imports that correct; finding the calls that speak of an account, for erasure."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("customers", "0004_erased_index")]

    operations = [
        migrations.AddField(
            model_name="importjob",
            name="is_correction",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddIndex(
            model_name="event",
            index=models.Index(
                condition=models.Q(("group_id", ""), _negated=True), fields=["group_id"], name="customers_event_group"
            ),
        ),
    ]
