"""Reactions of training to facts."""

from celery import shared_task

from ledger.services import consume
from training.services.upkeep import open_review


@shared_task(name="training.on_version_enacted")
def on_version_enacted(entry_id: int) -> None:
    """The rule of a segment changed: its brief may no longer fit."""
    with consume(entry_id, "training.on_version_enacted") as entry:
        if entry:
            open_review(
                segment_key=entry.payload["segment_key"], segment_version_number=entry.payload["version_number"]
            )
