"""Reactions of the playbooks to facts."""

from celery import shared_task

from ledger.services import consume
from playbooks.services.upkeep import open_review


@shared_task(name="playbooks.on_version_enacted")
def on_version_enacted(entry_id: int) -> None:
    """The rule of a segment changed: its playbook may no longer fit."""
    with consume(entry_id, "playbooks.on_version_enacted") as entry:
        if entry:
            open_review(
                segment_key=entry.payload["segment_key"], segment_version_number=entry.payload["version_number"]
            )
