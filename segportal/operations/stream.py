"""How far the published members are behind what programs have told."""

from bisect import bisect_left
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate

from django.db import connection

from common.clock import now
from memberships.selectors import lag

WINDOW = timedelta(minutes=5)
SAMPLE = 2000
COUNTED_TO = 100_000
_WAITING = f"""
    SELECT (SELECT count(*) FROM (SELECT 1 FROM customers_event WHERE applied_at IS NULL LIMIT {COUNTED_TO}) waiting),
           (SELECT received_at FROM customers_event WHERE applied_at IS NULL ORDER BY id LIMIT 1)
"""  # noqa: S608 - a number of our own
_SAMPLE = """
    SELECT received_at, applied_at, applied_seq FROM customers_event
    WHERE received_at > %s AND applied_at IS NOT NULL ORDER BY received_at DESC, id DESC LIMIT %s
"""
_PUBLICATIONS = """
    SELECT watermark, ended_at FROM memberships_run
    WHERE state = 'succeeded' AND kind IN ('micro', 'full') AND watermark IS NOT NULL AND ended_at > %s
    ORDER BY watermark
"""
_RATE = "SELECT count(*) FROM (SELECT 1 FROM customers_event WHERE received_at > %s LIMIT %s) recent"
_RATE_SECONDS = 60


@dataclass(frozen=True)
class Spread:
    """Seconds that one step took for the events of the window: half within `p50`, 95 of 100 within `p95`."""

    count: int
    p50: float | None
    p95: float | None


@dataclass(frozen=True)
class Stream:
    """What waits at each step of the way from an event to the published members, and how long the steps took lately."""

    events_waiting: int
    oldest_event_at: datetime | None
    customers_waiting: int
    oldest_customer_at: datetime | None
    events_a_second: float
    applying: Spread
    publishing: Spread
    whole: Spread

    @property
    def is_counted_to_the_end(self) -> bool:
        return self.events_waiting < COUNTED_TO


def stream_figures() -> Stream:
    """Few bounded queries: none reads more than a sample of the last minutes, or what waits up to a limit."""
    at, behind = now(), lag()
    with connection.cursor() as cursor:
        cursor.execute(_WAITING)
        events, oldest_event = cursor.fetchone()
        cursor.execute(_SAMPLE, [at - WINDOW, SAMPLE])
        sample = cursor.fetchall()
        cursor.execute(_PUBLICATIONS, [at - WINDOW])
        publications = cursor.fetchall()
        cursor.execute(_RATE, [at - timedelta(seconds=_RATE_SECONDS), COUNTED_TO])
        recent = cursor.fetchone()[0]
    published_at = first_publications([seq for _, _, seq in sample], publications)
    ends = list(zip(sample, published_at, strict=True))
    return Stream(
        events_waiting=events,
        oldest_event_at=oldest_event,
        customers_waiting=behind.waiting if behind.published_at else 0,
        oldest_customer_at=behind.since if behind.published_at else None,
        events_a_second=recent / _RATE_SECONDS,
        applying=spread([(applied - received).total_seconds() for received, applied, _ in sample]),
        publishing=spread([(end - row[1]).total_seconds() for row, end in ends if end and end >= row[1]]),
        whole=spread([(end - row[0]).total_seconds() for row, end in ends if end and end >= row[0]]),
    )


def first_publications(sequence: list[int | None], publications: list[tuple[int, datetime]]) -> list[datetime | None]:
    """For each change number the instant when members up to it were first published; None where they were not yet.

    `publications`: (watermark, instant), by watermark.
    """
    marks = [watermark for watermark, _ in publications]
    # The earliest instant of this watermark or a larger one: they need not come in order.
    earliest = list(accumulate((at for _, at in reversed(publications)), min))[::-1]
    found: list[datetime | None] = []
    for number in sequence:
        place = len(marks) if number is None else bisect_left(marks, number)
        found.append(earliest[place] if place < len(earliest) else None)
    return found


def spread(seconds: list[float]) -> Spread:
    """Median and 95th percentile by nearest rank."""
    ordered = sorted(seconds)
    if not ordered:
        return Spread(0, None, None)
    last = len(ordered) - 1
    return Spread(len(ordered), ordered[round(0.5 * last)], ordered[round(0.95 * last)])
