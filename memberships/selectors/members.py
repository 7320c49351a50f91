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
from memberships.models import Current, Delta, Snapshot
from memberships.policies import MembershipPolicy
from memberships.selectors.reading import Position, entered_by, members_at, position_at
from memberships.selectors.sizes import size_of

EXPORT_CHUNK = 10_000
_CHANGE_BATCH = 100


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
class ChangeRow:
    """Some of those who entered and left by one run. A large change comes in several rows."""

    at: datetime
    run_id: int
    version_number: int
    previous_version_number: int | None
    cause: Cause
    entered: list[str]
    left: list[str]
    entered_count: int
    left_count: int


@dataclass(frozen=True)
class ChangesPage:
    """Changes, oldest first; `next` is (delta, position within it) to go on at, None at the end."""

    rows: list[ChangeRow]
    next: tuple[int, int] | None


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
    position = _position(key, begin) if begin else position_at(key, at) if at else None
    last = Delta.objects.filter(segment__key=key, pk__lte=position.through) if position else Delta.objects.none()
    change = last.select_related("version", "run").defer("entered", "left", "run__manifest").order_by("-pk").first()
    if position is None or change is None:
        raise NotComputed(_why_not(key, at))
    return Stamp(position, change.version.number, change.run_id, change.run.as_of, change.published_at)


def _current_stamp(row: Current) -> Stamp:
    if row.version is None or row.run_id is None or row.snapshot_id is None or row.published_at is None:
        raise ValueError("Members without a version, a run or an instant.")
    position = Position(row.segment_id, row.snapshot_id, row.through)
    return Stamp(position, row.version.number, row.run_id, row.as_of, row.published_at)


def _position(key: str, begin: tuple[int, int]) -> Position | None:
    """The state that a walk began on, if it is one of this segment."""
    rows = Snapshot.objects.filter(pk=begin[0], segment__key=key, through__lte=begin[1])
    return next((Position(segment_id, *begin) for segment_id in rows.values_list("segment_id", flat=True)), None)


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


def changes_since(
    key: str, since: datetime | None, *, begin: tuple[int, int] = (0, 0), limit: int = 500
) -> ChangesPage:
    """Who entered and left after `since`, oldest first, up to `limit` customers, from `begin` on."""
    rows = Delta.objects.filter(segment__key=key, pk__gte=begin[0]).select_related("version", "previous_version")
    if since is not None:
        rows = rows.filter(published_at__gt=since)
    found: list[ChangeRow] = []
    room = limit
    for row in rows.order_by("pk")[:_CHANGE_BATCH].iterator(chunk_size=10):
        start = begin[1] if row.pk == begin[0] else 0
        if room <= 0 or len(found) == _CHANGE_BATCH - 1:
            return ChangesPage(found, (row.pk, start))
        change, taken = _slice(row, start, room)
        found.append(change)
        room -= taken
        if start + taken < row.entered_count + row.left_count:
            return ChangesPage(found, (row.pk, start + taken))
    return ChangesPage(found, None)


def _slice(row: Delta, start: int, room: int) -> tuple[ChangeRow, int]:
    """Those of one change from position `start` on (first who entered, then who left), and how many they are."""
    entered = list(bitmaps.from_bytes(row.entered)[start : start + room]) if start < row.entered_count else []
    begin = max(0, start - row.entered_count)
    left = list(bitmaps.from_bytes(row.left)[begin : begin + room - len(entered)]) if row.left_count > begin else []
    change = ChangeRow(
        at=row.published_at,
        run_id=row.run_id,
        version_number=row.version.number,
        previous_version_number=row.previous_version.number if row.previous_version else None,
        cause=Cause(row.cause),
        entered=_ids(entered),
        left=_ids(left),
        entered_count=row.entered_count,
        left_count=row.left_count,
    )
    return change, len(entered) + len(left)


def _ids(ordinals: Sequence[int]) -> list[str]:
    return customers.external_ids(ordinals) if ordinals else []


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
    rows = Delta.objects.filter(segment__key=key, entered_count__gt=0)
    if at is not None:
        rows = rows.filter(published_at__lte=at)
    heads = list(rows.order_by("-pk").values_list("pk", "published_at", "cause"))
    entered = entered_by(pk for pk, _, _ in heads)
    return [
        next(
            (
                MemberRow(each, moment, Cause(cause))
                for pk, moment, cause in heads
                if ordinals.get(each, -1) in entered[pk]
            ),
            MemberRow(each, None, None),
        )
        for each in ids
    ]
