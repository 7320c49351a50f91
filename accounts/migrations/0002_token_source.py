"""Which source the data comes from that a token sends."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='token',
            name='source_key',
            field=models.CharField(blank=True, db_default='', default='', max_length=63),
        ),
    ]
