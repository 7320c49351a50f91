"""Readings and heads are insert-only too; look-ups are counted in one statement that waits for no disk."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION ledger_reading_seal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        RAISE EXCEPTION 'the ledger is append-only: % is refused', TG_OP USING ERRCODE = 'insufficient_privilege';
    END IF;
    NEW.at := clock_timestamp();
    RETURN NEW;
END $$;
CREATE TRIGGER ledger_reading_seal BEFORE INSERT OR UPDATE OR DELETE ON ledger_reading
    FOR EACH ROW EXECUTE FUNCTION ledger_reading_seal();
COMMENT ON TRIGGER ledger_reading_seal ON ledger_reading IS
    'Without it the answer to "who looked at this customer" could be rewritten.';
CREATE TRIGGER ledger_head_append_only BEFORE UPDATE OR DELETE ON ledger_head
    FOR EACH ROW EXECUTE FUNCTION ledger_entry_refuse();

CREATE FUNCTION ledger_readings_digest(first bigint, last bigint) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT encode(sha256(convert_to(coalesce(string_agg(jsonb_build_array(
        r.id, to_char(r.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), r.actor_id, r.actor_name, r.what,
        r.object_type, r.object_key, r.count, r.correlation_id::text)::text, chr(10) ORDER BY r.id), ''), 'UTF8')), 'hex')
    FROM ledger_reading r WHERE r.id BETWEEN first AND last
$$;

-- One minute of questions of one program is one row. Losing the last second of a count in a crash of the machine is the
-- price for not waiting for the disk with every look-up.
CREATE FUNCTION ledger_count_lookup(actor bigint, name text, asked text, kind text, key text) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config('synchronous_commit', 'off', true);
    INSERT INTO ledger_lookup (minute, actor_id, actor_name, what, object_type, object_key, count)
    VALUES (date_trunc('minute', clock_timestamp()), actor, name, asked, kind, key, 1)
    ON CONFLICT (minute, actor_name, what, object_type, object_key)
    DO UPDATE SET count = ledger_lookup.count + 1;
END $$;

DO $$
DECLARE app text;
BEGIN
    FOR app IN SELECT DISTINCT grantee FROM information_schema.role_table_grants
               WHERE table_schema = 'public' AND table_name = 'ledger_entry' AND grantee NOT IN (current_user, 'PUBLIC')
    LOOP
        EXECUTE format('REVOKE ALL ON ledger_reading, ledger_head FROM %I', app);
        EXECUTE format('GRANT SELECT, INSERT ON ledger_reading, ledger_head TO %I', app);
    END LOOP;
END $$;
"""

BACKWARD = """
DROP FUNCTION ledger_count_lookup(bigint, text, text, text, text);
DROP FUNCTION ledger_readings_digest(bigint, bigint);
DROP TRIGGER ledger_head_append_only ON ledger_head;
DROP TRIGGER ledger_reading_seal ON ledger_reading;
DROP FUNCTION ledger_reading_seal();
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0003_readings_and_heads")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
