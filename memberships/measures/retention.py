"""Who stays: cohorts by the period of first entry, and how many of each are in at the end of each later period."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from pyroaring import BitMap

MONTH, WEEK = "month", "week"
FIRST = "first"


@dataclass(frozen=True)
class Step:
    """One change of the members: when, who entered, who left, and why."""

    at: datetime
    entered: BitMap
    left: BitMap
    cause: str


@dataclass
class Cohort:
    """Those who entered for the first time within one period; `is_first`: those who were in when counting began.

    `inside[k]`: how many are members at the end of the k-th period after; `unbroken[k]`: how many of them have not left
    in between; `causes`: cause of the entry -> how many.
    """

    begins_on: date
    is_first: bool
    size: int = 0
    causes: Counter[str] = field(default_factory=Counter)
    inside: list[int] = field(default_factory=list)
    unbroken: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class Grid:
    """Cohorts, oldest first. The last period is the running one, counted up to `until`."""

    period: str
    until: datetime
    cohorts: tuple[Cohort, ...]


@dataclass
class _Open:
    cohort: Cohort
    everybody: BitMap = field(default_factory=BitMap)
    stayed: BitMap = field(default_factory=BitMap)


def begin_of(at: datetime, period: str) -> date:
    """The first day of the period (UTC) that the instant is in: of the month, or the Monday of the week."""
    day = at.astimezone(UTC).date()
    return day.replace(day=1) if period == MONTH else day - timedelta(days=day.weekday())


def next_begin(begin: date, period: str) -> date:
    """The first day of the period after."""
    if period == WEEK:
        return begin + timedelta(days=7)
    return begin.replace(year=begin.year + begin.month // 12, month=begin.month % 12 + 1)


def grid(steps: Iterable[Step], *, period: str, until: datetime) -> Grid:
    """The cohorts of all changes (in their order, from the very first) up to `until`."""
    ledger = _Ledger(period)
    for step in steps:
        if step.at > until:
            break
        ledger.take(step)
    ledger.close(until)
    return Grid(period, until, tuple(each.cohort for each in ledger.open if each.cohort.size))


class _Ledger:
    """Folds changes, and notes at the end of each period who is in."""

    def __init__(self, period: str) -> None:
        self._period = period
        self._begin: date | None = None
        self._members, self._seen, self._left = BitMap(), BitMap(), BitMap()
        self.open: list[_Open] = []

    def take(self, step: Step) -> None:
        begin = begin_of(step.at, self._period)
        if self._begin is None:
            self._begin = begin
        while self._begin < begin:
            self._begin = self._end_period(self._begin)
        fresh = step.entered - self._seen
        if fresh:
            self._join(fresh, step.cause, begin)
        self._members |= step.entered
        self._members -= step.left
        self._left |= step.left

    def close(self, until: datetime) -> None:
        if self._begin is None:
            return
        last = begin_of(until, self._period)
        while self._begin <= last:
            self._begin = self._end_period(self._begin)

    def _join(self, fresh: BitMap, cause: str, begin: date) -> None:
        is_first = cause == FIRST
        found = next(
            (each for each in self.open if each.cohort.begins_on == begin and each.cohort.is_first == is_first), None
        )
        if found is None:
            found = _Open(Cohort(begin, is_first))
            self.open.append(found)
        found.everybody |= fresh
        found.stayed |= fresh
        found.cohort.size += len(fresh)
        found.cohort.causes[cause] += len(fresh)
        self._seen |= fresh

    def _end_period(self, begin: date) -> date:
        for each in self.open:
            # Whoever left within the period had entered before: nobody leaves who was never in.
            each.stayed -= self._left
            each.cohort.inside.append(each.everybody.intersection_cardinality(self._members))
            each.cohort.unbroken.append(len(each.stayed))
        self._left = BitMap()
        return next_begin(begin, self._period)


def end_of(begin: date, periods: int, period: str, until: datetime) -> datetime:
    """When the `periods`-th period after the one that begins so is over, or `until` where that comes first."""
    for _ in range(periods + 1):
        begin = next_begin(begin, period)
    return min(datetime.combine(begin, time(), UTC), until)
