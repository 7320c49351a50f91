"""Keeps events for whole months, makes room for the next one, and forgets what is older."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

import structlog
from django.conf import settings
from django.db import OperationalError, connection, transaction

from common.clock import now
from customers.models import EventProblem
from customers.services.receiving_events import ensure_event_month

log = structlog.get_logger(__name__)

_CHUNK: Final = 20_000
_FORGET_MESSAGES: Final = """
    DELETE FROM customers_receivedmessage WHERE ctid = ANY(ARRAY(
        SELECT ctid FROM customers_receivedmessage WHERE received_at < %s LIMIT %s))
"""


@dataclass(frozen=True, slots=True)
class Forgotten:
    """How many months of events went, how many events of no month of their own, messages and problems."""

    months: int
    events: int
    messages: int
    problems: int


def events_kept_since(at: datetime) -> date:
    """The first day whose events are kept: the whole months of the retention, and the one that runs."""
    month = at.astimezone(UTC).year * 12 + at.astimezone(UTC).month - 1 - settings.SEGPORTAL_EVENT_MONTHS
    return date(month // 12, month % 12 + 1, 1)


def keep_event_months() -> Forgotten:
    """Afterwards this month and the next have their partitions, and nothing older than the retention is left: events,
    the ids of their messages, problems. A month that is being read at length waits for the next time.
    """
    at = now()
    this_month = at.astimezone(UTC).date().replace(day=1)
    for month in (this_month, (this_month + timedelta(days=32)).replace(day=1)):
        ensure_event_month(month)
    since = events_kept_since(at)
    months, events = _drop_months(since)
    kept_problems = at - timedelta(days=settings.SEGPORTAL_QUARANTINE_DAYS)
    problems, _ = EventProblem.objects.filter(last_at__lt=kept_problems).delete()
    forgotten = Forgotten(months, events, _forget_messages(since), problems)
    if forgotten != Forgotten(0, 0, 0, 0):
        log.info("events.forgotten", since=since.isoformat(), months=months, events=events)
    return forgotten


def _drop_months(since: date) -> tuple[int, int]:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            # Whoever sends events stands behind whoever waits for the table.
            cursor.execute("SET LOCAL lock_timeout = '2s'")
            cursor.execute("SELECT customers_drop_event_months(%s)", [since])
            (months,) = cursor.fetchone()
            cursor.execute("DELETE FROM customers_event WHERE received_at < %s", [_midnight(since)])
            events = cursor.rowcount
            cursor.execute("SET LOCAL lock_timeout TO DEFAULT")
            return int(months), int(events)
    except OperationalError as error:
        log.warning("events.not_dropped", error=type(error).__name__)
        return 0, 0


def _forget_messages(since: date) -> int:
    forgotten = 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(_FORGET_MESSAGES, [_midnight(since), _CHUNK])
            gone = int(cursor.rowcount)
        forgotten += gone
        if gone < _CHUNK:
            return forgotten


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
