"""What is written down of a closed meeting stays as it was: the database itself refuses every change."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION meetings_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state IN ('closed', 'cancelled') THEN
        RAISE EXCEPTION 'meeting % is over; nothing of it changes', OLD.id USING ERRCODE = 'check_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER meetings_meeting_frozen BEFORE UPDATE OR DELETE ON meetings_meeting
    FOR EACH ROW EXECUTE FUNCTION meetings_frozen();

CREATE FUNCTION meetings_part_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    part record;
BEGIN
    IF TG_OP = 'INSERT' THEN part := NEW; ELSE part := OLD; END IF;
    IF EXISTS (SELECT 1 FROM meetings_meeting WHERE id = part.meeting_id AND state IN ('closed', 'cancelled')) THEN
        RAISE EXCEPTION 'meeting % is over; nothing of it changes', part.meeting_id USING ERRCODE = 'check_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER meetings_item_frozen BEFORE INSERT OR UPDATE OR DELETE ON meetings_item
    FOR EACH ROW EXECUTE FUNCTION meetings_part_frozen();
CREATE TRIGGER meetings_attendance_frozen BEFORE INSERT OR UPDATE OR DELETE ON meetings_attendance
    FOR EACH ROW EXECUTE FUNCTION meetings_part_frozen();
"""
BACKWARD = """
DROP TRIGGER meetings_attendance_frozen ON meetings_attendance;
DROP TRIGGER meetings_item_frozen ON meetings_item;
DROP TRIGGER meetings_meeting_frozen ON meetings_meeting;
DROP FUNCTION meetings_part_frozen();
DROP FUNCTION meetings_frozen();
"""


class Migration(migrations.Migration):
    dependencies = [("meetings", "0001_initial")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
