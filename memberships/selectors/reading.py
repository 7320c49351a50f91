"""Bitmaps from the database, kept in the process: snapshots and changes never change, so a copy is never old."""

import threading
from collections import OrderedDict
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from pyroaring import BitMap

from memberships import bitmaps
from memberships.models import Current, Snapshot
from memberships.selectors.deltas import DeltaHead, DeltaRecord, deltas_between, heads_at

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


# The newest state by snapshot, on which later ones are folded, and older ones that a walk over pages still reads.
_newest: _Shelf[tuple[int, int]] = _Shelf(_BUDGET_BYTES)
_older: _Shelf[Position] = _Shelf(_BUDGET_BYTES // 4)


def current_positions(keys: Iterable[str] | None = None) -> dict[str, Position]:
    """Where the published segments stand now, by key. Read by one statement, so that no state is torn."""
    rows = Current.objects.filter(snapshot__isnull=False)
    if keys is not None:
        rows = rows.filter(segment__key__in=set(keys))
    found = rows.order_by().values_list("segment__key", "segment_id", "snapshot_id", "through")
    return {key: Position(segment_id, snapshot_id or 0, through) for key, segment_id, snapshot_id, through in found}


def positions_at(at: datetime, keys: Iterable[str] | None = None) -> dict[str, Position]:
    """Where the segments stood at the instant, by key, those among them that are retired by now."""
    return {key: stood.position for key, stood in stood_at(at, keys).items()}


@dataclass(frozen=True)
class Stood:
    """A state of the past, and the change that made it."""

    position: Position
    change: DeltaHead


def stood_at(at: datetime, keys: Iterable[str] | None = None) -> dict[str, Stood]:
    """The same with the change that made each state."""
    heads = heads_at(at, None if keys is None else list(keys))
    if not heads:
        return {}
    newest = (
        Snapshot.objects.filter(segment_id__in=[head.segment_id for head in heads.values()], published_at__lte=at)
        .order_by("segment_id", "-published_at", "-pk")
        .distinct("segment_id")
    )
    # A snapshot that a run has written since the heads were read holds more than they do.
    snapshots = {
        segment_id: (pk, through) for segment_id, pk, through in newest.values_list("segment_id", "pk", "through")
    }
    found = {}
    for key, head in heads.items():
        pk, through = snapshots.get(head.segment_id, (0, 0))
        found[key] = Stood(Position(head.segment_id, pk if through <= head.number else 0, head.number), head)
    return found


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


def _bases(wanted: Sequence[Position]) -> dict[Position, Fold]:
    """The members of the snapshots alone; where one was thinned out meanwhile, those of an older one."""
    read = _snapshot_folds({each.snapshot_id for each in wanted if each.snapshot_id})
    missing = [each for each in wanted if each.snapshot_id and each.snapshot_id not in read]
    older = {each: _older_snapshot(each) for each in missing}
    read |= _snapshot_folds(set(older.values()) - {0})
    return {each: read.get(older.get(each, each.snapshot_id), _NOBODY) for each in wanted}


def _snapshot_folds(snapshot_ids: Collection[int]) -> dict[int, Fold]:
    if not snapshot_ids:
        return {}
    rows = Snapshot.objects.filter(pk__in=snapshot_ids).order_by().values_list("pk", "through", "members")
    return {pk: Fold(through, bitmaps.from_bytes(raw), 0, len(raw)) for pk, through, raw in rows}


def _older_snapshot(position: Position) -> int:
    """The newest snapshot that the position can be folded on; 0 where there is none."""
    rows = Snapshot.objects.filter(segment_id=position.segment_id, through__lte=position.through)
    return rows.order_by("-through", "-pk").values_list("pk", flat=True).first() or 0


def _changes(after: Mapping[Position, int]) -> dict[Position, list[tuple[bytes, bytes]]]:
    """Entered and left of each change after the given number up to the position, in order."""
    asked = [(each, start) for each, start in after.items() if start < each.through]
    if not asked:
        return {}
    low: dict[int, int] = {}
    high: dict[int, int] = {}
    for each, start in asked:
        low[each.segment_id] = min(start, low.get(each.segment_id, start))
        high[each.segment_id] = max(each.through, high.get(each.segment_id, 0))
    by_segment: dict[int, list[DeltaRecord]] = {}
    for record in deltas_between(list(low), low, high):
        by_segment.setdefault(record.segment_id, []).append(record)
    return {
        each: [
            (record.entered_bytes, record.left_bytes)
            for record in by_segment.get(each.segment_id, ())
            if start < record.number <= each.through
        ]
        for each, start in asked
    }
