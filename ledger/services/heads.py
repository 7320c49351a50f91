"""Publishes heads of the chain outside the portal, so that even its newest entries cannot vanish unseen."""

import json
from datetime import UTC, timedelta
from typing import Any

import structlog
from django.db import transaction

from common.actors import SYSTEM
from common.clock import now
from common.errors import NotFound
from ledger.choices import DeliveryState
from ledger.errors import NotDelivered
from ledger.events import HeadPublished
from ledger.models import Entry, Head, HeadDelivery
from ledger.policies import EntryPolicy
from ledger.services.recording import announce
from ledger.services.signing import key_id, sign
from ledger.transports import targets

log = structlog.get_logger(__name__)
MOST_ATTEMPTS = 8


@transaction.atomic
def publish_head(*, actor: Any = SYSTEM) -> Head | None:
    """Afterwards the present head stands signed, and is owed to each place that the portal publishes to.

    Nothing happens (None) where nothing was entered since the last one.

    Refuses: NotAllowed (people who may not read the whole ledger).
    Announces: HeadPublished.
    """
    if actor is not SYSTEM:
        EntryPolicy().require(actor, "read_all")
    newest = Entry.objects.order_by("-id").first()
    last = Head.objects.first()
    if newest is None or (last is not None and newest.pk <= last.entry_id + _OWN_ENTRIES):
        return None
    head = _signed(newest)
    due = now()
    HeadDelivery.objects.bulk_create(HeadDelivery(head=head, target=name, next_try_at=due) for name in targets())
    announce(HeadPublished(entry_id=head.entry_id, hash=head.hash, key_id=head.key_id), actor=actor)
    return head


# The entry that tells of a publication is no reason for the next one.
_OWN_ENTRIES = 1


def _signed(entry: Entry) -> Head:
    at = now()
    document = json.dumps(
        {"at": at.astimezone(UTC).isoformat(), "hash": bytes(entry.hash or b"").hex(), "id": entry.pk, "key": key_id()},
        separators=(",", ":"),
        sort_keys=True,
    )
    return Head.objects.create(
        entry_id=entry.pk,
        hash=bytes(entry.hash or b"").hex(),
        signed_at=at,
        key_id=key_id(),
        document=document,
        signature=sign(document),
    )


def line_of(head: Head) -> str:
    """The head as it leaves the portal: one line of JSON with what was signed and the signature."""
    signed: dict[str, Any] = json.loads(head.document)
    return json.dumps(signed | {"signature": head.signature}, separators=(",", ":"), sort_keys=True)


def deliver_heads() -> int:
    """Afterwards every head that is due has been tried once more at its place; how many arrived.

    What failed is tried again later and later, and given up visibly after eight times.

    Refuses: nothing.
    Announces: nothing.
    """
    arrived = 0
    for number in HeadDelivery.objects.filter(state=DeliveryState.PENDING, next_try_at__lte=now()).values_list(
        "pk", flat=True
    )[:100]:
        arrived += _deliver(number)
    return arrived


@transaction.atomic
def _deliver(number: int) -> int:
    rows = HeadDelivery.objects.select_for_update(skip_locked=True, of=("self",)).select_related("head")
    delivery = rows.filter(pk=number, state=DeliveryState.PENDING).first()
    if delivery is None:
        return 0
    transport = targets().get(delivery.target)
    delivery.attempts += 1
    try:
        if transport is None:
            raise NotDelivered("The portal is no longer set up to publish there.")
        transport(line_of(delivery.head))
    except NotDelivered as failed:
        gave_up = delivery.attempts >= MOST_ATTEMPTS
        delivery.state = DeliveryState.FAILED if gave_up else DeliveryState.PENDING
        delivery.error = failed.detail[:300]
        delivery.next_try_at = now() + timedelta(minutes=2**delivery.attempts)
        log.warning("head.undelivered", target=delivery.target, attempts=delivery.attempts, error=failed.detail)
    else:
        delivery.state, delivery.done_at, delivery.error = DeliveryState.DONE, now(), ""
    delivery.save()
    return int(delivery.state == DeliveryState.DONE)


def retry_delivery(*, actor: Any, delivery_id: int) -> HeadDelivery:
    """Afterwards a head that was given up waits for its place again.

    Refuses: NotAllowed, NotFound (it was not given up).
    Announces: nothing.
    """
    EntryPolicy().require(actor, "retry")
    changed = HeadDelivery.objects.filter(pk=delivery_id, state=DeliveryState.FAILED).update(
        state=DeliveryState.PENDING, attempts=0, next_try_at=now(), error=""
    )
    if not changed:
        raise NotFound("There is no head of that number that was given up.")
    return HeadDelivery.objects.get(pk=delivery_id)
