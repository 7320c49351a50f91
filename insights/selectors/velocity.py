"""Reading how quickly boards decide, how much is done twice, and what went wrong afterwards (R080, R081)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from common.clock import now
from insights.measures import StageTime, bottleneck, quantile, stage_times
from reviews.choices import State
from reviews.selectors.decided import Course, courses

PERIODS = {30: "30 days", 90: "90 days", 365: "a year"}
_STAGES = ("Writing", "In review", "Waiting for its date")


_MOST_WAITING = 8


@dataclass(frozen=True)
class Waiting:
    """One open request: the stage that it is in, and since when."""

    course: Course
    stage: str
    since: datetime


@dataclass(frozen=True)
class Velocity:
    """The requests of one board (or all) in a period, in figures. Rates are shares of 1, None where nothing counts."""

    board_key: str
    board_name: str
    begun: int
    open: int
    decided: int
    applied: int
    cycle_seconds: float | None
    slow_seconds: float | None
    stages: list[StageTime]
    rework_rate: float | None
    defect_rate: float | None
    emergencies: int
    waiting: list[Waiting]

    @property
    def bottleneck(self) -> StageTime | None:
        return bottleneck(self.stages)


def velocities(*, viewer: Any, days: int = 90) -> list[Velocity]:
    """All requests of the period first, then board by board."""
    found = courses(viewer=viewer, since=now() - timedelta(days=days))
    boards: dict[str, list[Course]] = {}
    for course in found:
        boards.setdefault(course.board_key, []).append(course)
    each = [velocity_of(rows, key, rows[0].board_name) for key, rows in sorted(boards.items())]
    return [velocity_of(found, "", "All boards"), *each]


def velocity_of(found: Sequence[Course], key: str, name: str) -> Velocity:
    """The figures of these requests. Defect: an applied change that was rolled back or went past the board."""
    applied = [course for course in found if course.applied_at is not None]
    cycle = [(course.applied_at - course.created_at).total_seconds() for course in applied if course.applied_at]
    submitted = [course for course in found if course.first_submitted_at is not None]
    return Velocity(
        board_key=key,
        board_name=name,
        begun=len(found),
        open=sum(course.state in _OPEN for course in found),
        decided=sum(course.decided_at is not None for course in found),
        applied=len(applied),
        cycle_seconds=quantile(cycle, 0.5),
        slow_seconds=quantile(cycle, 0.9),
        stages=stage_times(_spans(found)),
        rework_rate=_rate([course.was_returned or course.rewritten > 0 for course in submitted]),
        defect_rate=_rate([course.was_rolled_back or course.is_emergency for course in applied]),
        emergencies=sum(course.is_emergency for course in found),
        waiting=_waiting(found),
    )


_OPEN = (State.DRAFT, State.IN_REVIEW, State.CHANGES_REQUESTED, State.APPROVED, State.STALE)


def _waiting(found: Sequence[Course]) -> list[Waiting]:
    """The open requests that have waited longest in their stage, the longest first."""
    rows = [_standing(course) for course in found if course.state in _OPEN]
    return sorted(rows, key=lambda row: (row.since, row.course.request_id))[:_MOST_WAITING]


def _standing(course: Course) -> Waiting:
    if course.state == State.APPROVED and course.decided_at is not None:
        return Waiting(course, _STAGES[2], course.decided_at)
    if course.state == State.IN_REVIEW and course.first_submitted_at is not None:
        return Waiting(course, _STAGES[1], course.first_submitted_at)
    return Waiting(course, _STAGES[0], course.first_submitted_at or course.created_at)


def _spans(found: Sequence[Course]) -> dict[str, list[timedelta]]:
    spans: dict[str, list[timedelta]] = {name: [] for name in _STAGES}
    for course in found:
        ends = (course.created_at, course.first_submitted_at, course.decided_at, course.applied_at)
        for name, begin, end in zip(_STAGES, ends, ends[1:], strict=False):
            if begin is not None and end is not None:
                spans[name].append(max(end - begin, timedelta()))
    return spans


def _rate(marks: Sequence[bool]) -> float | None:
    return sum(marks) / len(marks) if marks else None
