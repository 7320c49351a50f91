"""Who moved when, kept in the process: the changes of each segment in blocks, each with everybody who moves in it.

Changes never change, so a block is never old; new changes are read when they are needed. A block whose people do not
hold the customer is passed over without a look inside, a pack is opened only where it does.
"""

import threading
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from pyroaring import BitMap

from memberships.selectors.deltas import DeltaRecord, deltas_between, loose_and_packs

_BLOCK = 64
_LARGE = 50_000
_MOST_LOOSE = 4096
_PACKS_OPEN = 256


@dataclass(frozen=True, slots=True)
class Turn:
    """One time that a customer entered or left."""

    change: DeltaRecord
    entered: bool


@dataclass(frozen=True, slots=True)
class _Block:
    """Consecutive changes of one segment; `records` are empty while they lie in a pack that was not opened."""

    segment_id: int
    first: int
    last: int
    entered: BitMap
    left: BitMap
    records: tuple[DeltaRecord, ...] = ()

    def with_one(self, record: DeltaRecord) -> "_Block":
        return _Block(
            self.segment_id,
            self.first,
            record.number,
            self.entered | record.entered,
            self.left | record.left,
            (*self.records, record),
        )

    @property
    def is_full(self) -> bool:
        return not self.records or len(self.records) >= _BLOCK or len(self.entered) + len(self.left) > _LARGE


@dataclass(frozen=True, slots=True)
class Chronicle:
    """The changes of one segment up to the number `head`, oldest block first; `loose_at_first` of them stood alone when
    it was read from the beginning."""

    segment_id: int
    head: int = 0
    blocks: tuple[_Block, ...] = ()
    loose_at_first: int = 0

    @property
    def loose(self) -> int:
        return sum(len(block.records) for block in self.blocks)

    @property
    def is_overgrown(self) -> bool:
        """Whether it is likely that most of what stands alone in it has been packed meanwhile."""
        return self.loose > 2 * self.loose_at_first + _MOST_LOOSE

    def turns(self, ordinal: int, *, only_entered: bool = False, through: int | None = None) -> Iterator[Turn]:
        """Every time that the customer entered or left up to the number `through`, newest first."""
        for block in reversed(self.blocks):
            if ordinal not in block.entered and (only_entered or ordinal not in block.left):
                continue
            for record in reversed(block.records or _opened(block)):
                if through is not None and record.number > through:
                    continue
                if (entered := ordinal in record.entered) or (not only_entered and ordinal in record.left):
                    yield Turn(record, entered)

    def last_entered(
        self, ordinal: int, *, through: int | None = None, at: datetime | None = None
    ) -> DeltaRecord | None:
        """The change by which the customer last entered, up to a number and an instant."""
        turns = self.turns(ordinal, only_entered=True, through=through)
        return next((turn.change for turn in turns if at is None or turn.change.published_at <= at), None)


_lock = threading.Lock()
_kept: dict[int, Chronicle] = {}
_open_packs: dict[tuple[int, int, int], tuple[DeltaRecord, ...]] = {}


def chronicles(segment_ids: Collection[int], through: Mapping[int, int] | None = None) -> dict[int, Chronicle]:
    """The chronicles of the segments, by segment, read on as far as needed: none is read whose changes up to `through`
    are known. One query, or two where something was packed meanwhile."""
    with _lock:
        known = {pk: _kept.get(pk, Chronicle(pk)) for pk in segment_ids}
    behind = [pk for pk, row in known.items() if through is None or row.head < through.get(pk, 0)]
    found = _read_on({pk: known[pk] for pk in behind})
    with _lock:
        _kept.update(found)
    return known | found


def _read_on(known: Mapping[int, Chronicle]) -> dict[int, Chronicle]:
    """The chronicles with what followed. Each is asked for its last change too: where that is not found standing alone,
    it was packed or never came true, and the chronicle is read from the beginning."""
    found = _extended(known, {pk: row.head - 1 for pk, row in known.items()})
    torn = {pk: Chronicle(pk) for pk, row in found.items() if row is None}
    return {pk: row for pk, row in found.items() if row} | {
        pk: row for pk, row in _extended(torn, dict.fromkeys(torn, 0)).items() if row
    }


def _extended(known: Mapping[int, Chronicle], after: Mapping[int, int]) -> dict[int, Chronicle | None]:
    blocks = {pk: list(row.blocks) for pk, row in known.items()}
    seen = {pk for pk, row in known.items() if not row.head}
    torn = {pk for pk, row in known.items() if row.is_overgrown}
    for part in loose_and_packs(list(known), after):
        if isinstance(part, DeltaRecord):
            if part.number == known[part.segment_id].head:
                seen.add(part.segment_id)
            else:
                _append(blocks[part.segment_id], part)
        else:
            segment_id, first, last, pack = part
            if known[segment_id].head:
                torn.add(segment_id)
            else:
                blocks[segment_id].append(_Block(segment_id, first, last, pack.entered, pack.left))
    return {pk: None if pk in torn or pk not in seen else _grown(known[pk], rows) for pk, rows in blocks.items()}


def _grown(before: Chronicle, blocks: list[_Block]) -> Chronicle:
    grown = Chronicle(before.segment_id, blocks[-1].last if blocks else 0, tuple(blocks), before.loose_at_first)
    return grown if before.head else replace(grown, loose_at_first=grown.loose)


def _append(blocks: list[_Block], record: DeltaRecord) -> None:
    if blocks and not blocks[-1].is_full:
        blocks[-1] = blocks[-1].with_one(record)
    else:
        blocks.append(_Block(record.segment_id, record.number, record.number, record.entered, record.left, (record,)))


def _opened(block: _Block) -> tuple[DeltaRecord, ...]:
    """The changes of a packed block; a few packs stay open."""
    name = (block.segment_id, block.first, block.last)
    with _lock:
        records = _open_packs.get(name)
    if records is None:
        records = tuple(deltas_between([block.segment_id], block.first - 1, block.last))
        with _lock:
            if len(_open_packs) >= _PACKS_OPEN:
                _open_packs.pop(next(iter(_open_packs)))
            _open_packs[name] = records
    return records
