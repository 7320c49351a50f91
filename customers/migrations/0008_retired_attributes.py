"""Attributes that were put out of use, with the one that took their place."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('customers', '0007_month_ends'),
    ]

    operations = [
        migrations.AddField(
            model_name='attribute',
            name='retired_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='attribute',
            name='successor',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='predecessors', to='customers.attribute'),
        ),
        migrations.AddField(
            model_name='historicalattribute',
            name='retired_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='historicalattribute',
            name='successor',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='customers.attribute'),
        ),
        migrations.AddConstraint(
            model_name='attribute',
            constraint=models.CheckConstraint(condition=models.Q(('successor', None), models.Q(('retired_at__isnull', False), models.Q(('successor', models.F('id')), _negated=True)), _connector='OR'), name='customers_attribute_successor'),
        ),
    ]
