"""What failed and stays so until somebody tries again: why, what to do first, and where to press."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse

from common.clock import now
from customers.choices import ImportState
from customers.models import ImportJob
from customers.policies import ImportPolicy
from ledger.policies import EntryPolicy
from ledger.selectors import dead_handoffs
from memberships.choices import ExportState, RunKind, RunState
from memberships.models import Export, Run
from memberships.policies import RunPolicy
from notifications.policies import RoomPolicy
from notifications.selectors import given_up_mails, given_up_posts
from taxonomy.choices import SweepState
from taxonomy.models import ProofSweep

REMEMBERED = timedelta(days=7)
SHOWN = 20


@dataclass(frozen=True)
class Failure:
    """One thing that was given up. `why_no_retry` says why this viewer may not; without `retry_url` nobody can here."""

    kind: str
    title: str
    url: str
    at: datetime | None
    reason: str
    advice: str
    retry_url: str = ""
    why_no_retry: str | None = None


def failures_for(viewer: Any) -> list[Failure]:
    """Everything that failed within a week and was not made good since, newest first; hand-offs however old."""
    found = [*_runs(viewer), *_imports(viewer), *_exports(), *_sweeps(), *_hand_offs(viewer), *_messages(viewer)]
    return sorted(found, key=lambda failure: failure.at or now(), reverse=True)


def failed_runs() -> Any:
    """Runs that failed within a week, and after which no run of the same segments, or of all, succeeded."""
    later = Run.objects.filter(Q(scope=OuterRef("scope")) | Q(kind=RunKind.FULL), pk__gt=OuterRef("pk"))
    made_good = later.filter(state=RunState.SUCCEEDED)
    rows = Run.objects.filter(state=RunState.FAILED, ended_at__gt=now() - REMEMBERED)
    return rows.filter(~Exists(made_good)).order_by("-pk")


def failed_imports() -> Any:
    """Imports that stopped within a week."""
    return ImportJob.objects.filter(state=ImportState.FAILED, ended_at__gt=now() - REMEMBERED).order_by("-pk")


def failed_exports() -> Any:
    """Files that could not be written within a week."""
    return Export.objects.filter(state=ExportState.FAILED, ended_at__gt=now() - REMEMBERED).order_by("-pk")


def failed_sweeps() -> Any:
    """The newest round of proofs, when it failed."""
    newest = ProofSweep.objects.order_by("-pk").values("pk")[:1]
    return ProofSweep.objects.filter(pk__in=newest, state=SweepState.FAILED)


def _runs(viewer: Any) -> Iterable[Failure]:
    for run in failed_runs()[:SHOWN]:
        yield Failure(
            kind="Run",
            title=f"Run {run.pk}",
            url=reverse("memberships:run", args=[run.pk]),
            at=run.ended_at,
            reason=run.error_code.replace("_", " ") or "failed",
            advice=run.error_advice,
            retry_url=reverse("memberships:run-retry", args=[run.pk]),
            why_no_retry=RunPolicy().reason(viewer, "retry", run.segment_keys),
        )


def _imports(viewer: Any) -> Iterable[Failure]:
    for job in failed_imports()[:SHOWN]:
        yield Failure(
            kind="Import",
            title=f"Import {job.pk}: {job.file_name}",
            url=reverse("customers:import", args=[job.pk]),
            at=job.ended_at,
            reason=job.error or "stopped",
            advice=f"{job.position:,} rows were stored and stay. Try again to go on with the next one.",
            retry_url=reverse("customers:import-start", args=[job.pk]),
            why_no_retry=ImportPolicy().reason(viewer, "run"),
        )


def _exports() -> Iterable[Failure]:
    for job in failed_exports().select_related("asked_by")[:SHOWN]:
        yield Failure(
            kind="File",
            title=f"File {job.pk} for {job.asked_by.display_name}",
            url="",
            at=job.ended_at,
            reason=job.error or "failed",
            advice="Whoever asked for the file can ask again; nobody else may have it.",
        )


def _sweeps() -> Iterable[Failure]:
    for sweep in failed_sweeps():
        yield Failure(
            kind="Proofs",
            title=f"Round {sweep.pk} of proofs",
            url=reverse("taxonomy:families"),
            at=sweep.ended_at,
            reason=sweep.error or "failed",
            advice="The answers of the round before stay. Try again; if it fails again, read the worker's log.",
            retry_url=reverse("taxonomy:prove"),
        )


def _hand_offs(viewer: Any) -> Iterable[Failure]:
    why_not = EntryPolicy().reason(viewer, "retry")
    for each in dead_handoffs()[:SHOWN]:
        yield Failure(
            kind="Hand-off",
            title=f"{each.entry.event} for {each.consumer}",
            url=reverse("ledger:thread", args=[each.entry.correlation_id]),
            at=each.entry.at,
            reason=each.error or "failed",
            advice="It failed eight times. Mend what the reason names, then try again: the ledger keeps the fact.",
            retry_url=reverse("ledger:retry-handoff", args=[each.pk]),
            why_no_retry=why_not,
        )


def _messages(viewer: Any) -> Iterable[Failure]:
    why_not = RoomPolicy().reason(viewer, "retry")
    for told in given_up_mails()[:SHOWN]:
        yield Failure(
            kind="Mail",
            title=f"A mail to {told.person} ({told.get_kind_display()})",
            url="",
            at=told.mail_due_at,
            reason=told.mail_error or "failed",
            advice="It failed eight times. The person reads it in the portal all the same. Mend the mail server's way.",
            retry_url=reverse("notifications:mail-retry", args=[told.pk]),
            why_no_retry=why_not,
        )
    for post in given_up_posts()[:SHOWN]:
        yield Failure(
            kind="Room",
            title=f"A message to {post.room}",
            url="",
            at=post.due_at,
            reason=post.error or "failed",
            advice="It failed eight times. See whether the webhook still exists; set the room up anew if not.",
            retry_url=reverse("notifications:post-retry", args=[post.pk]),
            why_no_retry=why_not,
        )
