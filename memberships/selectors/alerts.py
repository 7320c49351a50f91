"""What is stuck or old among runs and members, so that it never has to be found by chance."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Min, Q
from django.urls import reverse

from common.clock import now
from memberships.choices import RunState
from memberships.models import Current, Run
from safeguards.choices import Scope
from safeguards.selectors import frozen_keys

WAITS_LONG = timedelta(minutes=2)
SILENT_LONG = timedelta(seconds=60)
# Members are computed at least each night; past this a night was missed.
OLD = timedelta(hours=36)


@dataclass(frozen=True)
class Alert:
    """One thing to look at. `kind`: waiting, silent, retrying, failing or old; `advice`: what to do."""

    kind: str
    title: str
    advice: str
    since: datetime
    url: str
    count: int = 1

    @property
    def tone(self) -> str:
        """How urgent it looks."""
        return "warn" if self.kind == "retrying" else "bad"


def alerts() -> list[Alert]:
    """Everything of runs and members that is stuck, failing or old, the oldest first; four small queries."""
    found = [*_waiting(), *_silent(), *_retrying(), *_failing(), *_old()]
    return sorted(found, key=lambda alert: alert.since)


def _waiting() -> Iterator[Alert]:
    late = Run.objects.filter(state=RunState.QUEUED, due_at__lt=now() - WAITS_LONG).aggregate(
        count=Count("pk"), since=Min("due_at"), first=Min("pk")
    )
    if late["count"]:
        yield Alert(
            "waiting",
            _counted(late["count"], "run waits for a worker", "runs wait for a worker"),
            "Check that a worker is running and what it is busy with.",
            late["since"],
            reverse("memberships:run", args=[late["first"]]),
            late["count"],
        )


def _silent() -> Iterator[Alert]:
    rows = Run.objects.filter(state=RunState.RUNNING, heartbeat_at__lt=now() - SILENT_LONG).order_by("pk")
    for pk, beat in rows.values_list("pk", "heartbeat_at"):
        yield Alert(
            "silent",
            f"Run {pk} gives no sign of life",
            "Its worker has probably died. It is put back into the queue by itself within a minute; if not, check that "
            "the schedule is running.",
            beat or now(),
            reverse("memberships:run", args=[pk]),
        )


def _retrying() -> Iterator[Alert]:
    rows = Run.objects.filter(state__in=[RunState.QUEUED, RunState.RUNNING]).exclude(error_code="", attempts__lt=2)
    for run in rows.exclude(attempts=0).order_by("pk"):
        yield Alert(
            "retrying",
            f"Run {run.pk} is tried again after a mishap (attempt {run.attempts} of 3)",
            "Nothing yet: after the third mishap it stops and says what to do.",
            run.started_at or run.queued_at,
            reverse("memberships:run", args=[run.pk]),
        )


def _failing() -> Iterator[Alert]:
    rows = Current.objects.exclude(failure="").values("failed_run_id")
    for row in rows.annotate(count=Count("pk"), since=Min("failed_run__ended_at")).order_by("failed_run_id"):
        yield Alert(
            "failing",
            _counted(row["count"], "segment could not be computed", "segments could not be computed"),
            "Their members are those of the last success. The run says why, and what to do.",
            row["since"] or now(),
            reverse("memberships:run", args=[row["failed_run_id"]]),
            row["count"],
        )


def _old() -> Iterator[Alert]:
    standing = Current.objects.filter(snapshot__isnull=False).exclude(segment__key__in=frozen_keys(Scope.SEGMENT))
    facts: dict[str, Any] = standing.aggregate(count=Count("pk", filter=Q(as_of__lt=now() - OLD)), since=Min("as_of"))
    if facts["count"]:
        yield Alert(
            "old",
            _counted(facts["count"], "segment has old members", "segments have old members"),
            "They have not been computed for longer than a day and a half. Recompute all segments; if that fails, the "
            "run says why.",
            facts["since"],
            reverse("memberships:runs"),
            facts["count"],
        )


def _counted(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}"
