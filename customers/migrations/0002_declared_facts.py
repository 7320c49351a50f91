"""Facts that are declared of attributes, and how many customers break them on each build."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('customers', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='attribute',
            name='is_always_known',
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name='attribute',
            name='is_whole',
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name='attribute',
            name='maximum',
            field=models.JSONField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='attribute',
            name='minimum',
            field=models.JSONField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='attribute',
            name='not_before',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='not_after', to='customers.attribute'),
        ),
        migrations.AddField(
            model_name='historicalattribute',
            name='is_always_known',
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name='historicalattribute',
            name='is_whole',
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name='historicalattribute',
            name='maximum',
            field=models.JSONField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='historicalattribute',
            name='minimum',
            field=models.JSONField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='historicalattribute',
            name='not_before',
            field=models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='customers.attribute'),
        ),
        migrations.AddField(
            model_name='profilebuild',
            name='facts',
            field=models.JSONField(db_default=models.Value({}, models.JSONField()), default=dict),
        ),
        migrations.AddConstraint(
            model_name='attribute',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('maximum__isnull', True), ('minimum__isnull', True), ('not_before', None)), ('type__in', ('number', 'date', 'timestamp')), _connector='OR'), name='customers_attribute_order'),
        ),
        migrations.AddConstraint(
            model_name='attribute',
            constraint=models.CheckConstraint(condition=models.Q(('is_whole', False), ('type', 'number'), _connector='OR'), name='customers_attribute_whole'),
        ),
    ]
