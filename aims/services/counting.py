"""Counts the use of segments: in Valkey while it happens, by day in the database afterwards."""

from datetime import date

import redis
import structlog
from django.db import connection, transaction

from aims.choices import UsageKind
from aims.selectors.tallies import OPEN, TAKEN, field_of, read_tallies, tally_store
from common.clock import now
from taxonomy.selectors import segment_ids

log = structlog.get_logger(__name__)
# Two keepers at once would write the same tallies twice.
_LOCK = 0x5E6_A135
_ADD = """
INSERT INTO aims_usageday (segment_id, kind, "on", count) VALUES (%s, %s, %s, %s)
ON CONFLICT (segment_id, kind, "on") DO UPDATE SET count = aims_usageday.count + EXCLUDED.count
"""


def count_use(*, segment_key: str, kind: str) -> None:
    """Afterwards the use is tallied for today. No person is kept with it.

    Refuses: nothing; while Valkey is away the use is lost, never the page.
    Announces: nothing.
    """
    try:
        tally_store().hincrby(OPEN, field_of(now().date().isoformat(), segment_key, kind), 1)
    except redis.RedisError as error:
        log.warning("usage.uncounted", error=type(error).__name__)


@transaction.atomic
def keep_usage() -> int:
    """Afterwards what was tallied stands in the days that it belongs to; what names no segment is dropped.

    Refuses: nothing.
    Announces: nothing; returns how many lines were written. A keeper that dies before the commit has written nothing;
    the next one takes up the same tallies.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
        row = cursor.fetchone()
        if not row or not row[0]:
            return 0
        store = tally_store()
        if not store.exists(TAKEN) and store.exists(OPEN):
            store.rename(OPEN, TAKEN)
        tallies = read_tallies(TAKEN)
        ids = segment_ids({key for _, key, _ in tallies})
        rows = [
            (ids[key], kind, date.fromisoformat(on), count)
            for (on, key, kind), count in sorted(tallies.items())
            if key in ids and kind in UsageKind.values
        ]
        if rows:
            cursor.executemany(_ADD, rows)
    transaction.on_commit(lambda: store.delete(TAKEN))
    return len(rows)
