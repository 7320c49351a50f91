"""Changes of members as values, and many of them as one compressed row from which each comes back exactly."""

import hashlib
import json
import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from pyroaring import BitMap

from memberships import bitmaps

_MAGIC = b"SGD1"
_LENGTHS = struct.Struct("<4s4I")


class BrokenPack(ValueError):
    """Bytes that are not what `packed` made."""


@dataclass(frozen=True)
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
    def is_new_version(self) -> bool:
        return self.version_id != self.previous_version_id


@dataclass(frozen=True)
class DeltaRecord(DeltaHead):
    """One change with the customers, as the portable bytes of their ordinals. Do not change the bitmaps."""

    entered_bytes: bytes
    left_bytes: bytes

    @cached_property
    def entered(self) -> BitMap:
        return bitmaps.from_bytes(self.entered_bytes)

    @cached_property
    def left(self) -> BitMap:
        return bitmaps.from_bytes(self.left_bytes)


@dataclass(frozen=True)
class Packed:
    """What is written of a pack: its content, and a digest of what it says that no compression can change."""

    content: bytes
    digest: str


def packed(records: Sequence[DeltaRecord]) -> Packed:
    """Changes of one segment, in the order of their numbers, as one pack."""
    head = json.dumps([_line(record) for record in records], separators=(",", ":")).encode()
    body = b"".join(part for record in records for part in (record.entered_bytes, record.left_bytes))
    entered = bitmaps.to_bytes(BitMap().union(*(record.entered for record in records)))
    left = bitmaps.to_bytes(BitMap().union(*(record.left for record in records)))
    small, large = zlib.compress(head, 6), zlib.compress(body, 6)
    lengths = _LENGTHS.pack(_MAGIC, len(small), len(entered), len(left), len(large))
    return Packed(b"".join((lengths, small, entered, left, large)), _digest(head, body))


def _line(record: DeltaRecord) -> list[Any]:
    at = record.published_at.astimezone(UTC).isoformat(timespec="microseconds")
    return [
        record.number,
        record.run_id,
        record.version_id,
        record.previous_version_id,
        record.entered_count,
        record.left_count,
        record.size,
        record.cause,
        at,
        len(record.entered_bytes),
        len(record.left_bytes),
    ]


def _digest(head: bytes, body: bytes) -> str:
    return hashlib.sha256(len(head).to_bytes(8, "big") + head + body).hexdigest()


@dataclass(frozen=True)
class Pack:
    """The content of a pack, opened as far as it is asked for. Raises BrokenPack where the bytes make no sense."""

    segment_id: int
    content: bytes

    @cached_property
    def _parts(self) -> tuple[bytes, bytes, bytes, bytes]:
        if len(self.content) < _LENGTHS.size:
            raise BrokenPack("The pack is too short.")
        magic, *lengths = _LENGTHS.unpack_from(self.content)
        if magic != _MAGIC or _LENGTHS.size + sum(lengths) != len(self.content):
            raise BrokenPack("The pack does not hold what it announces.")
        parts, start = [], _LENGTHS.size
        for length in lengths:
            parts.append(self.content[start : start + length])
            start += length
        head, entered, left, body = parts
        return head, entered, left, body

    @cached_property
    def entered(self) -> BitMap:
        """Everybody who entered by any of the changes."""
        return bitmaps.from_bytes(self._parts[1])

    @cached_property
    def left(self) -> BitMap:
        """Everybody who left by any of the changes."""
        return bitmaps.from_bytes(self._parts[2])

    @cached_property
    def _lines(self) -> list[list[Any]]:
        try:
            lines: list[list[Any]] = json.loads(zlib.decompress(self._parts[0]))
        except (zlib.error, ValueError) as error:
            raise BrokenPack("The pack cannot be read.") from error
        return lines

    def heads(self) -> list[DeltaHead]:
        """The changes without the customers, in the order of their numbers."""
        return [DeltaHead(**self._facts(line)) for line in self._lines]

    def records(self) -> list[DeltaRecord]:
        """The changes, in the order of their numbers."""
        body, found, start = self._body(), [], 0
        for line in self._lines:
            middle = start + line[9]
            end = middle + line[10]
            facts = self._facts(line)
            found.append(DeltaRecord(**facts, entered_bytes=body[start:middle], left_bytes=body[middle:end]))
            start = end
        if start != len(body):
            raise BrokenPack("The pack holds more or less than its changes.")
        return found

    def digest(self) -> str:
        """The digest of what the pack says."""
        try:
            return _digest(zlib.decompress(self._parts[0]), self._body())
        except zlib.error as error:
            raise BrokenPack("The pack cannot be read.") from error

    def _body(self) -> bytes:
        try:
            return zlib.decompress(self._parts[3])
        except zlib.error as error:
            raise BrokenPack("The pack cannot be read.") from error

    def _facts(self, line: list[Any]) -> dict[str, Any]:
        number, run, version, previous, entered, left, size, cause, at, *_ = line
        return {
            "number": number,
            "segment_id": self.segment_id,
            "run_id": run,
            "version_id": version,
            "previous_version_id": previous,
            "entered_count": entered,
            "left_count": left,
            "size": size,
            "cause": cause,
            "published_at": datetime.fromisoformat(at),
        }
