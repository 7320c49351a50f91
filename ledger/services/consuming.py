"""Consumes a fact once: the consumer's work and its receipt commit together."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import structlog
from django.db import transaction

from common import correlation
from common.clock import now
from ledger.choices import HandoffState
from ledger.models import Entry, Handoff

log = structlog.get_logger(__name__)

MAX_ATTEMPTS = 8


@contextmanager
def consume(entry_id: int, consumer: str) -> Iterator[Entry | None]:
    """One transaction in which `consumer` handles the entry; yields None when it is done, dead, unknown or in hand.

    Afterwards the hand-off is done. An exception rolls the work back, counts the attempt, sets the next try
    (doubling from 5 seconds) or, after MAX_ATTEMPTS, marks the hand-off dead, and is raised again for the log.
    """
    try:
        with transaction.atomic():
            handoff = (
                Handoff.objects.select_for_update(skip_locked=True, of=("self",))
                .select_related("entry")
                .filter(entry_id=entry_id, consumer=consumer, state=HandoffState.PENDING)
                .first()
            )
            if handoff is None:
                yield None
                return
            with correlation.bind(handoff.entry.correlation_id):
                yield handoff.entry
            handoff.state = HandoffState.DONE
            handoff.done_at = now()
            handoff.error = ""
            handoff.save(update_fields=["state", "done_at", "error"])
    except Exception as error:
        _record_failure(entry_id, consumer, error)
        raise


def _record_failure(entry_id: int, consumer: str, error: Exception) -> None:
    with transaction.atomic():
        handoff = (
            Handoff.objects.select_for_update()
            .filter(entry_id=entry_id, consumer=consumer, state=HandoffState.PENDING)
            .first()
        )
        if handoff is None:
            return
        handoff.attempts += 1
        handoff.error = f"{type(error).__name__}: {error}"[:500]
        handoff.next_try_at = now() + timedelta(seconds=5 * 2**handoff.attempts)
        if handoff.attempts >= MAX_ATTEMPTS:
            handoff.state = HandoffState.DEAD
        handoff.save(update_fields=["attempts", "error", "next_try_at", "state"])
    log.warning("handoff.failed", consumer=consumer, entry=entry_id, attempts=handoff.attempts, state=handoff.state)
