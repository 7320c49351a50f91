"""What a worker does for the delivery: announcements of facts, and their steps in order."""

from celery import shared_task

from activation import services
from common.clock import now
from ledger.services import consume


@shared_task(name="activation.on_version_enacted")
def on_version_enacted(entry_id: int) -> None:
    """A version came into force: tell the functions."""
    with consume(entry_id, "activation.on_version_enacted") as entry:
        if entry:
            fact = entry.payload
            services.announce_version(
                entry_id=entry.pk,
                at=entry.at or now(),
                segment_key=fact["segment_key"],
                version_number=fact["version_number"],
                is_new=fact["previous_version_id"] is None,
                request_ref=fact["request_ref"],
            )


@shared_task(name="activation.on_memberships_changed")
def on_memberships_changed(entry_id: int) -> None:
    """A run published one segment: tell the functions when it moved much."""
    with consume(entry_id, "activation.on_memberships_changed") as entry:
        if entry:
            services.announce_movements(
                entry_id=entry.pk, at=entry.at or now(), run_id=entry.payload["run_id"], changes=[entry.payload]
            )


@shared_task(name="activation.on_memberships_moved")
def on_memberships_moved(entry_id: int) -> None:
    """A micro-batch moved customers: tell the functions of the segments that moved much."""
    with consume(entry_id, "activation.on_memberships_moved") as entry:
        if entry:
            fact = entry.payload
            services.announce_movements(
                entry_id=entry.pk, at=entry.at or now(), run_id=fact["run_id"], changes=fact["changes"]
            )


@shared_task(name="activation.send_due_steps")
def send_due_steps() -> None:
    """Tell the functions whose turn has come."""
    services.send_due_steps()
