"""Long work: what is open, how far it is, and where the time of the last runs went."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.urls import reverse

from common.clock import now
from customers.choices import ImportState
from customers.models import ImportJob
from customers.selectors.imports import import_progress
from memberships.choices import ExportState, RunKind, RunState
from memberships.models import Export, Run
from memberships.selectors import open_runs, remaining
from taxonomy.choices import SweepState
from taxonomy.models import ProofSweep

SHOWN = 10
_STAGES = {
    "build": "read",
    "compile": "compile",
    "evaluate": "evaluate",
    "bitmaps": "collect",
    "publish": "publish",
}


@dataclass(frozen=True)
class Job:
    """One piece of long work: how far it is, how fast, and since when it waits or is worked on."""

    title: str
    url: str
    state: str
    doing: str
    since: datetime
    done: int = 0
    total: int = 0
    rate: float | None = None
    remaining: float | None = None

    @property
    def is_waiting(self) -> bool:
        return self.state == "queued"


@dataclass(frozen=True)
class FinishedRun:
    """A run that published: seconds in all, and of each stage."""

    number: int
    kind: str
    ended_at: datetime | None
    seconds: float
    stages: dict[str, float] = field(default_factory=dict)


def open_jobs() -> list[Job]:
    """Runs, imports, files and rounds of proofs that wait or are worked on, the oldest first."""
    found = [*_runs(), *_imports(), *_exports(), *_sweeps()]
    return sorted(found, key=lambda job: job.since)


def finished_runs(limit: int = 6) -> list[FinishedRun]:
    """The last runs that read all customers, newest first; micro-batches would crowd them out."""
    rows = Run.objects.filter(state=RunState.SUCCEEDED).exclude(kind=RunKind.MICRO).order_by("-pk")
    shown = rows.values_list("pk", "kind", "ended_at", "manifest__seconds")[:limit]
    return [_finished(*row) for row in shown]


def _finished(number: int, kind: str, ended_at: datetime | None, seconds: dict[str, float] | None) -> FinishedRun:
    taken = seconds or {}
    stages = {words: taken[stage] for stage, words in _STAGES.items() if stage in taken}
    return FinishedRun(number, str(RunKind(kind).label), ended_at, taken.get("total", 0.0), stages)


def _runs() -> Iterable[Job]:
    for run in open_runs()[:SHOWN]:
        left = remaining(run)
        yield Job(
            title=f"Run {run.pk}: {run.get_kind_display().lower()}",
            url=reverse("memberships:run", args=[run.pk]),
            state=run.state,
            doing=run.get_phase_display(),
            since=run.started_at if run.state == RunState.RUNNING and run.started_at else run.queued_at,
            done=left.done,
            total=left.total,
            rate=left.rate,
            remaining=left.seconds,
        )


def _imports() -> Iterable[Job]:
    rows = ImportJob.objects.filter(state__in=(ImportState.QUEUED, ImportState.RUNNING)).order_by("pk")
    for job in rows[:SHOWN]:
        how_far = import_progress(job)
        yield Job(
            title=f"Import {job.pk}: {job.file_name}",
            url=reverse("customers:import", args=[job.pk]),
            state=job.state,
            doing="Storing the rows",
            since=job.started_at or job.queued_at or job.created_at,
            done=how_far["done"],
            total=how_far["total"],
            rate=how_far["rate"],
            remaining=how_far["remaining"],
        )


def _exports() -> Iterable[Job]:
    for job in Export.objects.filter(state__in=(ExportState.QUEUED, ExportState.RUNNING)).order_by("pk")[:SHOWN]:
        yield _counted(f"File {job.pk}", "", job.state, "Writing the members", job.asked_at, job)


def _sweeps() -> Iterable[Job]:
    rows = ProofSweep.objects.filter(state__in=(SweepState.QUEUED, SweepState.RUNNING)).order_by("pk")
    for job in rows[:SHOWN]:
        since = job.started_at or job.queued_at
        yield _counted(f"Proofs, round {job.pk}", reverse("taxonomy:families"), job.state, "Proving", since, job)


def _counted(title: str, url: str, state: str, doing: str, since: datetime, job: Any) -> Job:
    seconds = (now() - since).total_seconds()
    rate = job.done / seconds if job.done and seconds > 0 else None
    left = (job.total - job.done) / rate if rate else None
    return Job(title, url, state, doing, since, job.done, job.total, rate, left)
