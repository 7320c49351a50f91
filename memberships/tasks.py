"""What a worker does for memberships: runs, and reactions to facts from the storeys below."""

from typing import Any

from celery import shared_task

from common.actors import SYSTEM
from ledger.services import consume
from memberships import services
from memberships.choices import Trigger
from memberships.services import compaction


@shared_task(name="memberships.execute_run")
def execute_run(run_id: int) -> None:
    """Compute one queued run; a second delivery finds nothing to do."""
    services.execute_run(run_id)


@shared_task(name="memberships.execute_shard")
def execute_shard(shard_id: int) -> None:
    """Compute one part of a run; a second delivery finds nothing to do."""
    services.execute_shard(shard_id)


@shared_task(name="memberships.reap_runs")
def reap_runs() -> None:
    """Give runs of dead workers another try."""
    services.reap_runs()


@shared_task(name="memberships.compact_history")
def compact_history() -> None:
    """Pack old changes and thin snapshots; what happened stays told."""
    compaction.compact_history()


@shared_task(name="memberships.request_nightly_run")
def request_nightly_run() -> None:
    """Recompute everything: dates in rules move on even when no customer changes."""
    services.request_run(actor=SYSTEM, trigger=Trigger.SCHEDULE, reason="Nightly")


@shared_task(name="memberships.on_version_enacted")
def on_version_enacted(entry_id: int) -> None:
    """A segment means something new: recompute it and what is built on it."""
    _request_for(entry_id, "memberships.on_version_enacted", Trigger.VERSION, "A version took effect")


@shared_task(name="memberships.on_segment_retired")
def on_segment_retired(entry_id: int) -> None:
    """A segment left the taxonomy: its members leave it."""
    _request_for(entry_id, "memberships.on_segment_retired", Trigger.VERSION, "The segment was retired")


@shared_task(name="memberships.on_import_finished")
def on_import_finished(entry_id: int) -> None:
    """An import changed customers: recompute everything."""
    _request_for(entry_id, "memberships.on_import_finished", Trigger.IMPORT, "An import finished")


@shared_task(name="memberships.on_profiles_changed")
def on_profiles_changed(entry_id: int) -> None:
    """Customers changed: recompute everything, once for a burst of changes."""
    _request_for(entry_id, "memberships.on_profiles_changed", Trigger.PROFILES, "Customers changed")


@shared_task(name="memberships.on_run_finished")
def on_run_finished(entry_id: int) -> None:
    """Test what the segments of the run claim on customers kept back."""
    with consume(entry_id, "memberships.on_run_finished") as entry:
        if entry:
            services.validate_run(entry.payload["run_id"])


def _request_for(entry_id: int, consumer: str, trigger: str, reason: str) -> None:
    with consume(entry_id, consumer) as entry:
        if entry:
            payload: dict[str, Any] = entry.payload
            keys = [payload["segment_key"]] if "segment_key" in payload else []
            services.request_run(actor=SYSTEM, trigger=trigger, segment_keys=keys, reason=reason)
