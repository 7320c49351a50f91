"""What moved in a segment between two instants: how many by which cause, and who came and who went."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pyroaring import BitMap

from common.clock import now
from customers import selectors as customers
from memberships import bitmaps
from memberships.choices import Cause
from memberships.errors import BadPeriod, MomentInFuture, NotComputed
from memberships.policies import MembershipPolicy
from memberships.rows.packs import DeltaHead, Moves
from memberships.selectors.deltas import moves_between
from memberships.selectors.reading import Position, Stood, folds_at, stood_at
from taxonomy.selectors import version_headings


@dataclass(frozen=True)
class CauseMoves:
    """How many entered and left for one cause. Who moved twice counts twice."""

    cause: Cause
    entered: int
    left: int
    changes: int

    @property
    def net(self) -> int:
        return self.entered - self.left


@dataclass(frozen=True)
class End:
    """One end of a period: the size at the instant and the version and run that it stands for; None before the first
    computation."""

    at: datetime
    size: int
    version_number: int | None
    run_id: int | None
    published_at: datetime | None


@dataclass(frozen=True)
class Movement:
    """A period by cause: `before.size` with all that entered and without all that left is `after.size`, exactly."""

    before: End
    after: End
    rows: tuple[CauseMoves, ...]

    @property
    def entered(self) -> int:
        return sum(row.entered for row in self.rows)

    @property
    def left(self) -> int:
        return sum(row.left for row in self.rows)

    @property
    def net(self) -> int:
        return self.after.size - self.before.size


@dataclass(frozen=True)
class Comparison:
    """Who is in at one instant and not at the other. `came` and `went` are some of them, `next` the ordinal to go on
    after."""

    came_count: int
    went_count: int
    stayed_count: int
    came: list[str]
    went: list[str]
    next_came: int | None
    next_went: int | None


def movement(key: str, since: datetime, until: datetime) -> Movement:
    """How the size of the segment came from what it was at `since` to what it was at `until`, split by cause so that
    the parts sum to the difference exactly. Raises BadPeriod, MomentInFuture, and NotComputed where it had not been
    computed at `until`."""
    stood, last = _ends(key, since, until)
    first, newest = stood.change if stood else None, last.change
    found = moves_between(newest.segment_id, first.number if first else 0, newest.number)
    numbers = version_headings(head.version_id for head in (first, newest) if head)
    return Movement(_end(first, since, numbers), _end(newest, until, numbers), tuple(_rows(found)))


def _ends(key: str, since: datetime, until: datetime) -> tuple[Stood | None, Stood]:
    if until > now():
        raise MomentInFuture("That instant has not come yet. Choose one in the past.", pointer="/until")
    if since >= until:
        raise BadPeriod("The period ends before it begins. Choose a later end.", pointer="/until")
    first, last = (stood_at(at, [key]).get(key) for at in (since, until))
    if last is None:
        raise NotComputed("The segment had not been computed at the end of this period. Choose a later end.")
    return first, last


def _end(head: DeltaHead | None, at: datetime, versions: Any) -> End:
    if head is None:
        return End(at, 0, None, None, None)
    return End(at, head.size, versions[head.version_id].number, head.run_id, head.published_at)


def _rows(found: dict[str, Moves]) -> list[CauseMoves]:
    """The causes in the order in which they are declared, without those that moved nobody."""
    return [
        CauseMoves(cause, found[cause].entered, found[cause].left, found[cause].changes)
        for cause in Cause
        if cause in found and (found[cause].entered or found[cause].left)
    ]


def compared(
    *, viewer: Any, key: str, since: datetime, until: datetime, after: tuple[int, int] = (-1, -1), limit: int = 50
) -> Comparison:
    """Who came and who went between two instants, up to `limit` of each after the given ordinals. Somebody who moved
    there and back is in neither list. Raises NotAllowed, MomentInFuture, BadPeriod and NotComputed."""
    MembershipPolicy().require(viewer, "view_members")
    old, new = (_members(stood.position) if stood else BitMap() for stood in _ends(key, since, until))
    change = bitmaps.entered_left(old, new)
    came, next_came = _some(change.entered, after[0], limit)
    went, next_went = _some(change.left, after[1], limit)
    return Comparison(
        len(change.entered), len(change.left), len(old & new), _ids(came), _ids(went), next_came, next_went
    )


def _members(position: Position) -> BitMap:
    return folds_at([position])[position].members


def _some(members: BitMap, after: int, limit: int) -> tuple[list[int], int | None]:
    found = bitmaps.ordinals_after(members, after, limit + 1)
    return found[:limit], found[limit - 1] if len(found) > limit else None


def _ids(ordinals: Sequence[int]) -> list[str]:
    return customers.external_ids(ordinals)
