"""What a worker does for memberships: runs, and reactions to facts from the storeys below."""

from typing import Any

from celery import shared_task
from django.conf import settings
from django.db import transaction

from common.actors import SYSTEM
from ledger.services import consume
from memberships import services
from memberships.choices import Trigger
from memberships.services import compaction, export_writing, exports, lake, lists, nudging, shadows


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


@shared_task(name="memberships.write_export")
def write_export(export_id: int) -> None:
    """Write one file that was asked for; a second delivery finds nothing to do."""
    export_writing.write_export(export_id)


@shared_task(name="memberships.reap_exports")
def reap_exports() -> None:
    """Give files of dead workers another try, and remove those whose time is over."""
    exports.reap_exports()


@shared_task(name="memberships.measure_shadows")
def measure_shadows() -> None:
    """Count the candidates that run beside the live rules, and end those whose time is over."""
    shadows.measure_shadows()


@shared_task(name="memberships.export_lake")
def export_lake() -> None:
    """Write all memberships to the lake, where one is set."""
    if settings.SEGPORTAL_LAKE_URL:
        lake.export_memberships()


@shared_task(name="memberships.on_customer_erased")
def on_customer_erased(entry_id: int) -> None:
    """Somebody was erased: no list holds them any more."""
    with consume(entry_id, "memberships.on_customer_erased") as entry:
        if entry:
            lists.forget_in_lists(ordinal=entry.payload["ordinal"])


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
    """An import changed customers: micro-batches publish what it did, or a full run where it was large."""
    _wake_for(entry_id, "memberships.on_import_finished")


@shared_task(name="memberships.on_profiles_changed")
def on_profiles_changed(entry_id: int) -> None:
    """Customers changed: the next micro-batch publishes what that does, once for a burst of changes."""
    _wake_for(entry_id, "memberships.on_profiles_changed")


@shared_task(name="memberships.publish_changes")
def publish_changes() -> None:
    """Publish what waits. While more waits, a message of its own goes on: others share the worker."""
    nudging.note_waking()
    if services.publish_changes() is not None:
        nudging.nudge_publication()


@shared_task(name="memberships.sweep_batches")
def sweep_batches() -> None:
    """Remove the rows of micro-batches that are no longer kept."""
    services.sweep_batches()


@shared_task(name="memberships.on_attribute_defined")
def on_attribute_defined(entry_id: int) -> None:
    """A computed attribute may come about in another way: recompute the segments that read it."""
    with consume(entry_id, "memberships.on_attribute_defined") as entry:
        if entry:
            services.request_changed(reason=f"“{entry.payload['attribute_key']}” is computed in another way")


@shared_task(name="memberships.on_run_finished")
def on_run_finished(entry_id: int) -> None:
    """Test what the segments of the run claim on customers kept back."""
    with consume(entry_id, "memberships.on_run_finished") as entry:
        if entry:
            services.validate_run(entry.payload["run_id"])
            shadows.measure_shadows()


@shared_task(name="memberships.on_freeze_lifted")
def on_freeze_lifted(entry_id: int) -> None:
    """A segment goes on: a run publishes what changed meanwhile."""
    with consume(entry_id, "memberships.on_freeze_lifted") as entry:
        if entry and entry.payload["scope"] == "segment":
            keys = [entry.payload["key"]]
            reason = "Its freeze was lifted"
            services.request_run(actor=SYSTEM, trigger=Trigger.SCHEDULE, segment_keys=keys, reason=reason)


def _wake_for(entry_id: int, consumer: str) -> None:
    with consume(entry_id, consumer) as entry:
        if entry:
            if entry.event == "customers.customer.erased":
                services.forget_batches()
            transaction.on_commit(nudging.nudge_publication, robust=True)


def _request_for(entry_id: int, consumer: str, trigger: str, reason: str) -> None:
    with consume(entry_id, consumer) as entry:
        if entry:
            payload: dict[str, Any] = entry.payload
            keys = [payload["segment_key"]] if "segment_key" in payload else []
            services.request_run(actor=SYSTEM, trigger=trigger, segment_keys=keys, reason=reason)
