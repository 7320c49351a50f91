"""Lists of customers that were kept: their members without the erased, their grounds, two of them compared."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.dateparse import parse_datetime
from pyroaring import BitMap

from customers.selectors import erased_ordinals, external_ids
from memberships import bitmaps
from memberships.errors import HistoryGone, ListDiscarded, ListNotFound
from memberships.models import CustomerList, Snapshot
from memberships.policies import ListPolicy, MembershipPolicy
from memberships.rules import set_expressions
from memberships.selectors.reading import Position, members_at
from memberships.selectors.stamps import Ground


@dataclass(frozen=True)
class KeptGround:
    """One segment that a list was made of, as it was kept."""

    key: str
    name: str
    version_number: int
    run_id: int
    as_of: datetime | None
    size: int


@dataclass(frozen=True)
class ListPage:
    """Some members of a list in the order of their ordinals; `next` is the ordinal to go on after."""

    external_ids: list[str]
    next: int | None
    total: int


@dataclass(frozen=True)
class ListComparison:
    """Two lists: how many are in both, and who is in one only."""

    both: int
    only_first: BitMap
    only_second: BitMap


def lists_for(*, viewer: Any) -> QuerySet[CustomerList]:
    """The lists that the viewer may see, newest first."""
    rows = ListPolicy().visible(viewer).select_related("made_by").defer("members")
    return rows.order_by("-pk")


def list_for(*, viewer: Any, list_id: int) -> CustomerList:
    """The list without its members. Raises NotAllowed and ListNotFound."""
    ListPolicy().require(viewer, "view")
    found = lists_for(viewer=viewer).filter(pk=list_id).first()
    if found is None:
        raise ListNotFound(f"There is no list {list_id}.")
    return found


def text_of(found: CustomerList) -> str:
    """The expression that a list was made of, as text."""
    return set_expressions.text_of(found.expression)


def grounds_kept(ground: Ground, size: int) -> dict[str, Any]:
    """A ground in the form in which a list keeps it."""
    return {
        "segment": ground.key,
        "name": ground.name,
        "version": ground.version_number,
        "run": ground.run_id,
        "as_of": ground.as_of.isoformat() if ground.as_of else None,
        "size": size,
        "position": [ground.position.segment_id, ground.position.snapshot_id, ground.position.through],
    }


def grounds_of(found: CustomerList) -> list[KeptGround]:
    """What a list was made of."""
    return [
        KeptGround(
            row["segment"],
            row["name"],
            row["version"],
            row["run"],
            parse_datetime(row["as_of"]) if row["as_of"] else None,
            row["size"],
        )
        for row in found.grounds
    ]


def members_of_list(list_id: int) -> BitMap:
    """The members of a list, without those who were erased since. Raises ListDiscarded."""
    row = CustomerList.objects.only("members", "discarded_at").get(pk=list_id)
    if row.discarded_at is not None:
        raise ListDiscarded("This list was discarded; its members are gone. Make it anew, or bring it back.")
    found = bitmaps.from_bytes(row.members)
    found -= erased_ordinals()
    return found


def list_page(*, viewer: Any, list_id: int, after: int = -1, limit: int = 500) -> ListPage:
    """Up to `limit` members after the ordinal `after`. Raises NotAllowed, ListNotFound and ListDiscarded."""
    MembershipPolicy().require(viewer, "view_members")
    found = members_of_list(list_for(viewer=viewer, list_id=list_id).pk)
    ordinals = bitmaps.ordinals_after(found, after, limit + 1)
    page = ordinals[:limit]
    return ListPage(external_ids(page), page[-1] if len(ordinals) > limit else None, len(found))


def compared(*, viewer: Any, first_id: int, second_id: int) -> ListComparison:
    """Two lists against each other. Raises NotAllowed, ListNotFound and ListDiscarded."""
    first, second = (members_of_list(list_for(viewer=viewer, list_id=pk).pk) for pk in (first_id, second_id))
    return ListComparison(first.intersection_cardinality(second), first - second, second - first)


def remade(found: CustomerList) -> BitMap:
    """The members that the list had, from the history of its segments. Raises HistoryGone where that is not kept."""
    positions = {row["segment"]: Position(*row["position"]) for row in found.grounds}
    wanted = {position.snapshot_id for position in positions.values()} - {0}
    if Snapshot.objects.filter(pk__in=wanted).count() < len(wanted):
        raise HistoryGone("What this list was made of is no longer kept. Make it anew, of the members of today.")
    members = members_at(positions.values())
    sets: Mapping[str, BitMap] = {key: members[position.segment_id] for key, position in positions.items()}
    chosen = set_expressions.evaluated(found.expression, sets)
    chosen -= erased_ordinals()
    return chosen
