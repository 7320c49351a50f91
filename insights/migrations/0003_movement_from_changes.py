"""Movement is read from the changes of members themselves; the copy of each publication goes."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("insights", "0002_misclassification_reports")]
    operations = [migrations.DeleteModel(name="SegmentMeasure")]
