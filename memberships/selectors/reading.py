"""Bitmaps from the database, kept in the process: snapshots and changes never change, so a copy is never old."""

import threading
from collections import OrderedDict
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from django.db import connection
from pyroaring import BitMap

from memberships import bitmaps
from memberships.models import Current, Delta, Snapshot

_BUDGET_BYTES = 192 * 1024 * 1024
Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True)
class Position:
    """A state of one segment that never changes: a snapshot, and the changes after it up to the number `through`.

    A `snapshot_id` of 0 stands for nobody: all changes up to `through`, folded from the first.
    """

    segment_id: int
    snapshot_id: int
    through: int


@dataclass(frozen=True)
class Fold:
    """Members at a position, how many changes lie between its snapshot and it, and about how many bytes they take."""

    through: int
    members: BitMap
    depth: int
    size: int


class _Shelf(Generic[Key]):
    """Bitmaps by key, least recently used out first. Callers share them and must not change them."""

    def __init__(self, budget: int) -> None:
        self._budget = budget
        self._held = 0
        self._lock = threading.Lock()
        self._rows: OrderedDict[Key, Fold] = OrderedDict()

    def find(self, keys: Iterable[Key]) -> dict[Key, Fold]:
        found: dict[Key, Fold] = {}
        with self._lock:
            for key in keys:
                if key in self._rows:
                    self._rows.move_to_end(key)
                    found[key] = self._rows[key]
        return found

    def put(self, fresh: Mapping[Key, Fold]) -> None:
        """Keep these; of two states of one key the later one."""
        with self._lock:
            for key, row in fresh.items():
                known = self._rows.get(key)
                if known is not None and known.through >= row.through:
                    continue
                self._rows[key] = row
                self._rows.move_to_end(key)
                self._held += row.size - (known.size if known else 0)
            while self._held > self._budget and len(self._rows) > 1:
                self._held -= self._rows.popitem(last=False)[1].size


