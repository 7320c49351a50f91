"""One schedule per subject, remembered resolutions, and the kinds of request that move several segments at once."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


# Where two changes of one subject wait for their dates, the later one has to be brought up to date: the first breaks it.
ONE_SCHEDULE = """
UPDATE reviews_changerequest later SET state = 'stale', decided_at = NULL, version = version + 1,
    state_reason = 'Another change of the same subject is scheduled before it.'
WHERE later.state = 'approved' AND later.effective_at IS NOT NULL AND EXISTS (
    SELECT 1 FROM reviews_changerequest earlier
    WHERE earlier.state = 'approved' AND earlier.effective_at IS NOT NULL AND earlier.id <> later.id
        AND (earlier.subject_type, earlier.subject_key) = (later.subject_type, later.subject_key)
        AND (earlier.effective_at, earlier.id) < (later.effective_at, later.id)
);
"""

KEPT = """
CREATE FUNCTION reviews_guard_resolution() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'How a conflict was resolved stays on record.' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER reviews_resolution_guard BEFORE UPDATE OR DELETE ON reviews_resolution
    FOR EACH ROW EXECUTE FUNCTION reviews_guard_resolution();

CREATE FUNCTION reviews_guard_blackout() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.cancelled_at IS NOT NULL
       OR (to_jsonb(NEW) - 'cancelled_at') IS DISTINCT FROM (to_jsonb(OLD) - 'cancelled_at') THEN
        RAISE EXCEPTION 'A blackout stays as it was announced; it can only be cancelled, once.'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER reviews_blackout_guard BEFORE UPDATE OR DELETE ON reviews_blackout
    FOR EACH ROW EXECUTE FUNCTION reviews_guard_blackout();
COMMENT ON TRIGGER reviews_blackout_guard ON reviews_blackout IS
    'Without it somebody could move a blackout aside for a moment and nobody would see why a change took effect.';
"""

GONE = """
DROP TRIGGER reviews_blackout_guard ON reviews_blackout;
DROP FUNCTION reviews_guard_blackout();
DROP TRIGGER reviews_resolution_guard ON reviews_resolution;
DROP FUNCTION reviews_guard_resolution();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('reviews', '0005_guards'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Resolution',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('revision', models.PositiveIntegerField(help_text='The wording that the choice led to.')),
                ('field', models.CharField(max_length=120)),
                ('side', models.CharField(max_length=12)),
                ('live', models.JSONField(null=True)),
                ('proposed', models.JSONField(null=True)),
                ('chosen_at', models.DateTimeField()),
            ],
            options={
                'ordering': ('id',),
            },
        ),
        migrations.AlterField(
            model_name='changerequest',
            name='kind',
            field=models.CharField(choices=[('create', 'Create'), ('change', 'Change'), ('rename', 'Rename'), ('move', 'Move'), ('revert', 'Go back to an earlier version'), ('retire', 'Retire'), ('split', 'Split'), ('merge', 'Merge'), ('deprecate', 'Deprecate'), ('reorganise', 'Re-organise'), ('swap', 'Swap the source of an attribute')], max_length=16),
        ),
        migrations.RunSQL(ONE_SCHEDULE, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name='changerequest',
            constraint=models.UniqueConstraint(condition=models.Q(('effective_at__isnull', False), ('state', 'approved')), fields=('subject_type', 'subject_key'), name='request_one_schedule_per_subject'),
        ),
        migrations.AddField(
            model_name='resolution',
            name='chosen_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='resolution',
            name='request',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='resolutions', to='reviews.changerequest'),
        ),
        migrations.AddConstraint(
            model_name='resolution',
            constraint=models.UniqueConstraint(fields=('request', 'revision', 'field'), name='resolution_once_per_field'),
        ),
        migrations.RunSQL(KEPT, GONE),
    ]
