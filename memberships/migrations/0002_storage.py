"""Bitmaps outside the row and uncompressed, and the sequence that orders runs by when they read."""

from django.db import migrations

# Roaring bitmaps do not compress; trying to makes writing them almost four times slower.
FORWARD = """
ALTER TABLE memberships_snapshot ALTER COLUMN members SET STORAGE EXTERNAL;
ALTER TABLE memberships_delta ALTER COLUMN entered SET STORAGE EXTERNAL;
ALTER TABLE memberships_delta ALTER COLUMN "left" SET STORAGE EXTERNAL;
CREATE SEQUENCE memberships_pass_seq AS bigint MINVALUE 1 START WITH 1 NO CYCLE;
"""
BACKWARD = """
DROP SEQUENCE memberships_pass_seq;
ALTER TABLE memberships_snapshot ALTER COLUMN members SET STORAGE EXTENDED;
ALTER TABLE memberships_delta ALTER COLUMN entered SET STORAGE EXTENDED;
ALTER TABLE memberships_delta ALTER COLUMN "left" SET STORAGE EXTENDED;
"""


class Migration(migrations.Migration):
    dependencies = [("memberships", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
