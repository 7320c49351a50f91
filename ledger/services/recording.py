"""Appends facts to the ledger and owes them to their consumers."""

from collections.abc import Mapping

from django.conf import settings
from django.db import connection, transaction
from django.utils.module_loading import import_string

from common import correlation
from common.actors import Actor
from common.clock import now
from common.events import Event
from ledger.models import Entry, Handoff
from ledger.services.dispatching import send


def routes() -> Mapping[str, tuple[str, ...]]:
    """Event name -> names of consuming tasks, from the wiring."""
    found: Mapping[str, tuple[str, ...]] = import_string(settings.EVENT_ROUTES)
    return found


def announce(event: Event, *, actor: Actor) -> Entry:
    """Record that `event` happened by `actor`.

    Afterwards the fact stands in the chain and one hand-off per routed consumer waits; the consumers are called after
    the commit. It holds the chain's lock until the commit, so lock every row that the decision needs before it.

    Refuses: nothing; outside a transaction it is a programming error.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("A fact is announced in the transaction that makes it true.")
    entry = Entry.objects.create(
        event=event.name,
        actor_id=actor.pk,
        actor_name=actor.get_username(),
        object_type=event.object_type,
        object_key=event.object_key,
        correlation_id=correlation.current(),
        payload=event.payload(),
    )
    consumers = routes().get(event.name, ())
    due = now()
    owed = Handoff.objects.bulk_create(
        Handoff(entry=entry, consumer=consumer, next_try_at=due) for consumer in consumers
    )
    if owed:
        pairs = [(handoff.consumer, entry.pk) for handoff in owed]
        transaction.on_commit(lambda: send(pairs), robust=True)
    return entry
