"""Reading who read what: for auditors, and for the proof of what was sealed."""

from typing import Any

from django.db import connection
from django.db.models import QuerySet

from ledger.models import Entry, Reading
from ledger.policies import EntryPolicy

SEALED = "ledger.reads.sealed"
_BROKEN = """
SELECT e.id FROM ledger_entry e
WHERE e.event = %s
    AND e.payload->>'digest' <> ledger_readings_digest(
        (e.payload->>'first_id')::bigint, (e.payload->>'last_id')::bigint)
ORDER BY e.id LIMIT 1
"""


def readings_for(*, viewer: Any, object_type: str = "", object_key: str = "", actor: str = "") -> QuerySet[Reading]:
    """Who read what is personal, newest first; to those who may read the whole ledger, and to others their own."""
    rows = Reading.objects.all()
    if not EntryPolicy().can(viewer, "read_all"):
        rows = rows.filter(actor_id=viewer.pk)
    if object_type:
        rows = rows.filter(object_type=object_type)
    if object_key:
        rows = rows.filter(object_key=object_key)
    if actor:
        rows = rows.filter(actor_name=actor)
    return rows


def last_sealed() -> int:
    """The number of the newest reading that stands in the chain, 0 when none does."""
    newest = Entry.objects.filter(event=SEALED).order_by("-id").values_list("payload", flat=True).first()
    return int(newest["last_id"]) if newest else 0


def digest_of_readings(first: int, last: int) -> str:
    """SHA-256 over the readings of those numbers, in order, in hexadecimal digits."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT ledger_readings_digest(%s, %s)", [first, last])
        return str(cursor.fetchone()[0])


def first_broken_seal() -> int | None:
    """The first entry whose sealed readings have another digest now, None when all are as they were."""
    with connection.cursor() as cursor:
        cursor.execute(_BROKEN, [SEALED])
        row = cursor.fetchone()
    return int(row[0]) if row else None
