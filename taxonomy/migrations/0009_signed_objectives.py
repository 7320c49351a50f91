"""Objectives name who must sign them and how they are measured; a signature stays as it was given."""

import taxonomy.models.objective
from django.conf import settings
from django.db import migrations, models

FORWARD = """
CREATE FUNCTION taxonomy_guard_signature() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'A signature is never deleted; withdraw it instead.' USING ERRCODE = 'restrict_violation';
    END IF;
    IF (to_jsonb(NEW) - 'withdrawn_at' - 'withdrawn_because')
        IS DISTINCT FROM (to_jsonb(OLD) - 'withdrawn_at' - 'withdrawn_because') THEN
        RAISE EXCEPTION 'A signature stays as it was given.' USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.withdrawn_at IS NOT NULL THEN
        RAISE EXCEPTION 'A signature that was withdrawn stays withdrawn.' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER taxonomy_signature_guard BEFORE UPDATE OR DELETE ON taxonomy_signature
    FOR EACH ROW EXECUTE FUNCTION taxonomy_guard_signature();
COMMENT ON TRIGGER taxonomy_signature_guard ON taxonomy_signature IS
    'Without it an objective could be made to look agreed, or not agreed, after the fact.';
"""

BACKWARD = """
DROP TRIGGER taxonomy_signature_guard ON taxonomy_signature;
DROP FUNCTION taxonomy_guard_signature();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('taxonomy', '0007_guards_of_words'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='historicalobjective',
            name='measure',
            field=models.JSONField(blank=True, help_text='How the actual is measured from data; empty: its owner enters it by hand.', null=True),
        ),
        migrations.AddField(
            model_name='historicalobjective',
            name='signers',
            field=models.JSONField(db_default=models.Value(['marketing', 'product', 'finance'], output_field=models.JSONField()), default=taxonomy.models.objective.usual_signers, help_text='The functions whose signatures make it agreed; finance is always one of them.'),
        ),
        migrations.AddField(
            model_name='objective',
            name='measure',
            field=models.JSONField(blank=True, help_text='How the actual is measured from data; empty: its owner enters it by hand.', null=True),
        ),
        migrations.AddField(
            model_name='objective',
            name='signers',
            field=models.JSONField(db_default=models.Value(['marketing', 'product', 'finance'], output_field=models.JSONField()), default=taxonomy.models.objective.usual_signers, help_text='The functions whose signatures make it agreed; finance is always one of them.'),
        ),
        migrations.AddField(
            model_name='signature',
            name='withdrawn_because',
            field=models.CharField(blank=True, db_default='', max_length=600),
        ),
        migrations.AddConstraint(
            model_name='objective',
            constraint=models.CheckConstraint(condition=models.Q(('signers__contains', 'finance')), name='objective_needs_finance'),
        ),
        migrations.AddConstraint(
            model_name='objective',
            constraint=models.CheckConstraint(condition=models.Q(('successor', models.F('id')), _negated=True), name='objective_not_its_own_successor'),
        ),
        migrations.AddConstraint(
            model_name='signature',
            constraint=models.UniqueConstraint(condition=models.Q(('withdrawn_at__isnull', True)), fields=('objective', 'objective_version', 'person'), name='signature_once_per_person'),
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
