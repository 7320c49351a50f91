"""Events as programs tell them, in a table partitioned by month; clocks and causes of customers; how values are derived."""

import django.db.models.deletion
from django.db import migrations, models

EVENTS = """
CREATE SEQUENCE customers_event_seq AS bigint MINVALUE 1 START WITH 1 NO CYCLE;
CREATE TABLE customers_event (
    id bigint NOT NULL DEFAULT nextval('customers_event_seq'),
    received_at timestamptz NOT NULL,
    at timestamptz NOT NULL,
    source_key varchar(63) NOT NULL,
    message_id varchar(200) NOT NULL,
    type varchar(10) NOT NULL,
    name varchar(200) NOT NULL DEFAULT '',
    user_id varchar(200) NOT NULL DEFAULT '',
    anonymous_id varchar(200) NOT NULL DEFAULT '',
    group_id varchar(200) NOT NULL DEFAULT '',
    previous_id varchar(200) NOT NULL DEFAULT '',
    content jsonb NOT NULL DEFAULT '{}',
    context jsonb NOT NULL DEFAULT '{}',
    customer_ordinal bigint,
    applied_at timestamptz,
    applied_seq bigint,
    PRIMARY KEY (received_at, id),
    -- A kind that nothing applies would wait for ever.
    CONSTRAINT customers_event_type CHECK (type IN ('identify', 'track', 'page', 'screen', 'group', 'alias'))
) PARTITION BY RANGE (received_at);
CREATE TABLE customers_event_other PARTITION OF customers_event DEFAULT;
"""
EVENTS_BACK = """
DROP TABLE customers_event;
DROP SEQUENCE customers_event_seq;
"""
# The role that runs the portal owns no table: it asks these two functions, which can do nothing else.
PARTITIONS = """
CREATE FUNCTION customers_event_month(day date) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    first date := date_trunc('month', day)::date;
    name text := 'customers_event_' || to_char(first, 'YYYY_MM');
BEGIN
    PERFORM pg_advisory_xact_lock(7310575);
    IF to_regclass('public.' || name) IS NULL THEN
        EXECUTE format(
            'CREATE TABLE public.%I PARTITION OF public.customers_event FOR VALUES FROM (%L) TO (%L)',
            name, first::timestamp AT TIME ZONE 'UTC', (first + interval '1 month')::timestamp AT TIME ZONE 'UTC');
    END IF;
END $$;
CREATE FUNCTION customers_drop_event_months(before date) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    name text;
    dropped integer := 0;
BEGIN
    PERFORM pg_advisory_xact_lock(7310575);
    FOR name IN
        SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
        WHERE i.inhparent = 'public.customers_event'::regclass AND c.relname ~ '^customers_event_[0-9]{4}_[0-9]{2}$'
          AND to_date(right(c.relname, 7), 'YYYY_MM') + interval '1 month' <= before
    LOOP
        EXECUTE format('DROP TABLE public.%I', name);
        dropped := dropped + 1;
    END LOOP;
    RETURN dropped;
END $$;
"""
PARTITIONS_BACK = """
DROP FUNCTION customers_drop_event_months(date);
DROP FUNCTION customers_event_month(date);
"""


