"""Who is in a segment, now or at an instant, and who came and went."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from common.clock import now
from customers import selectors as customers
from memberships import bitmaps
from memberships.choices import Cause, Freshness
from memberships.errors import MomentInFuture, NotComputed, UnknownPurpose
from memberships.models import Current, Run, Snapshot
from memberships.policies import MembershipPolicy
from memberships.selectors.chronicles import chronicles
from memberships.selectors.deltas import DeltaHead, delta_heads
from memberships.selectors.reading import Position, members_at, stood_at
from memberships.selectors.sizes import size_of
from taxonomy.selectors import segment_by_key, version_labels

EXPORT_CHUNK = 10_000


@dataclass(frozen=True)
class MembersPage:
    """Some members in the order of their ordinals. `next` is the ordinal to go on after, None at the end;
    `position` names what was read, so that a walk over pages stays on one state."""

    external_ids: list[str]
    next: int | None
    total: int
    version_number: int
    run_id: int
    as_of: datetime | None
    published_at: datetime
    position: Position


@dataclass(frozen=True)
class MemberRow:
    """One member, and when and why they last entered."""

    external_id: str
    since: datetime | None
    cause: Cause | None


@dataclass(frozen=True)
class Stamp:
    """What members were read: the state, and the version, run and instants that it stands for."""

    position: Position
    version_number: int
    run_id: int
    as_of: datetime | None
    published_at: datetime


def stamp_at(key: str, at: datetime | None = None, begin: tuple[int, int] | None = None) -> Stamp:
    """What stood for the segment at the instant (now, when none is named), or at the snapshot and change `begin`.

    Raises MomentInFuture and NotComputed.
    """
    if at is not None and at > now():
        raise MomentInFuture("That instant has not come yet. Ask for one in the past.", pointer="/at")
    if at is None:
        row = Current.objects.filter(segment__key=key, snapshot__isnull=False).select_related("version").first()
        if row is not None and begin in {None, (row.snapshot_id, row.through)}:
            return _current_stamp(row)
    position, change = _past(key, at, begin)
    if position is None or change is None:
        raise NotComputed(_why_not(key, at))
    number, _ = version_labels([change.version_id])[change.version_id]
    as_of = Run.objects.values_list("as_of", flat=True).get(pk=change.run_id)
    return Stamp(position, number, change.run_id, as_of, change.published_at)


def _past(key: str, at: datetime | None, begin: tuple[int, int] | None) -> tuple[Position | None, DeltaHead | None]:
    """The state, and the change that made it; of a walk the state on which it began, though its snapshot be gone."""
    if begin is None:
        stood = stood_at(at, [key]).get(key) if at else None
        return (stood.position, stood.change) if stood else (None, None)
    segment_id, (snapshot_id, through) = segment_by_key(key).pk, begin
    change = next(iter(delta_heads([segment_id], through - 1, through)), None)
    known = Snapshot.objects.filter(pk=snapshot_id).values_list("segment_id", "through").first()
    if known is not None and (known[0] != segment_id or known[1] > through):
        # Not a state of this segment: whoever made it up reads what the change says.
        snapshot_id = 0
    return Position(segment_id, snapshot_id, through), change


def _current_stamp(row: Current) -> Stamp:
    if row.version is None or row.run_id is None or row.snapshot_id is None or row.published_at is None:
        raise ValueError("Members without a version, a run or an instant.")
    position = Position(row.segment_id, row.snapshot_id, row.through)
    return Stamp(position, row.version.number, row.run_id, row.as_of, row.published_at)


def _why_not(key: str, at: datetime | None) -> str:
    if at is not None:
        return (
            "The members had not been computed at that time. Choose a later time; the size chart shows the first one."
        )
    row = size_of(key)
    if row.state == Freshness.NOT_COMPUTED and row.reason:
        return f"The members could not be computed yet: {row.reason}"
    return "The members have not been computed yet. They come with the next run; the page of runs shows when."


def members_page(
    *,
    key: str,
    at: datetime | None = None,
    after: int = -1,
    limit: int = 500,
    begin: tuple[int, int] | None = None,
) -> MembersPage:
    """Up to `limit` members after the ordinal `after`. Raises MomentInFuture and NotComputed."""
    stamp = stamp_at(key, at, begin)
    members = members_at([stamp.position])[stamp.position.segment_id]
    ordinals = bitmaps.ordinals_after(members, after, limit + 1)
    page = ordinals[:limit]
    return MembersPage(
        external_ids=customers.external_ids(page),
        next=page[-1] if len(ordinals) > limit else None,
        total=len(members),
        version_number=stamp.version_number,
        run_id=stamp.run_id,
        as_of=stamp.as_of,
        published_at=stamp.published_at,
        position=stamp.position,
    )


def members_page_for(
    *,
    viewer: Any,
    key: str,
    at: datetime | None = None,
    after: int = -1,
    limit: int = 500,
    begin: tuple[int, int] | None = None,
) -> MembersPage:
    """As `members_page`, for somebody who may see customers. Raises NotAllowed too."""
    MembershipPolicy().require(viewer, "view_members")
    return members_page(key=key, at=at, after=after, limit=limit, begin=begin)


def member_ids(key: str, position: Position) -> Iterator[str]:
    """All members of one state, read in chunks."""
    after: int | None = -1
    begin = position.snapshot_id, position.through
    while after is not None:
        page = members_page(key=key, after=after, limit=EXPORT_CHUNK, begin=begin)
        yield from page.external_ids
        after = page.next


def ordinal_before(*, viewer: Any, external_id: str) -> int:
    """The ordinal after which a page begins with this customer, or with the next member after them."""
    MembershipPolicy().require(viewer, "view_members")
    return customers.customer(external_id).ordinal - 1


def checked_purpose(purpose: str | None) -> str | None:
    """The purpose as named, when an attribute of the catalogue declares it. Raises UnknownPurpose."""
    if not purpose:
        return None
    known = sorted({name for facts in customers.attribute_facts().values() for name in facts.purposes})
    if purpose not in known:
        choice = f"Known: {', '.join(known)}." if known else "No attribute declares a purpose yet."
        raise UnknownPurpose(
            f"No attribute of the catalogue declares the purpose “{purpose}”. {choice}", pointer="/purpose"
        )
    return purpose


def entered_since(key: str, ids: Sequence[str], at: datetime | None = None) -> list[MemberRow]:
    """The members in the given order, each with the time when they last entered."""
    ordinals = customers.ordinals_of(ids)
    segment_id = segment_by_key(key).pk
    chronicle = chronicles([segment_id])[segment_id]
    found = []
    for each in ids:
        change = chronicle.last_entered(ordinals.get(each, -1), at=at)
        found.append(
            MemberRow(each, change.published_at, Cause(change.cause)) if change else MemberRow(each, None, None)
        )
    return found
