"""Reactions of the insights to facts."""

from celery import shared_task

from common.clock import now
from insights.services import record_measure
from ledger.services import consume


@shared_task(name="insights.on_memberships_changed")
def on_memberships_changed(entry_id: int) -> None:
    """Put the movement of a segment on record."""
    with consume(entry_id, "insights.on_memberships_changed") as entry:
        if entry:
            fact = entry.payload
            record_measure(
                segment_key=fact["segment_key"],
                run_id=fact["run_id"],
                version_number=fact["version_number"],
                at=entry.at or now(),
                size=fact["size"],
                entered=fact["entered"],
                left=fact["left"],
            )
