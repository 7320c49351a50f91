"""How far the stored events of a problem were applied again."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("customers", "0005_corrections")]

    operations = [
        migrations.AddField(
            model_name="eventproblem", name="again_from", field=models.JSONField(blank=True, null=True)
        ),
    ]
