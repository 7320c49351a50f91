"""Reading runs."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from common.clock import now
from common.panels import HomeItem, HomePanel
from memberships.choices import Cause, Freshness, RunKind, RunState
from memberships.errors import RunNotFound
from memberships.models import Delta, Run
from memberships.policies import RunPolicy
from memberships.selectors.alerts import Alert, alerts
from memberships.selectors.sizes import sizes
from memberships.states import OPEN

_WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Shown:
    """The state of a run as people read it: a word that has its look, and the words beside it."""

    word: str
    label: str


@dataclass(frozen=True)
class Remaining:
    """How far an open run is."""

    done: int
    total: int
    rate: float | None
    seconds: float | None


def runs_for(viewer: Any) -> QuerySet[Run]:
    """All runs, newest first; everybody who is signed in may see them."""
    runs = Run.objects.select_related("requested_by", "build").order_by("-pk")
    return runs if RunPolicy().can(viewer, "view") else runs.none()


def run_for(*, viewer: Any, run_id: int) -> Run:
    """One run. Raises RunNotFound."""
    run = runs_for(viewer).filter(pk=run_id).first()
    if run is None:
        raise RunNotFound(f"There is no run {run_id}.")
    return run


def runs_of_segment(viewer: Any, key: str) -> QuerySet[Run]:
    """The runs that computed the segment, or were asked to, newest first."""
    found = runs_for(viewer).exclude(kind=RunKind.REPEAT)
    return found.filter(manifest__segments__contains=[{"segment": key}])


def repetitions_of(run: Run) -> list[Run]:
    """The runs that repeated this one, newest first."""
    return list(run.repetitions.select_related("requested_by").order_by("-pk")[:20])


def shown_state(run: Run) -> Shown:
    """Queued, tried again, running, succeeded, in part, empty, identical, different and the rest: each its own word."""
    label = run.get_state_display()
    if run.state == RunState.QUEUED and run.attempts:
        return Shown("queued", f"Waits for try {run.attempts + 1} of 3")
    if run.state == RunState.RUNNING and run.attempts > 1:
        return Shown("running", f"Running, try {run.attempts} of 3")
    if run.state != RunState.SUCCEEDED:
        return Shown(run.state, label)
    if verdict := run.manifest.get("comparison", {}).get("verdict"):
        return Shown(verdict, verdict.capitalize())
    if run.manifest.get("counts", {}).get("failed"):
        return Shown("partial", "Succeeded in part")
    if not run.manifest.get("segments") and run.kind != RunKind.MICRO:
        return Shown("empty", "Nothing to compute")
    return Shown(run.state, label)


def open_runs() -> QuerySet[Run]:
    """Runs that wait or are being computed, oldest first."""
    return Run.objects.filter(state__in=OPEN).order_by("pk")


def open_run_for(key: str) -> Run | None:
    """A run that waits or is being computed and covers the segment."""
    runs = open_runs().exclude(kind=RunKind.REPEAT)
    return next((run for run in runs if not run.segment_keys or key in run.segment_keys), None)


def remaining(run: Run) -> Remaining:
    """Rate and remaining time of a running run, from what it has done since it was claimed."""
    if run.state != RunState.RUNNING or run.started_at is None or not run.done:
        return Remaining(run.done, run.total, None, None)
    elapsed = max((now() - run.started_at).total_seconds(), 0.001)
    rate = run.done / elapsed
    return Remaining(run.done, run.total, rate, max(0.0, (run.total - run.done) / rate))


def last_published_at() -> datetime | None:
    """When a run last succeeded."""
    runs = Run.objects.filter(state=RunState.SUCCEEDED).exclude(kind=RunKind.REPEAT)
    return runs.order_by("-ended_at").values_list("ended_at", flat=True).first()


def home_panels(viewer: Any) -> list[HomePanel]:
    """What moved lately, and what could not be computed."""
    panels = [
        HomePanel(
            key="memberships-moved",
            title="Segments that moved",
            order=40,
            items=[_moved(row) for row in _latest_moves()],
            empty="No segment has changed its members in the last seven days.",
            url=reverse("memberships:runs"),
        )
    ]
    stuck = [_alerted(alert) for alert in alerts() if alert.kind != "failing"]
    if stuck:
        panels.append(
            HomePanel(
                key="memberships-stuck",
                title="Runs that need a look",
                order=14,
                items=stuck,
                empty="",
                url=reverse("memberships:runs"),
                tone="warn",
            )
        )
    trouble = _trouble()
    if trouble:
        panels.append(
            HomePanel(
                key="memberships-trouble",
                title="Members that are not up to date",
                order=15,
                items=trouble,
                empty="",
                url=reverse("memberships:runs"),
                tone="warn",
            )
        )
    return panels


def _alerted(alert: Alert) -> HomeItem:
    return HomeItem(title=alert.title, url=alert.url, detail=alert.advice, at=alert.since, urgent=True)


def _latest_moves(limit: int = 6) -> list[Delta]:
    # The first computation of a segment moves nobody: it tells who was in already.
    rows = Delta.objects.filter(published_at__gt=now() - _WEEK).exclude(cause=Cause.FIRST)
    rows = rows.exclude(entered_count=0, left_count=0)
    return list(rows.select_related("segment", "version").defer("entered", "left").order_by("-pk")[:limit])


def _moved(row: Delta) -> HomeItem:
    return HomeItem(
        title=row.version.name,
        url=reverse("taxonomy:segment", args=[row.segment.key]),
        detail=f"{row.entered_count:,} entered, {row.left_count:,} left; {row.size:,} members",
        at=row.published_at,
    )


def _trouble(limit: int = 6) -> list[HomeItem]:
    rows = [row for row in sizes().values() if row.state == Freshness.STALE or (row.reason and row.size is None)]
    return [
        HomeItem(
            title=row.key,
            url=reverse("taxonomy:segment", args=[row.key]),
            detail=row.reason,
            at=row.published_at,
            badge="Out of date" if row.size is not None else "Not computed",
            urgent=True,
        )
        for row in rows[:limit]
    ]