_snapshots: _Shelf[int] = _Shelf(_BUDGET_BYTES // 2)
# The newest state by snapshot, on which later ones are folded, and older ones that a walk over pages still reads.
_newest: _Shelf[tuple[int, int]] = _Shelf(_BUDGET_BYTES)
_older: _Shelf[Position] = _Shelf(_BUDGET_BYTES // 4)
_entered: _Shelf[int] = _Shelf(_BUDGET_BYTES // 4)
_left: _Shelf[int] = _Shelf(_BUDGET_BYTES // 4)


def current_positions(keys: Iterable[str] | None = None) -> dict[str, Position]:
    """Where the published segments stand now, by key. Read by one statement, so that no state is torn."""
    rows = Current.objects.filter(snapshot__isnull=False)
    if keys is not None:
        rows = rows.filter(segment__key__in=set(keys))
    found = rows.order_by().values_list("segment__key", "segment_id", "snapshot_id", "through")
    return {key: Position(segment_id, snapshot_id or 0, through) for key, segment_id, snapshot_id, through in found}


def position_at(key: str, at: datetime) -> Position | None:
    """Where the segment stood at the instant; None when it had not been computed."""
    return positions_at(at, keys=[key]).get(key)


def positions_at(at: datetime, keys: Iterable[str] | None = None) -> dict[str, Position]:
    """Where the segments stood at the instant, by key, those among them that are retired by now."""
    with connection.cursor() as cursor:
        cursor.execute(_POSITIONS, {"at": at, "keys": None if keys is None else list(keys)})
        return {key: Position(*rest) for key, *rest in cursor.fetchall()}


_POSITIONS = """
    SELECT DISTINCT ON (s.segment_id) g.key, s.segment_id, s.id, GREATEST(s.through, COALESCE((
        SELECT d.id FROM memberships_delta d WHERE d.segment_id = s.segment_id AND d.published_at <= %(at)s
        ORDER BY d.published_at DESC, d.id DESC LIMIT 1), 0))
    FROM memberships_snapshot s JOIN taxonomy_segment g ON g.id = s.segment_id
    WHERE s.published_at <= %(at)s AND (%(keys)s::text[] IS NULL OR g.key = ANY(%(keys)s::text[]))
    ORDER BY s.segment_id, s.published_at DESC, s.id DESC
"""


def members_at(positions: Iterable[Position]) -> dict[int, BitMap]:
    """The members at each position, by segment. Do not change the bitmaps.

    The changes since a state that this process has read before are folded on top of it: two queries at most, none where
    nothing has changed.
    """
    return {position.segment_id: fold.members for position, fold in folds_at(positions).items()}


def folds_at(positions: Iterable[Position]) -> dict[Position, Fold]:
    """The same with how each was made."""
    wanted = set(positions)
    newest = _newest.find({(each.segment_id, each.snapshot_id) for each in wanted})
    found: dict[Position, Fold] = {}
    for each in wanted:
        known = newest.get((each.segment_id, each.snapshot_id))
        if known is not None and known.through == each.through:
            found[each] = known
    found |= _older.find(wanted - found.keys())
    open_positions = wanted - found.keys()
    if open_positions:
        found |= _folded(open_positions, newest)
    return found


def keep(position: Position, fold: Fold) -> None:
    """Keep a state that this process has just written and committed, so that it need not be read."""
    _newest.put({(position.segment_id, position.snapshot_id): fold})


def _folded(wanted: Iterable[Position], newest: Mapping[tuple[int, int], Fold]) -> dict[Position, Fold]:
    """The states, each on top of the newest known one that is not later, or on its snapshot."""
    starts: dict[Position, Fold] = {}
    for each in wanted:
        known = newest.get((each.segment_id, each.snapshot_id))
        if known is not None and known.through < each.through:
            starts[each] = known
    starts |= _bases([each for each in wanted if each not in starts])
    folds: dict[Position, Fold] = {}
    changes = _changes({each: start.through for each, start in starts.items()})
    for each, start in starts.items():
        members, depth, size = start.members, start.depth, start.size
        if each in changes:
            members = members.copy()
            for entered, left in changes[each]:
                members |= bitmaps.from_bytes(entered)
                members -= bitmaps.from_bytes(left)
                depth, size = depth + 1, size + len(entered)
        folds[each] = Fold(each.through, members, depth, size)
    late = {each for each in folds if each.through < newest.get((each.segment_id, each.snapshot_id), _NOBODY).through}
    _newest.put({(each.segment_id, each.snapshot_id): fold for each, fold in folds.items() if each not in late})
    _older.put({each: folds[each] for each in late})
    return folds


_NOBODY = Fold(0, BitMap(), 0, 0)


def _bases(wanted: Iterable[Position]) -> dict[Position, Fold]:
    """The members of the snapshots alone."""
    by_id = {each.snapshot_id: each for each in wanted}
    rows = Snapshot.objects.filter(pk__in=by_id.keys() - {0}).order_by().values_list("pk", "through", "members")
    read = {pk: Fold(through, bitmaps.from_bytes(raw), 0, len(raw)) for pk, through, raw in rows}
    return {each: read[each.snapshot_id] if each.snapshot_id else _NOBODY for each in wanted}


_CHANGES = """
    SELECT b.place, d.entered, d."left"
    FROM unnest(%s::int[], %s::bigint[], %s::bigint[], %s::bigint[]) AS b (place, segment_id, after, through)
    JOIN memberships_delta d ON d.segment_id = b.segment_id AND d.id > b.after AND d.id <= b.through
    ORDER BY d.id
"""


def _changes(after: Mapping[Position, int]) -> dict[Position, list[tuple[bytes, bytes]]]:
    """Entered and left of each change after the given number up to the position, in order."""
    asked = [(each, start) for each, start in after.items() if start < each.through]
    if not asked:
        return {}
    found: dict[Position, list[tuple[bytes, bytes]]] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            _CHANGES,
            [
                list(range(len(asked))),
                [each.segment_id for each, _ in asked],
                [start for _, start in asked],
                [each.through for each, _ in asked],
            ],
        )
        for place, entered, left in cursor.fetchall():
            found.setdefault(asked[place][0], []).append((entered, left))
    return found


def members_of(snapshot_ids: Iterable[int]) -> dict[int, BitMap]:
    """The members of each snapshot alone; one query for those not read before by this process. Do not change the
    bitmaps. What a segment is now, or was at an instant, `members_at` answers."""
    wanted = set(snapshot_ids)
    found = _snapshots.find(wanted)
    missing = wanted - found.keys()
    if missing:
        rows = Snapshot.objects.filter(pk__in=missing).order_by().values_list("pk", "members")
        fresh = {pk: Fold(0, bitmaps.from_bytes(raw), 0, len(raw)) for pk, raw in rows}
        _snapshots.put(fresh)
        found |= fresh
    return {pk: row.members for pk, row in found.items()}


def entered_by(delta_ids: Iterable[int]) -> dict[int, BitMap]:
    """Who entered by each change; one query for those not read before by this process. Do not change the bitmaps."""
    return _changed_by(_entered, "entered", delta_ids)


def left_by(delta_ids: Iterable[int]) -> dict[int, BitMap]:
    """Who left by each change, in the same way."""
    return _changed_by(_left, "left", delta_ids)


def _changed_by(shelf: _Shelf[int], side: str, delta_ids: Iterable[int]) -> dict[int, BitMap]:
    wanted = set(delta_ids)
    found = shelf.find(wanted)
    missing = wanted - found.keys()
    if missing:
        rows = Delta.objects.filter(pk__in=missing).order_by().values_list("pk", side)
        fresh = {pk: Fold(0, bitmaps.from_bytes(raw), 0, len(raw)) for pk, raw in rows}
        shelf.put(fresh)
        found |= fresh
    return {pk: row.members for pk, row in found.items()}