class Migration(migrations.Migration):

    dependencies = [
        ('customers', '0002_declared_facts'),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(EVENTS, EVENTS_BACK)],
            state_operations=[
                migrations.CreateModel(
                    name='Event',
                    fields=[
                        ('pk', models.CompositePrimaryKey('received_at', 'id', blank=True, editable=False, primary_key=True, serialize=False)),
                        ('id', models.BigIntegerField(db_default=models.Func(models.Value('customers_event_seq'), function='nextval'))),
                        ('received_at', models.DateTimeField()),
                        ('at', models.DateTimeField()),
                        ('source_key', models.CharField(max_length=63)),
                        ('message_id', models.CharField(max_length=200)),
                        ('type', models.CharField(choices=[('identify', 'Identify'), ('track', 'Track'), ('page', 'Page'), ('screen', 'Screen'), ('group', 'Group'), ('alias', 'Alias')], max_length=10)),
                        ('name', models.CharField(blank=True, default='', max_length=200)),
                        ('user_id', models.CharField(blank=True, default='', max_length=200)),
                        ('anonymous_id', models.CharField(blank=True, default='', max_length=200)),
                        ('group_id', models.CharField(blank=True, default='', max_length=200)),
                        ('previous_id', models.CharField(blank=True, default='', max_length=200)),
                        ('content', models.JSONField(default=dict)),
                        ('context', models.JSONField(default=dict)),
                        ('customer_ordinal', models.BigIntegerField(blank=True, null=True)),
                        ('applied_at', models.DateTimeField(blank=True, null=True)),
                        ('applied_seq', models.BigIntegerField(blank=True, null=True)),
                    ],
                    options={
                        'ordering': ('-received_at', '-id'),
                    },
                ),
            ],
        ),
        migrations.RunSQL(PARTITIONS, PARTITIONS_BACK),
        migrations.CreateModel(
            name='EventExtract',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveBigIntegerField(unique=True)),
                ('path', models.CharField(max_length=100)),
                ('watermark', models.BigIntegerField()),
                ('columns', models.JSONField(default=dict)),
                ('row_count', models.BigIntegerField()),
                ('created_at', models.DateTimeField()),
            ],
            options={
                'ordering': ('-number',),
            },
        ),
        migrations.CreateModel(
            name='EventProblem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('source_key', models.CharField(max_length=63)),
                ('key', models.CharField(blank=True, default='', max_length=200)),
                ('code', models.CharField(max_length=40)),
                ('detail', models.CharField(max_length=500)),
                ('example', models.JSONField(blank=True, null=True)),
                ('example_message_id', models.CharField(blank=True, default='', max_length=200)),
                ('count', models.PositiveBigIntegerField(default=0)),
                ('first_at', models.DateTimeField()),
                ('last_at', models.DateTimeField()),
                ('resolved_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'ordering': ('-last_at', '-id'),
            },
        ),
        migrations.CreateModel(
            name='Link',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('anonymous', 'Anonymous id'), ('alias', 'Former id')], max_length=10)),
                ('name', models.CharField(max_length=200)),
                ('external_id', models.CharField(max_length=200)),
                ('clock', models.JSONField()),
                ('created_at', models.DateTimeField(auto_now_add=True)),
            ],
        ),
        migrations.CreateModel(
            name='ReceivedMessage',
            fields=[
                ('pk', models.CompositePrimaryKey('source_key', 'message_id', blank=True, editable=False, primary_key=True, serialize=False)),
                ('source_key', models.CharField(max_length=63)),
                ('message_id', models.CharField(max_length=200)),
                ('received_at', models.DateTimeField()),
            ],
        ),
        migrations.AddField(
            model_name='attribute',
            name='derivation',
            field=models.JSONField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='customer',
            name='arrived_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='customer',
            name='change_cause',
            field=models.CharField(choices=[('data', 'Data changed'), ('late', 'Late data'), ('merge', 'Customers merged'), ('correction', 'Correction')], db_default='data', default='data', max_length=10),
        ),
        migrations.AddField(
            model_name='customer',
            name='clocks',
            field=models.JSONField(db_default=models.Value({}, models.JSONField()), default=dict),
        ),
        migrations.AddField(
            model_name='customer',
            name='merged_into',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.customer'),
        ),
        migrations.AddField(
            model_name='customer',
            name='set_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='historicalattribute',
            name='derivation',
            field=models.JSONField(blank=True, null=True),
        ),
        migrations.AddConstraint(
            model_name='customer',
            constraint=models.CheckConstraint(condition=models.Q(('change_cause__in', ['data', 'late', 'merge', 'correction'])), name='customers_cause_known'),
        ),
        migrations.AddConstraint(
            model_name='customer',
            constraint=models.CheckConstraint(condition=models.Q(('merged_into', None), ('is_erased', True), _connector='OR'), name='customers_merged_is_gone'),
        ),
        migrations.AddIndex(
            model_name='event',
            index=models.Index(fields=['customer_ordinal', 'at'], name='customers_event_of'),
        ),
        migrations.AddIndex(
            model_name='event',
            index=models.Index(condition=models.Q(('applied_at', None)), fields=['id'], name='customers_event_waiting'),
        ),
        migrations.AddIndex(
            model_name='event',
            index=models.Index(condition=models.Q(('customer_ordinal', None), models.Q(('anonymous_id', ''), _negated=True)), fields=['anonymous_id'], name='customers_event_nobodys'),
        ),
        migrations.AddIndex(
            model_name='event',
            index=models.Index(fields=['applied_seq'], name='customers_event_applied'),
        ),
        migrations.AddIndex(
            model_name='event',
            index=models.Index(fields=['source_key', 'message_id'], name='customers_event_message'),
        ),
        migrations.AddConstraint(
            model_name='eventproblem',
            constraint=models.UniqueConstraint(fields=('source_key', 'key', 'code'), name='customers_problem_once'),
        ),
        migrations.AddIndex(
            model_name='link',
            index=models.Index(fields=['external_id'], name='customers_link_to'),
        ),
        migrations.AddConstraint(
            model_name='link',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ('anonymous', 'alias'))), name='customers_link_kind'),
        ),
        migrations.AddConstraint(
            model_name='link',
            constraint=models.UniqueConstraint(fields=('kind', 'name'), name='customers_link_once'),
        ),
        migrations.AddIndex(
            model_name='receivedmessage',
            index=models.Index(fields=['received_at'], name='customers_message_age'),
        ),
    ]
