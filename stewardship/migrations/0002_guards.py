"""The database keeps what an audit found as two people signed it."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION stewardship_campaign_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state = 'closed' THEN
        RAISE EXCEPTION 'a closed audit does not change' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER stewardship_campaign_guard BEFORE UPDATE OR DELETE ON stewardship_campaign
    FOR EACH ROW EXECUTE FUNCTION stewardship_campaign_guard();
CREATE FUNCTION stewardship_item_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM stewardship_campaign c
               WHERE c.id IN (CASE WHEN TG_OP = 'INSERT' THEN NEW.campaign_id ELSE OLD.campaign_id END,
                              CASE WHEN TG_OP = 'DELETE' THEN OLD.campaign_id ELSE NEW.campaign_id END)
                 AND c.state = 'closed') THEN
        RAISE EXCEPTION 'the items of a closed audit do not change' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER stewardship_item_guard BEFORE INSERT OR UPDATE OR DELETE ON stewardship_audititem
    FOR EACH ROW EXECUTE FUNCTION stewardship_item_guard();
"""
BACKWARD = """
DROP TRIGGER stewardship_item_guard ON stewardship_audititem;
DROP FUNCTION stewardship_item_guard();
DROP TRIGGER stewardship_campaign_guard ON stewardship_campaign;
DROP FUNCTION stewardship_campaign_guard();
"""


class Migration(migrations.Migration):
    dependencies = [("stewardship", "0001_upkeep")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
