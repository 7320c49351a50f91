"""Doors for the worker: imports, and the sweep of files."""

from celery import shared_task

from customers.services import running, sweeping
from ledger.services import consume


@shared_task(name="customers.on_import_requested")
def on_import_requested(entry_id: int) -> None:
    """Send a started import to a worker."""
    with consume(entry_id, "customers.on_import_requested") as entry:
        if entry:
            run_import.delay(entry.payload["job_id"])


@shared_task(name="customers.run_import")
def run_import(job_id: int) -> None:
    """Import the file of a job."""
    running.run_import(job_id)


@shared_task(name="customers.resume_imports")
def resume_imports() -> None:
    """Send imports again whose worker has gone, or whose message was lost."""
    for job_id in running.waiting_imports():
        run_import.delay(job_id)


@shared_task(name="customers.sweep_files")
def sweep_files() -> None:
    """Remove files and raw rows after their retention."""
    sweeping.sweep_uploads()
    sweeping.sweep_builds()
