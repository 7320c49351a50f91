"""The database's own guards of aims: what was decided, measured, published or read stays as it was."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION aims_guard_journey_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'A version of a journey is never deleted.' USING ERRCODE = 'restrict_violation';
    END IF;
    IF (to_jsonb(NEW) - 'state' - 'ended_at') IS DISTINCT FROM (to_jsonb(OLD) - 'state' - 'ended_at') THEN
        RAISE EXCEPTION 'What a version of a journey says never changes; enact a new version instead.'
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.state <> 'active' AND (NEW.state, NEW.ended_at) IS DISTINCT FROM (OLD.state, OLD.ended_at) THEN
        RAISE EXCEPTION 'A version that has ended stays ended; enact a new version instead.'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER aims_journey_version_guard BEFORE UPDATE OR DELETE ON aims_journeyversion
    FOR EACH ROW EXECUTE FUNCTION aims_guard_journey_version();
COMMENT ON TRIGGER aims_journey_version_guard ON aims_journeyversion IS
    'Without it a journey that a board approved could be altered afterwards, and no page would show it.';

CREATE FUNCTION aims_guard_journey() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'A journey is never deleted; retire it instead.' USING ERRCODE = 'restrict_violation';
    END IF;
    IF (NEW.id, NEW.key, NEW.created_at) IS DISTINCT FROM (OLD.id, OLD.key, OLD.created_at) THEN
        RAISE EXCEPTION 'The key of a journey never changes.' USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.status = 'retired' AND NEW IS DISTINCT FROM OLD THEN
        RAISE EXCEPTION 'A journey that was retired stays as it is.' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER aims_journey_guard BEFORE UPDATE OR DELETE ON aims_journey
    FOR EACH ROW EXECUTE FUNCTION aims_guard_journey();
COMMENT ON TRIGGER aims_journey_guard ON aims_journey IS
    'Without it a key that proposals name could be given to another journey.';

CREATE FUNCTION aims_guard_written() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'What was measured, published or read is never changed and never deleted; write a new row.'
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER aims_actual_guard BEFORE UPDATE OR DELETE ON aims_actual
    FOR EACH ROW EXECUTE FUNCTION aims_guard_written();
COMMENT ON TRIGGER aims_actual_guard ON aims_actual IS
    'Without it an outcome could be made to fit the target afterwards.';
CREATE TRIGGER aims_weights_guard BEFORE UPDATE OR DELETE ON aims_weights
    FOR EACH ROW EXECUTE FUNCTION aims_guard_written();
COMMENT ON TRIGGER aims_weights_guard ON aims_weights IS
    'Without it nobody could tell by which weights a segment came first.';
CREATE TRIGGER aims_release_guard BEFORE UPDATE OR DELETE ON aims_release
    FOR EACH ROW EXECUTE FUNCTION aims_guard_written();
COMMENT ON TRIGGER aims_release_guard ON aims_release IS
    'Without it people would have signed for an announcement that says something else by now.';
CREATE TRIGGER aims_receipt_guard BEFORE UPDATE OR DELETE ON aims_receipt
    FOR EACH ROW EXECUTE FUNCTION aims_guard_written();
COMMENT ON TRIGGER aims_receipt_guard ON aims_receipt IS
    'Without it somebody could be made to have read what they never saw.';
CREATE TRIGGER aims_win_result_guard BEFORE UPDATE OR DELETE ON aims_winresult
    FOR EACH ROW EXECUTE FUNCTION aims_guard_written();
COMMENT ON TRIGGER aims_win_result_guard ON aims_winresult IS
    'Without it a result that disappointed could be made to please.';

CREATE FUNCTION aims_guard_effort() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'An effort is never deleted; withdraw it instead.' USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.withdrawn_at IS NOT NULL OR (to_jsonb(NEW) - 'withdrawn_at' - 'withdrawn_because')
        IS DISTINCT FROM (to_jsonb(OLD) - 'withdrawn_at' - 'withdrawn_because') THEN
        RAISE EXCEPTION 'An effort stays as it was recorded; withdraw it and record another.'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER aims_effort_guard BEFORE UPDATE OR DELETE ON aims_effort
    FOR EACH ROW EXECUTE FUNCTION aims_guard_effort();
COMMENT ON TRIGGER aims_effort_guard ON aims_effort IS
    'Without it a return could be made to look better by shrinking what was spent.';
"""

_TRIGGERS = {
    "aims_journey_version_guard": "aims_journeyversion",
    "aims_journey_guard": "aims_journey",
    "aims_actual_guard": "aims_actual",
    "aims_weights_guard": "aims_weights",
    "aims_release_guard": "aims_release",
    "aims_receipt_guard": "aims_receipt",
    "aims_win_result_guard": "aims_winresult",
    "aims_effort_guard": "aims_effort",
}
_FUNCTIONS = ("journey_version", "journey", "written", "effort")
BACKWARD = "\n".join(
    [
        *(f"DROP TRIGGER {name} ON {table};" for name, table in _TRIGGERS.items()),
        *(f"DROP FUNCTION aims_guard_{name}();" for name in _FUNCTIONS),
    ]
)


class Migration(migrations.Migration):
    dependencies = [("aims", "0001_initial")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
