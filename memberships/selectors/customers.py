"""Which segments one customer is in, since when, and how that came."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from common.clock import now
from customers import selectors as customers
from memberships.errors import MomentInFuture
from memberships.models import Current, Run
from memberships.policies import MembershipPolicy
from memberships.selectors.chronicles import chronicles
from memberships.selectors.reading import Position, members_at, stood_at
from taxonomy.selectors import version_headings


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
    since = _since(ordinal, inside, at)
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
    with connection.cursor() as cursor:
        cursor.execute(_CURRENT)
        return [
            _Standing(segment_id, key, name, tier, number, Position(segment_id, snapshot_id, through), *rest)
            for segment_id, key, name, tier, number, snapshot_id, through, *rest in cursor.fetchall()
        ]


_CURRENT = """
    SELECT c.segment_id, s.key, v.name, v.tier, v.number, c.snapshot_id, c.through, c.run_id, c.as_of, c.failure
    FROM memberships_current c
    JOIN taxonomy_segment s ON s.id = c.segment_id
    JOIN taxonomy_segmentversion v ON v.id = c.version_id
    WHERE c.snapshot_id IS NOT NULL
"""


def _at(at: datetime) -> list[_Standing]:
    stood = stood_at(at)
    versions = version_headings(each.change.version_id for each in stood.values())
    runs = Run.objects.filter(pk__in={each.change.run_id for each in stood.values()}).order_by()
    as_of = dict(runs.values_list("pk", "as_of"))
    return [
        _Standing(
            segment_id=each.position.segment_id,
            key=key,
            name=versions[each.change.version_id].name,
            tier=versions[each.change.version_id].tier,
            version_number=versions[each.change.version_id].number,
            position=each.position,
            run_id=each.change.run_id,
            as_of=as_of[each.change.run_id],
        )
        for key, each in stood.items()
    ]


def _since(ordinal: int, standing: Sequence[_Standing], at: datetime | None) -> dict[int, datetime]:
    """When the customer last entered each segment."""
    through = {row.segment_id: row.position.through for row in standing}
    found = {}
    for segment_id, chronicle in chronicles(list(through), through).items():
        if change := chronicle.last_entered(ordinal, through=through[segment_id], at=at):
            found[segment_id] = change.published_at
    return found
