"""How members moved within a family of segments between two instants."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Min
from pyroaring import BitMap

from common.clock import now
from common.errors import Invalid
from customers.selectors import erased_ordinals, external_ids
from memberships import bitmaps
from memberships.errors import NotComputed
from memberships.measures.transitions import OUTSIDE, REST, SEVERAL, Side, Transitions, side_of, transitions
from memberships.models import Snapshot
from memberships.policies import MembershipPolicy
from memberships.selectors.masked_previews import rounded
from memberships.selectors.stamps import Ground, grounds, members_on
from taxonomy.selectors import headings, segments_for

_WORDS = {SEVERAL: "In several at once", REST: "In none of them", OUTSIDE: "Outside"}


@dataclass(frozen=True)
class State:
    """A row or a column: a segment, or one of the states beside them. Sizes are exact and open to everybody."""

    key: str
    name: str
    is_segment: bool
    size: int | None
    shared: int | str | None


@dataclass(frozen=True)
class Cell:
    """How many moved from one state to another: a number, rounded where not exact, or words; `share` of its row."""

    row: str
    column: str
    count: int | str
    share: float | None
    is_stay: bool
    is_open: bool = True

    @property
    def shade(self) -> int:
        """0 to 5: how dark the cell is."""
        return 0 if not self.share else min(5, 1 + int(self.share * 4.999))


@dataclass(frozen=True)
class Row:
    """One state before, with where its customers are after."""

    state: State
    cells: tuple[Cell, ...]
    total: int | str


@dataclass(frozen=True)
class Matrix:
    """The whole table. `began` and `ended`: what each end stands on, by segment; `changed`: segments whose rule changed
    in between; `missing`: those that were not computed at the first instant."""

    family: str
    name: str
    began_at: datetime
    ended_at: datetime
    rows: tuple[Row, ...]
    columns: tuple[State, ...]
    began: tuple[Ground, ...]
    ended: tuple[Ground, ...]
    changed: tuple[str, ...]
    missing: tuple[str, ...]
    exact: bool
    moved: int | str
    stayed: int | str


@dataclass(frozen=True)
class MoversPage:
    """Some customers of one cell in the order of their ordinals; `next` is the ordinal to go on after."""

    external_ids: list[str]
    next: int | None
    total: int
    before: State
    after: State


@dataclass(frozen=True)
class _Found:
    table: Transitions
    began: dict[str, Ground]
    ended: dict[str, Ground]
    names: dict[str, str]
    missing: list[str]
    ended_at: datetime


def family_keys(viewer: Any, family: str) -> list[str]:
    """The segments that stand directly below the family (below nothing, when it is empty), in use or retired."""
    rows = segments_for(viewer).filter(parent__key=family) if family else segments_for(viewer).filter(parent=None)
    return sorted(rows.values_list("key", flat=True))


def first_published_at() -> datetime | None:
    """When members were first published at all: nothing can be asked of an earlier instant."""
    found: datetime | None = Snapshot.objects.aggregate(first=Min("published_at"))["first"]
    return found


def matrix_for(*, viewer: Any, family: str, began_at: datetime, ended_at: datetime | None = None) -> Matrix:
    """From where to where the customers of the family moved; counts rounded for those who may not see customers.

    A segment without children is its own family: in it, or outside. Raises NotFound, MomentInFuture, NotComputed and
    Invalid where the first instant is not before the second.
    """
    found = _found(viewer, family, began_at, ended_at)
    exact = MembershipPolicy().can(viewer, "view_members")
    rows = tuple(_row(found, name, exact) for name in found.table.names)
    counts = dict(found.table.counts())
    stayed = sum(counts[name][place] for place, name in enumerate(found.table.names))
    moved = sum(map(sum, counts.values())) - stayed
    both = found.began.keys() & found.ended.keys()
    changed = [key for key in sorted(both) if found.began[key].version_number != found.ended[key].version_number]
    return Matrix(
        family=family,
        name=found.names.get(family, "All markets"),
        began_at=began_at,
        ended_at=found.ended_at,
        rows=rows,
        columns=tuple(_state(found, name, found.table.after, exact) for name in found.table.names),
        began=tuple(found.began.values()),
        ended=tuple(found.ended.values()),
        changed=tuple(found.names.get(key, key) for key in changed),
        missing=tuple(found.names.get(key, key) for key in found.missing),
        exact=exact,
        moved=moved if exact else rounded(moved),
        stayed=stayed if exact else rounded(stayed),
    )


def movers_for(
    *,
    viewer: Any,
    family: str,
    began_at: datetime,
    ended_at: datetime | None,
    row: str,
    column: str,
    after: int = -1,
    limit: int = 50,
) -> MoversPage:
    """The customers of one cell, without the erased. Raises NotAllowed too, and Invalid for unknown states."""
    MembershipPolicy().require(viewer, "view_members")
    found = _found(viewer, family, began_at, ended_at)
    if row not in found.table.names or column not in found.table.names:
        raise Invalid("There is no such state in this table.", code="unknown_state", pointer="/row")
    members = found.table.cell(row, column) - erased_ordinals()
    ordinals = bitmaps.ordinals_after(members, after, limit + 1)
    page = ordinals[:limit]
    return MoversPage(
        external_ids(page),
        page[-1] if len(ordinals) > limit else None,
        len(members),
        _state(found, row, found.table.before, True),
        _state(found, column, found.table.after, True),
    )


def _found(viewer: Any, family: str, began_at: datetime, ended_at: datetime | None) -> _Found:
    until = ended_at or now()
    if began_at >= until:
        raise Invalid("The first instant comes before the second.", code="not_in_order", pointer="/from")
    if family and not segments_for(viewer).filter(key=family).exists():
        raise Invalid(f"There is no segment “{family[:63]}”.", code="unknown_family", pointer="/family")
    keys = family_keys(viewer, family)
    whole = family if keys and family else ""
    keys = keys or [family]
    asked = [*keys, *([whole] if whole else [])]
    began, ended = grounds(asked, began_at), grounds(asked, ended_at)
    if not began or not any(key in ended for key in keys) or (whole and whole not in began):
        detail = "These segments had not been computed at the first instant. Choose a later one."
        raise NotComputed(detail, pointer="/from")
    names = {key: heading.name for key, heading in headings([*asked, family] if family else asked).items()}
    live = [key for key in keys if key in began or key in ended]
    order = sorted(live, key=lambda key: ((names.get(key) or key).casefold(), key))
    before, after = _side(began, order, whole), _side(ended, order, whole)
    missing = [key for key in order if key not in began]
    return _Found(transitions(before, after, order), began, ended, names, missing, until)


def _side(found: dict[str, Ground], order: Sequence[str], whole: str) -> Side:
    members = members_on(found)
    return side_of({key: members.get(key, BitMap()) for key in order}, members.get(whole) if whole else None)


def _state(found: _Found, name: str, side: Side, exact: bool) -> State:
    if name in side.sizes:
        shared: int | str = side.shared[name]
        shared = shared if exact or not shared else rounded(side.shared[name])
        return State(name, found.names.get(name, name), True, side.sizes[name], shared)
    return State(name, _WORDS[name], False, None, None)


def _row(found: _Found, name: str, exact: bool) -> Row:
    counts = [len(found.table.cell(name, column)) for column in found.table.names]
    total = sum(counts)
    cells = tuple(
        _cell(name, column, count, total, exact) for column, count in zip(found.table.names, counts, strict=True)
    )
    return Row(_state(found, name, found.table.before, exact), cells, total if exact else rounded(total))


def _cell(row: str, column: str, count: int, total: int, exact: bool) -> Cell:
    shown = count if exact else rounded(count)
    if exact:
        share = count / total if total else None
    else:
        # From the figures that are shown, so that it says no more than they do.
        whole = rounded(total)
        share = min(1.0, round(shown / whole, 2)) if isinstance(shown, int) and isinstance(whole, int) else None
    is_stay = row == column
    return Cell(row, column, shown, share, is_stay, is_open=not (row == column == OUTSIDE))
