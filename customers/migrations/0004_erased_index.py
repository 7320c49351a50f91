"""Finds the erased among millions of customers."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("customers", "0003_events")]

    operations = [
        migrations.AddIndex(
            model_name="customer",
            index=models.Index(condition=models.Q(("is_erased", True)), fields=["ordinal"], name="customers_erased"),
        ),
    ]
