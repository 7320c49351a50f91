"""Applies stored events to customers: whose they are, which values they set, whom they make one."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import structlog
from django.db import InterfaceError, OperationalError, connection, transaction

from common.actors import SYSTEM
from common.clock import now
from customers.events import CustomersMerged, ProfilesChanged
from customers.rows.told import Told
from customers.rows.traits import Fault
from customers.selectors import attribute_facts
from customers.selectors.senders import sensitivities_open_to
from customers.services.batches import Batch, Grounds, apply_batch, sound_batch
from customers.services.locks import sole_applier
from customers.services.merging import enter_gate
from customers.services.problems import Problem, record_problems
from customers.services.stops import frozen_sources
from ledger.services import announce

log = structlog.get_logger(__name__)

FAILED: Final = "not_applicable"
_WAITING = """
    SELECT id, received_at, at, source_key, message_id, type, user_id, anonymous_id, group_id, previous_id,
           CASE WHEN type IN ('identify', 'group') THEN content END
    FROM customers_event WHERE applied_at IS NULL AND source_key <> ALL(%s::text[]) ORDER BY id LIMIT %s
"""
_MARK = """
    UPDATE customers_event e
    SET customer_ordinal = i.owner, applied_at = %s, applied_seq = nextval('customers_changed_seq')
    FROM unnest(%s::timestamptz[], %s::bigint[], %s::bigint[]) AS i (received_at, id, owner)
    WHERE e.received_at = i.received_at AND e.id = i.id AND e.received_at BETWEEN %s AND %s AND e.applied_at IS NULL
"""


@dataclass(frozen=True)
class Applied:
    """What one batch did."""

    events: int
    customers_changed: int
    oldest_received_at: datetime


def apply_events(*, limit: int = 2000) -> Applied | None:
    """Apply up to `limit` waiting events, oldest first, in one transaction; None when none waited or somebody else is
    applying.

    Afterwards each of them belongs to the customer whom it names, its traits are stored unless newer ones were there,
    ids that an alias joins are one customer, and what did not fit stands among the problems of events. Killed at any
    point nothing of the batch has happened; run again nothing happens twice. Events of frozen sources go on waiting. An
    event that cannot be applied at all is put aside as a problem, and the next ones go on.
    Refuses: nothing. Announces: `customers.profiles.changed` once, `customers.customers.merged` for each merged one.
    """
    with sole_applier() as is_sole:
        return _apply_what_can(limit) if is_sole else None


def _apply_what_can(limit: int) -> Applied | None:
    while True:
        try:
            return _apply_waiting(limit)
        except (OperationalError, InterfaceError):
            # The database's fault, not the events': nothing was changed, and the next call tries again.
            raise
        except Exception as error:
            log.exception("events.failed", limit=limit)
            if limit == 1:
                return _put_aside(error)
            # Half as many, until the one that cannot be applied stands alone.
            limit = limit // 2


@transaction.atomic
def _put_aside(error: Exception) -> Applied | None:
    frozen = frozen_sources()
    enter_gate()
    events = _waiting(1, frozen)
    if not events:
        return None
    fault = Fault("", FAILED, f"The event could not be applied ({type(error).__name__}).", None)
    record_problems([Problem.of(events[0], fault)])
    _mark(events, {})
    return Applied(1, 0, events[0].received_at)


@transaction.atomic
def _apply_waiting(limit: int) -> Applied | None:
    frozen = frozen_sources()
    enter_gate()
    given = _waiting(limit, frozen)
    if not given:
        return None
    if any(told.type == "alias" for told in given):
        # While ids become one, nobody may bring a customer to life under the id that goes.
        enter_gate(alone=True)
    batch = sound_batch(given)
    owners = apply_batch(batch, grounds_for({told.source_key for told in given}))
    _mark(given, owners)
    record_problems(batch.problems)
    tell(batch, given)
    return Applied(len(given), len(batch.touched) + len(batch.merged), min(told.received_at for told in given))


def grounds_for(source_keys: Collection[str]) -> Grounds:
    """What traits of these sources are judged by now."""
    return Grounds(attribute_facts(), sensitivities_open_to(source_keys))


def _waiting(limit: int, frozen: list[str]) -> list[Told]:
    with connection.cursor() as cursor:
        cursor.execute(_WAITING, [frozen, limit])
        rows = cursor.fetchall()
    found: list[list[Any]] = [[*ids, json.loads(content) if content else None] for *ids, content in rows]
    return [Told(*fields) for fields in found]


def _mark(events: Sequence[Told], owners: Mapping[int, int]) -> None:
    received = [told.received_at for told in events]
    ids = [told.id for told in events]
    given = [owners.get(told.id) for told in events]
    with connection.cursor() as cursor:
        cursor.execute(_MARK, [now(), received, ids, given, min(received), max(received)])


def tell(batch: Batch, events: Sequence[Told]) -> None:
    """Announce what the batch changed: each merge, and once that customers changed."""
    sources = {told.source_key for told in events}
    for ordinal, (survivor, _) in sorted(batch.merged.items()):
        announce(CustomersMerged(ordinal=ordinal, survivor_ordinal=survivor), actor=SYSTEM)
    touched = [batch.rows[external_id] for external_id in batch.touched]
    if not touched and not batch.merged:
        return
    created = sum(row.is_new for row in touched)
    fact = ProfilesChanged(
        ordinal=touched[0].ordinal if len(touched) == 1 and not batch.merged else None,
        created=created,
        changed=len(touched) - created + len(batch.merged),
        source_key=next(iter(sources)) if len(sources) == 1 else "",
    )
    announce(fact, actor=SYSTEM)
