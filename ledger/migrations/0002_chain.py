"""The chain: the database alone gives a fact its number, time and hash, and lets nobody change it."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION ledger_entry_text(e ledger_entry) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT jsonb_build_array(
        e.id, to_char(e.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), e.event, e.actor_id, e.actor_name,
        e.object_type, e.object_key, e.correlation_id::text, e.payload, encode(e.previous_hash, 'hex'))::text
$$;

-- SECURITY DEFINER: the portal's role may insert but cannot choose number, time or hash, whatever it sends.
CREATE FUNCTION ledger_entry_seal() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE last public.ledger_entry;
BEGIN
    PERFORM pg_advisory_xact_lock(7310571);
    SELECT * INTO last FROM public.ledger_entry ORDER BY id DESC LIMIT 1;
    NEW.id := coalesce(last.id, 0) + 1;
    NEW.at := greatest(clock_timestamp(), last.at);
    NEW.previous_hash := coalesce(last.hash, decode(repeat('00', 32), 'hex'));
    NEW.hash := NULL;
    NEW.hash := sha256(convert_to(public.ledger_entry_text(NEW), 'UTF8'));
    RETURN NEW;
END $$;

CREATE FUNCTION ledger_entry_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the ledger is append-only: % is refused', TG_OP USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE TRIGGER ledger_entry_seal BEFORE INSERT ON ledger_entry
    FOR EACH ROW EXECUTE FUNCTION ledger_entry_seal();
CREATE TRIGGER ledger_entry_append_only BEFORE UPDATE OR DELETE ON ledger_entry
    FOR EACH ROW EXECUTE FUNCTION ledger_entry_refuse();
CREATE TRIGGER ledger_entry_no_truncate BEFORE TRUNCATE ON ledger_entry
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_entry_refuse();

-- Where the portal runs as its own role, that role may only read and insert here.
DO $$
DECLARE app text;
BEGIN
    FOR app IN SELECT DISTINCT grantee FROM information_schema.role_table_grants
               WHERE table_schema = 'public' AND table_name = 'ledger_entry' AND grantee NOT IN (current_user, 'PUBLIC')
    LOOP
        EXECUTE format('REVOKE ALL ON ledger_entry FROM %I', app);
        EXECUTE format('GRANT SELECT, INSERT ON ledger_entry TO %I', app);
    END LOOP;
END $$;
"""

BACKWARD = """
DROP TRIGGER ledger_entry_seal ON ledger_entry;
DROP TRIGGER ledger_entry_append_only ON ledger_entry;
DROP TRIGGER ledger_entry_no_truncate ON ledger_entry;
DROP FUNCTION ledger_entry_seal();
DROP FUNCTION ledger_entry_refuse();
DROP FUNCTION ledger_entry_text(ledger_entry);
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
