"""Changes of members as values, and many of them as one compressed row from which each comes back exactly.

A pack is a list of lengths and five sections: what its changes come to (steps of size, moves by cause), who entered by
any of them, who left by any, the changes without the customers, and the customers. A reader that needs little reads the
first sections alone.
"""

import hashlib
import json
import struct
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass
from datetime import UTC, datetime
from typing import Any

from pyroaring import BitMap

from memberships import bitmaps
from memberships.measures.steps import Step, by_run, thinned

_MAGIC = b"SGD1"
LENGTHS = struct.Struct("<4s5I")
SUMMARY, ENTERED, LEFT, HEADS, MEMBERS = range(5)
_STEPS_KEPT = 24


class BrokenPack(ValueError):
    """Bytes that are not what `packed` made."""


@dataclass(frozen=True, slots=True)
class DeltaHead:
    """One change of one segment without the customers. Numbers order the changes of a segment."""

    number: int
    segment_id: int
    run_id: int
    version_id: int
    previous_version_id: int | None
    entered_count: int
    left_count: int
    size: int
    cause: str
    published_at: datetime

    @property
    def step(self) -> Step:
        """The change as a step of the size."""
        return Step(
            at=self.published_at,
            number=self.number,
            size=self.size,
            version_id=self.version_id,
            run_id=self.run_id,
            cause=self.cause,
            entered=self.entered_count,
            left=self.left_count,
            is_new_version=self.version_id != self.previous_version_id,
        )


@dataclass(frozen=True, slots=True)
class DeltaRecord(DeltaHead):
    """One change with the customers, as the portable bytes of their ordinals."""

    entered_bytes: bytes
    left_bytes: bytes

    @property
    def entered(self) -> BitMap:
        return bitmaps.from_bytes(self.entered_bytes)

    @property
    def left(self) -> BitMap:
        return bitmaps.from_bytes(self.left_bytes)


@dataclass(frozen=True, slots=True)
class Moves:
    """How many entered and left, by how many changes."""

    entered: int = 0
    left: int = 0
    changes: int = 0

    def __add__(self, other: "Moves") -> "Moves":
        return Moves(self.entered + other.entered, self.left + other.left, self.changes + other.changes)


def moves_by_cause(heads: Iterable[DeltaHead]) -> dict[str, Moves]:
    """What the changes come to, cause by cause."""
    found: dict[str, Moves] = {}
    for head in heads:
        found[head.cause] = found.get(head.cause, Moves()) + Moves(head.entered_count, head.left_count, 1)
    return found


def packed(records: Sequence[DeltaRecord]) -> bytes:
    """The content of a pack of these changes of one segment, in the order of their numbers."""
    parts = (
        zlib.compress(_json(_summary(records)), 6),
        bitmaps.to_bytes(BitMap().union(*(record.entered for record in records))),
        bitmaps.to_bytes(BitMap().union(*(record.left for record in records))),
        zlib.compress(_json([_line(record) for record in records]), 6),
        zlib.compress(b"".join(part for each in records for part in (each.entered_bytes, each.left_bytes)), 6),
    )
    return LENGTHS.pack(_MAGIC, *map(len, parts)) + b"".join(parts)


def digest_of(records: Iterable[DeltaRecord]) -> str:
    """SHA-256 (hex) over everything that the changes say, whatever way they are kept."""
    found = hashlib.sha256()
    for record in records:
        line = _json(_line(record))
        found.update(len(line).to_bytes(4, "big") + line + record.entered_bytes + record.left_bytes)
    return found.hexdigest()


def _json(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":"), sort_keys=True).encode()


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def _summary(records: Sequence[DeltaRecord]) -> dict[str, Any]:
    steps = thinned(by_run(record.step for record in records), _STEPS_KEPT)
    return {
        "steps": [[_instant(step.at), *astuple(step)[1:]] for step in steps],
        "causes": {cause: astuple(moves) for cause, moves in moves_by_cause(records).items()},
    }


def _line(record: DeltaRecord) -> list[Any]:
    return [
        record.number,
        record.segment_id,
        record.run_id,
        record.version_id,
        record.previous_version_id,
        record.entered_count,
        record.left_count,
        record.size,
        record.cause,
        _instant(record.published_at),
        len(record.entered_bytes),
        len(record.left_bytes),
    ]


@dataclass(frozen=True, slots=True)
class Pack:
    """The content of a pack, whole or cut behind the sections that are wanted. Each read raises BrokenPack where the
    bytes make no sense."""

    content: bytes

    def _section(self, wanted: int) -> bytes:
        if len(self.content) < LENGTHS.size:
            raise BrokenPack("The pack is too short.")
        magic, *lengths = LENGTHS.unpack_from(self.content)
        start = LENGTHS.size + sum(lengths[:wanted])
        part = self.content[start : start + lengths[wanted]]
        if magic != _MAGIC or len(part) != lengths[wanted] or len(self.content) > LENGTHS.size + sum(lengths):
            raise BrokenPack("The pack does not hold what it announces.")
        return part

    def _opened(self, wanted: int) -> bytes:
        try:
            return zlib.decompress(self._section(wanted))
        except zlib.error as error:
            raise BrokenPack("The pack cannot be read.") from error

    def _read(self, wanted: int) -> Any:
        try:
            return json.loads(self._opened(wanted))
        except ValueError as error:
            raise BrokenPack("The pack cannot be read.") from error

    @property
    def entered(self) -> BitMap:
        """Everybody who entered by any of the changes."""
        return _bitmap(self._section(ENTERED))

    @property
    def left(self) -> BitMap:
        """Everybody who left by any of the changes."""
        return _bitmap(self._section(LEFT))

    def steps(self) -> list[Step]:
        """The size over the changes, thinned."""
        return [Step(datetime.fromisoformat(at), *rest) for at, *rest in self._read(SUMMARY)["steps"]]

    def causes(self) -> Mapping[str, Moves]:
        """What the changes come to, cause by cause."""
        return {cause: Moves(*moves) for cause, moves in self._read(SUMMARY)["causes"].items()}

    def heads(self) -> list[DeltaHead]:
        """The changes without the customers, in the order of their numbers."""
        return [DeltaHead(*_facts(line)) for line in self._read(HEADS)]

    def records(self) -> list[DeltaRecord]:
        """The changes, in the order of their numbers."""
        body, found, start = self._opened(MEMBERS), [], 0
        for line in self._read(HEADS):
            middle = start + line[10]
            end = middle + line[11]
            found.append(DeltaRecord(*_facts(line, body[start:middle], body[middle:end])))
            start = end
        if start != len(body):
            raise BrokenPack("The pack holds more or less than its changes.")
        return found


def sums_up(pack: Pack, records: Sequence[DeltaRecord]) -> bool:
    """Whether what the pack says of its changes together is true of them."""
    steps, moves = pack.steps(), Moves()
    for each in moves_by_cause(records).values():
        moves += each
    return (
        pack.entered == BitMap().union(*(record.entered for record in records))
        and pack.left == BitMap().union(*(record.left for record in records))
        and dict(pack.causes()) == moves_by_cause(records)
        and steps[-1].size == records[-1].size
        and sum(step.entered for step in steps) == moves.entered
        and sum(step.left for step in steps) == moves.left
    )


def _facts(line: list[Any], *members: bytes) -> tuple[Any, ...]:
    return (*line[:9], datetime.fromisoformat(line[9]), *members)


def _bitmap(raw: bytes) -> BitMap:
    try:
        return bitmaps.from_bytes(raw)
    except ValueError as error:
        raise BrokenPack("The pack cannot be read.") from error
