"""Whom the requests in review name is looked up by an index; built beside the readers and writers of the table."""

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("reviews", "0007_assumptions"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="changerequest",
            index=GinIndex(
                models.F("requirement__people"), condition=models.Q(("state", "in_review")), name="request_names"
            ),
        ),
    ]
