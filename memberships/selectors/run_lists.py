"""The list of runs: narrowed, with micro-batches folded by the hour."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import Count, Max, Min, Q, QuerySet
from django.db.models.functions import TruncHour

from memberships.choices import RunKind, RunState
from memberships.models import Run

PARTIAL = "partial"


@dataclass(frozen=True)
class RunFilter:
    """Which runs: of a kind, a state (`partial`: succeeded, with rules that failed), a segment, an hour."""

    kind: str = ""
    state: str = ""
    segment: str = ""
    hour: datetime | None = None

    @property
    def is_narrowed(self) -> bool:
        return any((self.kind, self.state, self.segment, self.hour))

    @property
    def folds(self) -> bool:
        """Whether micro-batches are told as hours, not one by one."""
        return self.kind != RunKind.MICRO

    def of(self, runs: QuerySet[Run]) -> QuerySet[Run]:
        """Those of the runs that fit."""
        if self.kind:
            runs = runs.filter(kind=self.kind)
        if self.state == PARTIAL:
            runs = runs.filter(state=RunState.SUCCEEDED, manifest__counts__failed__gt=0)
        elif self.state:
            runs = runs.filter(state=self.state)
        if self.segment:
            named = Q(manifest__segments__contains=[{"segment": self.segment}])
            runs = runs.filter(named | Q(segment_keys__contains=[self.segment]))
        if self.hour:
            runs = runs.filter(queued_at__gte=self.hour, queued_at__lt=self.hour + timedelta(hours=1))
        return runs


@dataclass(frozen=True)
class MicroHour:
    """The micro-batches of one hour."""

    hour: datetime
    count: int
    failed: int
    first: int
    last: int
    queued_at: datetime

    @property
    def until(self) -> datetime:
        return self.hour + timedelta(hours=1)


def listed(runs: Sequence[Run], micro: QuerySet[Run], *, is_first: bool, is_last: bool) -> list[Run | MicroHour]:
    """One page of runs, newest first, with the hours of the micro-batches that lie between them."""
    if runs and not is_first:
        micro = micro.filter(queued_at__lte=runs[0].queued_at)
    if runs and not is_last:
        micro = micro.filter(queued_at__gt=runs[-1].queued_at)
    rows = micro.order_by().annotate(hour=TruncHour("queued_at", tzinfo=UTC)).values("hour")
    hours = rows.annotate(
        count=Count("pk"),
        failed=Count("pk", filter=~Q(state=RunState.SUCCEEDED)),
        first=Min("pk"),
        last=Max("pk"),
        queued_at=Max("queued_at"),
    )
    mixed: list[Any] = [*runs, *(MicroHour(**hour) for hour in hours.order_by("-hour")[:200])]
    return sorted(mixed, key=lambda row: row.queued_at, reverse=True)
