"""Reading imports and their quarantine."""

from typing import Any

from django.db.models import QuerySet

from common.clock import now
from customers.choices import ImportState
from customers.errors import NoSuchImport
from customers.models import ImportJob, QuarantinedRow
from customers.policies import ImportPolicy


def imports_for(*, viewer: Any) -> QuerySet[ImportJob]:
    """The imports that the viewer may see, newest first."""
    return ImportPolicy().visible(viewer).select_related("source", "requested_by").order_by("-pk")


def import_for(*, viewer: Any, job_id: int) -> ImportJob:
    """The import of that number."""
    found = imports_for(viewer=viewer).filter(pk=job_id).first()
    if found is None:
        raise NoSuchImport(f"There is no import {job_id}.")
    return found


def quarantine_of(job: ImportJob) -> QuerySet[QuarantinedRow]:
    """The refused rows of an import, by line."""
    return job.quarantine.order_by("line")


def import_progress(job: ImportJob) -> dict[str, Any]:
    """Rows done and expected, rows a second, and the seconds that remain (None while nobody can tell)."""
    end = job.ended_at or now()
    seconds = (end - job.started_at).total_seconds() if job.started_at else 0.0
    rate = job.position / seconds if seconds > 0.5 and job.position else None
    is_open = job.state in (ImportState.QUEUED, ImportState.RUNNING)
    left = max(0, job.row_count - job.position)
    return {
        "done": job.position,
        "total": max(job.row_count, job.position),
        "rate": round(rate) if rate else None,
        "remaining": round(left / rate) if rate and is_open else None,
        "is_open": is_open,
    }
