"""Which segments one customer is in, since when, and how that came."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from common.clock import now
from customers import selectors as customers
from memberships.errors import MomentInFuture
from memberships.models import Current, Delta
from memberships.policies import MembershipPolicy
from memberships.selectors.reading import Position, entered_by, members_at, positions_at


@dataclass(frozen=True)
class Membership:
    """One segment that a customer is in. `since` is when they last entered; `reason` is set where the members are
    not up to date."""

    key: str
    name: str
    tier: str
    version_number: int
    since: datetime | None
    run_id: int
    as_of: datetime | None
    reason: str = ""


@dataclass(frozen=True)
class _Standing:
    segment_id: int
    key: str
    name: str
    tier: str
    version_number: int
    position: Position
    run_id: int
    as_of: datetime | None
    reason: str = ""


_FIELDS = ("segment_id", "segment__key", "version__name", "version__tier", "version__number")


def segments_of(external_id: str, at: datetime | None = None) -> list[Membership]:
    """The segments that the customer is in, by name, now or at the instant. Raises NotFound and MomentInFuture."""
    return segments_of_ordinal(customers.customer(external_id).ordinal, at)


def ordinal_for(*, viewer: Any, external_id: str) -> int:
    """The ordinal of a customer whom the viewer may see; raises NotFound. Cheaper than reading the customer."""
    if MembershipPolicy().can(viewer, "view_members"):
        found = customers.ordinals_of([external_id])
        if external_id in found:
            return found[external_id]
    return customers.customer_for(viewer=viewer, external_id=external_id).ordinal


def segments_of_ordinal(ordinal: int, at: datetime | None = None) -> list[Membership]:
    """As `segments_of`, by the customer's ordinal."""
    if at is not None and at > now():
        raise MomentInFuture("That instant has not come yet. Ask for one in the past.", pointer="/at")
    standing = _current() if at is None else _at(at)
    members = members_at(row.position for row in standing)
    inside = [row for row in standing if ordinal in members[row.segment_id]]
    since = _since(ordinal, [row.segment_id for row in inside], at)
    found = [
        Membership(
            key=row.key,
            name=row.name,
            tier=row.tier,
            version_number=row.version_number,
            since=since.get(row.segment_id),
            run_id=row.run_id,
            as_of=row.as_of,
            reason=row.reason,
        )
        for row in inside
    ]
    return sorted(found, key=lambda membership: (membership.name.casefold(), membership.key))


def segments_without(keys: Collection[str]) -> list[tuple[str, str]]:
    """Key and name of the computed segments other than these, by name."""
    rows = Current.objects.filter(snapshot__isnull=False).exclude(segment__key__in=keys).order_by()
    return sorted(rows.values_list("segment__key", "version__name"), key=lambda row: (row[1].casefold(), row[0]))


def _current() -> list[_Standing]:
    rows = Current.objects.filter(snapshot__isnull=False).order_by()
    return [
        _Standing(segment_id, key, name, tier, number, Position(segment_id, snapshot_id or 0, through), *rest)
        for segment_id, key, name, tier, number, snapshot_id, through, *rest in rows.values_list(
            *_FIELDS, "snapshot_id", "through", "run_id", "as_of", "failure"
        )
    ]


def _at(at: datetime) -> list[_Standing]:
    positions = {position.segment_id: position for position in positions_at(at).values()}
    rows = (
        Delta.objects.filter(published_at__lte=at)
        .order_by("segment_id", "-pk")
        .distinct("segment_id")
        .values_list(*_FIELDS, "run_id", "run__as_of")
    )
    return [
        _Standing(segment_id, key, name, tier, number, positions[segment_id], *rest)
        for segment_id, key, name, tier, number, *rest in rows
        if segment_id in positions
    ]


def _since(ordinal: int, segment_ids: Sequence[int], at: datetime | None) -> dict[int, datetime]:
    """When the customer last entered each segment."""
    rows = Delta.objects.filter(segment_id__in=segment_ids, entered_count__gt=0)
    if at is not None:
        rows = rows.filter(published_at__lte=at)
    heads = list(rows.order_by("-pk").values_list("pk", "segment_id", "published_at"))
    entered = entered_by(pk for pk, _, _ in heads)
    since: dict[int, datetime] = {}
    for pk, segment_id, published_at in heads:
        if segment_id not in since and ordinal in entered[pk]:
            since[segment_id] = published_at
    return since
