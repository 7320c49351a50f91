"""Bitmaps from the database, kept in the process: snapshots and changes never change, so a copy is never old."""

import threading
from collections import OrderedDict
from collections.abc import Iterable, Mapping

from pyroaring import BitMap

from memberships import bitmaps
from memberships.models import Delta, Snapshot

_BUDGET_BYTES = 192 * 1024 * 1024


class _Shelf:
    """Bitmaps by id, least recently used out first. Callers share them and must not change them."""

    def __init__(self, budget: int) -> None:
        self._budget = budget
        self._held = 0
        self._lock = threading.Lock()
        self._rows: OrderedDict[int, tuple[BitMap, int]] = OrderedDict()

    def find(self, ids: Iterable[int]) -> dict[int, BitMap]:
        found: dict[int, BitMap] = {}
        with self._lock:
            for pk in ids:
                if pk in self._rows:
                    self._rows.move_to_end(pk)
                    found[pk] = self._rows[pk][0]
        return found

    def put(self, raw: Mapping[int, memoryview | bytes]) -> dict[int, BitMap]:
        fresh = {pk: (bitmaps.from_bytes(value), len(value)) for pk, value in raw.items()}
        with self._lock:
            for pk, (bitmap, size) in fresh.items():
                if pk not in self._rows:
                    self._rows[pk] = (bitmap, size)
                    self._held += size
            while self._held > self._budget and len(self._rows) > 1:
                _, (_, size) = self._rows.popitem(last=False)
                self._held -= size
        return {pk: bitmap for pk, (bitmap, _) in fresh.items()}


_snapshots = _Shelf(_BUDGET_BYTES)
_entered = _Shelf(_BUDGET_BYTES // 4)
_left = _Shelf(_BUDGET_BYTES // 4)


def members_of(snapshot_ids: Iterable[int]) -> dict[int, BitMap]:
    """The members of each snapshot; one query for those not read before by this process. Do not change the bitmaps."""
    wanted = set(snapshot_ids)
    found = _snapshots.find(wanted)
    missing = wanted - found.keys()
    if missing:
        rows = Snapshot.objects.filter(pk__in=missing).order_by().values_list("pk", "members")
        found |= _snapshots.put(dict(rows))
    return found


def entered_by(delta_ids: Iterable[int]) -> dict[int, BitMap]:
    """Who entered by each change; one query for those not read before by this process. Do not change the bitmaps."""
    return _changed_by(_entered, "entered", delta_ids)


def left_by(delta_ids: Iterable[int]) -> dict[int, BitMap]:
    """Who left by each change, in the same way."""
    return _changed_by(_left, "left", delta_ids)


def _changed_by(shelf: _Shelf, side: str, delta_ids: Iterable[int]) -> dict[int, BitMap]:
    wanted = set(delta_ids)
    found = shelf.find(wanted)
    missing = wanted - found.keys()
    if missing:
        rows = Delta.objects.filter(pk__in=missing).order_by().values_list("pk", side)
        found |= shelf.put(dict(rows))
    return found
