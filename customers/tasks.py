"""Doors for the worker: imports, what is declared of attributes, and the sweep of files."""

import time
from typing import Final

from celery import shared_task
from django.db import transaction

from customers.selectors import DECLARED
from customers.services import (
    applying,
    builds,
    counting,
    month_ends,
    nudging,
    repeating,
    retention_of_events,
    running,
    sweeping,
)
from ledger.services import consume

_TURN_SECONDS: Final = 0.5
# A few events cost almost as much as many: what comes meanwhile is applied together a little later.
_FEW: Final = 500


@shared_task(name="customers.on_import_requested")
def on_import_requested(entry_id: int) -> None:
    """Send a started import to a worker."""
    with consume(entry_id, "customers.on_import_requested") as entry:
        if entry:
            run_import.delay(entry.payload["job_id"])


@shared_task(name="customers.on_attribute_defined")
def on_attribute_defined(entry_id: int) -> None:
    """Count at once who breaks a new declaration; the column of a new attribute comes with the next build."""
    with consume(entry_id, "customers.on_attribute_defined") as entry:
        if entry and entry.payload["version"] > 1 and {*DECLARED, "choices"} & set(entry.payload["changed_fields"]):
            counting.recount_facts()


@shared_task(name="customers.on_freeze_lifted")
def on_freeze_lifted(entry_id: int) -> None:
    """A source goes on: apply its events that waited."""
    with consume(entry_id, "customers.on_freeze_lifted") as entry:
        if entry and entry.payload["scope"] == "source":
            transaction.on_commit(nudging.nudge_applier, robust=True)


@shared_task(name="customers.run_import")
def run_import(job_id: int) -> None:
    """Import the file of a job."""
    running.run_import(job_id)


@shared_task(name="customers.resume_imports")
def resume_imports() -> None:
    """Send imports again whose worker has gone, or whose message was lost."""
    for job_id in running.waiting_imports():
        run_import.delay(job_id)


@shared_task(name="customers.refresh_build")
def refresh_build() -> None:
    """Make a new profile build when customers changed or the day has turned, so that previews stay near the truth."""
    builds.refresh_build()


@shared_task(name="customers.keep_month_end")
def keep_month_end() -> None:
    """Keep a build for the end of the month that has turned."""
    month_ends.keep_month_end()


@shared_task(name="customers.sweep_files")
def sweep_files() -> None:
    """Remove files and raw rows after their retention."""
    sweeping.sweep_uploads()
    sweeping.sweep_builds()


@shared_task(name="customers.keep_event_months")
def keep_event_months() -> None:
    """Make room for the events of the next month; forget those older than the retention."""
    retention_of_events.keep_event_months()


@shared_task(name="customers.apply_events")
def apply_events() -> None:
    """Apply the events that wait, then those that shall be applied again, for a moment; more come with the next
    message, since publication shares the worker."""
    nudging.note_waking()
    end = time.monotonic() + _TURN_SECONDS
    while (done := applying.apply_events() or repeating.repeat_events()) is not None:
        if done.events < _FEW or time.monotonic() > end:
            nudging.nudge_applier()
            return
