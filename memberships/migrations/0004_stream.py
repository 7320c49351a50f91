"""Micro-batches, shards, repetitions, packs of old changes, lists and exports."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# What stands already: each snapshot holds the changes up to its own run, and the members those of its build.
FORWARD = """
UPDATE memberships_snapshot s SET through = COALESCE(
    (SELECT max(d.id) FROM memberships_delta d WHERE d.segment_id = s.segment_id AND d.run_id <= s.run_id), 0);
UPDATE memberships_current c SET
    through = COALESCE((SELECT s.through FROM memberships_snapshot s WHERE s.id = c.snapshot_id), 0),
    watermark = COALESCE(
        (SELECT b.watermark FROM memberships_run r JOIN customers_profilebuild b ON b.id = r.build_id WHERE r.id = c.run_id), 0);
ALTER TABLE memberships_deltapack ALTER COLUMN content SET STORAGE EXTERNAL;
ALTER TABLE memberships_customerlist ALTER COLUMN members SET STORAGE EXTERNAL;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('customers', '0003_events'),
        ('memberships', '0003_hold_outs'),
        ('taxonomy', '0005_proofs'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='CustomerList',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120)),
                ('note', models.CharField(blank=True, default='', max_length=500)),
                ('expression', models.JSONField()),
                ('grounds', models.JSONField(default=list)),
                ('at', models.DateTimeField()),
                ('members', models.BinaryField()),
                ('size', models.PositiveBigIntegerField()),
                ('digest', models.CharField(max_length=64)),
                ('made_at', models.DateTimeField()),
                ('discarded_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'ordering': ['-id'],
            },
        ),
        migrations.CreateModel(
            name='DeltaPack',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('first_delta', models.BigIntegerField()),
                ('last_delta', models.BigIntegerField()),
                ('first_at', models.DateTimeField()),
                ('last_at', models.DateTimeField()),
                ('count', models.PositiveIntegerField()),
                ('entered_count', models.PositiveBigIntegerField()),
                ('left_count', models.PositiveBigIntegerField()),
                ('content', models.BinaryField()),
                ('digest', models.CharField(max_length=64)),
                ('packed_at', models.DateTimeField()),
            ],
            options={
                'ordering': ['segment_id', 'first_delta'],
            },
        ),
        migrations.CreateModel(
            name='Export',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('what', models.JSONField()),
                ('title', models.CharField(max_length=200)),
                ('format', models.CharField(choices=[('csv', 'CSV'), ('parquet', 'Parquet')], max_length=10)),
                ('state', models.CharField(choices=[('queued', 'Queued'), ('running', 'Running'), ('done', 'Ready'), ('failed', 'Failed'), ('expired', 'Expired')], default='queued', max_length=10)),
                ('done', models.PositiveBigIntegerField(default=0)),
                ('total', models.PositiveBigIntegerField(default=0)),
                ('path', models.CharField(blank=True, default='', max_length=200)),
                ('bytes', models.PositiveBigIntegerField(default=0)),
                ('stamp', models.JSONField(default=dict)),
                ('error', models.CharField(blank=True, default='', max_length=300)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('asked_at', models.DateTimeField()),
                ('heartbeat_at', models.DateTimeField(blank=True, null=True)),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('expires_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'ordering': ['-id'],
            },
        ),
        migrations.CreateModel(
            name='RunShard',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('attempt', models.PositiveSmallIntegerField()),
                ('number', models.PositiveIntegerField()),
                ('first', models.BigIntegerField()),
                ('end', models.BigIntegerField()),
                ('state', models.CharField(choices=[('waiting', 'Waiting'), ('running', 'Running'), ('done', 'Done')], default='waiting', max_length=10)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('heartbeat_at', models.DateTimeField(blank=True, null=True)),
                ('result_path', models.CharField(blank=True, default='', max_length=200)),
                ('seconds', models.FloatField(blank=True, null=True)),
                ('failures', models.JSONField(blank=True, default=dict)),
            ],
            options={
                'ordering': ['run_id', 'attempt', 'number'],
            },
        ),
        migrations.RemoveConstraint(
            model_name='delta',
            name='memberships_delta_once_per_run',
        ),
        migrations.RemoveConstraint(
            model_name='delta',
            name='memberships_delta_cause_known',
        ),
        migrations.AddField(
            model_name='current',
            name='through',
            field=models.BigIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name='current',
            name='watermark',
            field=models.BigIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name='run',
            name='arrived_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='run',
            name='batch_path',
            field=models.CharField(blank=True, db_default='', default='', max_length=100),
        ),
        migrations.AddField(
            model_name='run',
            name='options',
            field=models.JSONField(blank=True, db_default=models.Value({}, models.JSONField()), default=dict),
        ),
        migrations.AddField(
            model_name='run',
            name='repeats',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='repetitions', to='memberships.run'),
        ),
        migrations.AddField(
            model_name='run',
            name='watermark',
            field=models.BigIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='snapshot',
            name='through',
            field=models.BigIntegerField(db_default=0, default=0),
        ),
        migrations.AlterField(
            model_name='delta',
            name='cause',
            field=models.CharField(choices=[('first', 'First computation'), ('data', 'Data changed'), ('rule', 'Rule changed'), ('retired', 'Segment retired'), ('time', 'Time passed'), ('late', 'Late data'), ('merge', 'Customers merged'), ('correction', 'Correction')], max_length=10),
        ),
        migrations.AlterField(
            model_name='run',
            name='kind',
            field=models.CharField(choices=[('full', 'All segments'), ('partial', 'Some segments'), ('micro', 'Changed customers'), ('repeat', 'Repetition of a run')], max_length=10),
        ),
        migrations.AddIndex(
            model_name='delta',
            index=models.Index(fields=['segment', 'id'], name='memberships_delta_order'),
        ),
        migrations.AddIndex(
            model_name='run',
            index=models.Index(fields=['kind', '-id'], name='memberships_run_kind'),
        ),
        migrations.AddConstraint(
            model_name='delta',
            constraint=models.UniqueConstraint(fields=('run', 'segment', 'cause'), name='memberships_delta_once_per_cause'),
        ),
        migrations.AddConstraint(
            model_name='delta',
            constraint=models.CheckConstraint(condition=models.Q(('cause__in', ['first', 'data', 'rule', 'retired', 'time', 'late', 'merge', 'correction'])), name='memberships_delta_cause_known'),
        ),
        migrations.AddConstraint(
            model_name='run',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'repeat'), _negated=True), ('repeats__isnull', False), _connector='OR'), name='memberships_run_repeat_names_run'),
        ),
        migrations.AddField(
            model_name='customerlist',
            name='made_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='deltapack',
            name='segment',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='taxonomy.segment'),
        ),
        migrations.AddField(
            model_name='export',
            name='asked_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='runshard',
            name='run',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='shards', to='memberships.run'),
        ),
        migrations.AddConstraint(
            model_name='customerlist',
            constraint=models.CheckConstraint(condition=models.Q(('discarded_at', None), ('size', 0), _connector='OR'), name='memberships_list_discarded_is_empty'),
        ),
        migrations.AddIndex(
            model_name='deltapack',
            index=models.Index(fields=['segment', 'last_at'], name='memberships_pack_at'),
        ),
        migrations.AddConstraint(
            model_name='deltapack',
            constraint=models.UniqueConstraint(fields=('segment', 'first_delta'), name='memberships_pack_once'),
        ),
        migrations.AddConstraint(
            model_name='deltapack',
            constraint=models.CheckConstraint(condition=models.Q(('last_delta__gte', models.F('first_delta'))), name='memberships_pack_in_order'),
        ),
        migrations.AddConstraint(
            model_name='export',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['queued', 'running', 'done', 'failed', 'expired'])), name='memberships_export_state_known'),
        ),
        migrations.AddConstraint(
            model_name='export',
            constraint=models.CheckConstraint(condition=models.Q(('format__in', ('csv', 'parquet'))), name='memberships_export_format_known'),
        ),
        migrations.AddConstraint(
            model_name='runshard',
            constraint=models.UniqueConstraint(fields=('run', 'attempt', 'number'), name='memberships_shard_once'),
        ),
        migrations.AddConstraint(
            model_name='runshard',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['waiting', 'running', 'done'])), name='memberships_shard_state_known'),
        ),
        migrations.AddConstraint(
            model_name='runshard',
            constraint=models.CheckConstraint(condition=models.Q(('end__gt', models.F('first'))), name='memberships_shard_has_rows'),
        ),
        migrations.RunSQL(FORWARD, migrations.RunSQL.noop),
    ]
