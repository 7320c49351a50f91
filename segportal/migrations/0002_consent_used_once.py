"""An applied request cannot bring anything else into force later: its rows come in the transaction that applied it."""

from importlib import import_module

from django.db import migrations

# The request's row was written by this transaction, or by a savepoint in it: its number, counted around the wrap, is not
# below ours. Nobody else's row with such a number is visible at the end of a transaction, unless it began after ours.
FORWARD = """
CREATE OR REPLACE FUNCTION segportal_guard_consent() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.request_ref !~ '^[0-9]{1,18}$' OR NOT EXISTS (
        SELECT 1 FROM reviews_changerequest request
        WHERE request.id = NEW.request_ref::bigint AND request.state = 'applied' AND request.subject_type = ANY (TG_ARGV)
    ) THEN
        RAISE EXCEPTION 'Nothing takes effect without an applied request; % names “%”.', TG_TABLE_NAME, NEW.request_ref
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF NOT EXISTS (
        SELECT 1 FROM reviews_changerequest request
        WHERE request.id = NEW.request_ref::bigint
            AND mod(request.xmin::text::bigint - mod(pg_current_xact_id()::text::bigint, 4294967296) + 4294967296,
                    4294967296) < 2147483648
    ) THEN
        RAISE EXCEPTION 'Request % took effect before; % cannot come of it once more.', NEW.request_ref, TG_TABLE_NAME
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$;
"""
BACKWARD = import_module("segportal.migrations.0001_consent_of_versions").ONLY_APPLIED


class Migration(migrations.Migration):
    dependencies = [("segportal", "0001_consent_of_versions")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
