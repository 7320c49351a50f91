"""Who stays in a segment: cohorts by month or week of entry, from all its changes."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from common.clock import now
from common.errors import Invalid
from memberships.choices import Cause
from memberships.errors import NotComputed
from memberships.measures.retention import MONTH, WEEK, Cohort, Step, begin_of, end_of, grid, next_begin
from memberships.policies import MembershipPolicy
from memberships.selectors.deltas import deltas_between
from memberships.selectors.masked_previews import rounded
from memberships.selectors.stamps import Ground, grounds
from taxonomy.selectors import segment_for

MOST_COHORTS = 24
PERIODS = (MONTH, WEEK)


@dataclass(frozen=True)
class KeptCell:
    """One cohort at the end of one period: how many are in, and how many of them have never left since they entered.
    Counts are numbers, rounded ones where the grid is not exact, or words; `share` of the cohort, 0 to 1."""

    periods: int
    at: datetime
    inside: int | str
    unbroken: int | str
    share: float | None
    is_running: bool

    @property
    def shade(self) -> int:
        """0 to 5: how dark the cell is."""
        return 0 if not self.share else min(5, 1 + int(self.share * 4.999))


@dataclass(frozen=True)
class KeptCohort:
    """Those who entered for the first time in one period. `by_rule`: how many of them came in by a changed rule, not by
    what became of them."""

    begins_on: date
    is_first: bool
    size: int | str
    by_rule: int | str
    cells: tuple[KeptCell, ...]


@dataclass(frozen=True)
class Kept:
    """The grid of one segment. `left_out`: how many older cohorts are not shown."""

    period: str
    until: datetime
    cohorts: tuple[KeptCohort, ...]
    widest: int
    left_out: int
    ground: Ground
    exact: bool


def retention_for(*, viewer: Any, key: str, period: str = MONTH) -> Kept:
    """The newest cohorts of the segment, oldest first. Raises NotFound, NotComputed and Invalid."""
    segment = segment_for(viewer=viewer, key=key)
    if period not in PERIODS:
        raise Invalid("A period is month or week.", code="unknown_period", pointer="/period")
    ground = grounds([segment.key]).get(segment.key)
    if ground is None:
        raise NotComputed("The members have not been computed yet. They come with the next run.")
    until = now()
    counted = grid(_steps(ground), period=period, until=until)
    exact = MembershipPolicy().can(viewer, "view_members")
    shown = counted.cohorts[-MOST_COHORTS:]
    cohorts = tuple(_cohort(cohort, period, until, exact) for cohort in shown)
    return Kept(
        period=period,
        until=until,
        cohorts=cohorts,
        widest=max((len(cohort.cells) for cohort in cohorts), default=0),
        left_out=len(counted.cohorts) - len(shown),
        ground=ground,
        exact=exact,
    )


def _steps(ground: Ground) -> Iterator[Step]:
    position = ground.position
    for record in deltas_between([position.segment_id], 0, position.through):
        yield Step(record.published_at, record.entered, record.left, record.cause)


def _cohort(cohort: Cohort, period: str, until: datetime, exact: bool) -> KeptCohort:
    cells, begin, running = [], cohort.begins_on, begin_of(until, period)
    for periods, (inside, unbroken) in enumerate(zip(cohort.inside, cohort.unbroken, strict=True)):
        at = end_of(begin, 0, period, until)
        cells.append(_cell(cohort, periods, at, inside, unbroken, begin == running, exact))
        begin = next_begin(begin, period)
    by_rule = cohort.causes.get(Cause.RULE, 0)
    return KeptCohort(
        cohort.begins_on,
        cohort.is_first,
        cohort.size if exact else rounded(cohort.size),
        by_rule if exact or not by_rule else rounded(by_rule),
        tuple(cells),
    )


def _cell(
    cohort: Cohort, periods: int, at: datetime, inside: int, unbroken: int, is_running: bool, exact: bool
) -> KeptCell:
    if exact:
        return KeptCell(periods, at, inside, unbroken, inside / cohort.size, is_running)
    shown, whole = rounded(inside), rounded(cohort.size)
    # From the figures that are shown, so that it says no more than they do.
    share = min(1.0, round(shown / whole, 2)) if isinstance(shown, int) and isinstance(whole, int) else None
    return KeptCell(periods, at, shown, rounded(unbroken), share, is_running)
