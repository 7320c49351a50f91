"""Keeps, discards and brings back lists of customers made of segments."""

from datetime import datetime

from django.db import transaction
from pyroaring import BitMap

from common.actors import Actor
from common.clock import now
from common.texts import clean_text
from ledger.services import announce
from memberships import bitmaps
from memberships.errors import ListDiscarded, ListNotFound
from memberships.events import ListDiscarded as ListDiscardedFact
from memberships.events import ListKept, ListRestored
from memberships.models import CustomerList
from memberships.policies import ListPolicy
from memberships.rules.set_expressions import Expression, text_of
from memberships.selectors.lists import grounds_kept, remade
from memberships.selectors.set_algebra import selected


@transaction.atomic
def keep_list(
    *, actor: Actor, name: str, expression: Expression, at: datetime | None = None, note: str = ""
) -> CustomerList:
    """Keep whom an expression over segments selects, now or at an instant, under a name.

    Afterwards the list holds exactly these customers and never others; its grounds say what each segment was.
    Refuses: NotAllowed, Invalid, BadExpression, MomentInFuture, NotComputed.
    Announces: memberships.list.kept.
    """
    ListPolicy().require(actor, "keep")
    name = clean_text(name, pointer="/name", max_length=120)
    note = clean_text(note, pointer="/note", max_length=500, required=False)
    found = selected(viewer=actor, expression=expression, at=at)
    kept = CustomerList.objects.create(
        name=name,
        note=note,
        expression=expression,
        grounds=[grounds_kept(ground, found.sizes[key]) for key, ground in found.grounds.items()],
        at=found.at,
        members=bitmaps.to_bytes(found.members),
        size=len(found.members),
        digest=bitmaps.digest(found.members),
        made_by_id=actor.pk,
        made_at=now(),
    )
    fact = ListKept(list_id=kept.pk, expression=text_of(expression)[:500], size=kept.size, digest=kept.digest)
    announce(fact, actor=actor)
    return kept


def make_anew(*, actor: Actor, list_id: int) -> CustomerList:
    """Keep a new list by the same expression, of the members of now; the old one stays as it is.

    Refuses: ListNotFound, NotAllowed, NotComputed. Announces: memberships.list.kept.
    """
    ListPolicy().require(actor, "keep")
    old = CustomerList.objects.defer("members").filter(pk=list_id).first()
    if old is None:
        raise ListNotFound(f"There is no list {list_id}.")
    return keep_list(actor=actor, name=old.name, expression=old.expression, note=old.note)


@transaction.atomic
def discard_list(*, actor: Actor, list_id: int) -> CustomerList:
    """Remove the members of a list; the row with its expression and grounds stays, and so it can be brought back.

    Refuses: ListNotFound, NotAllowed, ListDiscarded when it was before. Announces: memberships.list.discarded.
    """
    found = _locked(list_id)
    ListPolicy().require(actor, "discard", found)
    if found.discarded_at is not None:
        raise ListDiscarded("This list was discarded before.")
    size = found.size
    found.discarded_at, found.members, found.size = now(), bitmaps.to_bytes(BitMap()), 0
    found.save(update_fields=["discarded_at", "members", "size"])
    announce(ListDiscardedFact(list_id=found.pk, size=size), actor=actor)
    return found


@transaction.atomic
def restore_list(*, actor: Actor, list_id: int) -> CustomerList:
    """Undo discarding: the list holds again whom it held, found from the history of its segments, less the erased.

    Refuses: ListNotFound, NotAllowed, HistoryGone. Announces: memberships.list.restored, unless it was not discarded.
    """
    found = _locked(list_id)
    ListPolicy().require(actor, "discard", found)
    if found.discarded_at is None:
        return found
    members = remade(found)
    found.members, found.size, found.digest = bitmaps.to_bytes(members), len(members), bitmaps.digest(members)
    found.discarded_at = None
    found.save(update_fields=["members", "size", "digest", "discarded_at"])
    announce(ListRestored(list_id=found.pk, size=found.size), actor=actor)
    return found


@transaction.atomic
def forget_in_lists(*, ordinal: int) -> int:
    """Take an erased customer out of all lists; how many lists held them. Safe to repeat. Announces: nothing."""
    changed = 0
    for found in CustomerList.objects.select_for_update().filter(discarded_at=None).order_by("pk").iterator(10):
        members = bitmaps.from_bytes(found.members)
        if ordinal not in members:
            continue
        members.discard(ordinal)
        found.members, found.size, found.digest = bitmaps.to_bytes(members), len(members), bitmaps.digest(members)
        found.save(update_fields=["members", "size", "digest"])
        changed += 1
    return changed


def _locked(list_id: int) -> CustomerList:
    found = CustomerList.objects.select_for_update().filter(pk=list_id).first()
    if found is None:
        raise ListNotFound(f"There is no list {list_id}.")
    return found
