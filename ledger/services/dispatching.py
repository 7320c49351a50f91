"""Sends owed facts to their consumers, again and again until each is done or visibly given up."""

from collections.abc import Sequence
from datetime import timedelta

import structlog
from celery import current_app
from django.db import transaction
from django.db.models import F

from common.clock import now
from common.errors import NotFound
from ledger.choices import HandoffState
from ledger.models import Handoff

log = structlog.get_logger(__name__)

SWEEP_AFTER = timedelta(seconds=15)
SWEEP_BATCH = 500


def send(pairs: Sequence[tuple[str, int]]) -> int:
    """Send (consumer, entry id) messages; how many the broker took. A broker that is away is no error."""
    sent = 0
    for consumer, entry_id in pairs:
        try:
            current_app.send_task(consumer, args=[entry_id], retry=False)
        except Exception as error:  # noqa: BLE001
            # Whatever the transport raises, the row remains and the sweep sends it again.
            log.warning("handoff.unsent", consumer=consumer, entry=entry_id, error=type(error).__name__)
            return sent
        sent += 1
    return sent


def sweep() -> int:
    """Send again what is due and still waiting; how many messages went out.

    Afterwards each of them is due later, so two sweeps at once do no harm.
    """
    with transaction.atomic():
        due = list(
            Handoff.objects.select_for_update(skip_locked=True)
            .filter(state=HandoffState.PENDING, next_try_at__lt=now() - SWEEP_AFTER)
            .order_by("next_try_at")
            .values_list("pk", "consumer", "entry_id")[:SWEEP_BATCH]
        )
        Handoff.objects.filter(pk__in=[pk for pk, _, _ in due]).update(next_try_at=now())
    return send([(consumer, entry_id) for _, consumer, entry_id in due])


@transaction.atomic
def retry_handoff(*, handoff_id: int) -> Handoff:
    """Give a dead hand-off a fresh start; afterwards it waits and is sent at once.

    Refuses: NotFound when there is no dead hand-off of that id.
    """
    changed = Handoff.objects.filter(pk=handoff_id, state=HandoffState.DEAD).update(
        state=HandoffState.PENDING, attempts=F("attempts") * 0, next_try_at=now(), error=""
    )
    if not changed:
        raise NotFound("There is no failed hand-off of that number; perhaps somebody has tried it again already.")
    handoff = Handoff.objects.get(pk=handoff_id)
    transaction.on_commit(lambda: send([(handoff.consumer, handoff.entry_id)]), robust=True)
    return handoff
