"""Members as sets of ordinals: packed bits to roaring bitmaps, their bytes, differences and digests."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import nanoarrow
import numpy as np
import numpy.typing as npt
from pyroaring import BitMap

CHUNK = 65_536
CHUNK_BYTES = CHUNK // 8
_SPARSE = 4096
_COOKIE = 12_346


@dataclass(frozen=True)
class Change:
    """Who came and who went between two memberships of one segment."""

    entered: BitMap
    left: BitMap

    @property
    def is_empty(self) -> bool:
        return not self.entered and not self.left


def from_bits(bits: npt.NDArray[np.uint8], base_key: int = 0) -> BitMap:
    """Ordinals of the bits that are set. `bits`: little-endian packed bits, 8,192 bytes for each 65,536 ordinals;
    `base_key`: the first ordinal divided by 65,536. Writes the portable roaring format: faster than adding ids."""
    words = bits.reshape(-1, CHUNK_BYTES)
    cardinality = np.bitwise_count(words.view(np.uint64)).sum(1, dtype=np.int64)
    keys = np.flatnonzero(cardinality)
    if not len(keys):
        return BitMap()
    counts = cardinality[keys]
    sparse = keys[counts <= _SPARSE]
    values = np.empty(0, "<u2")
    if len(sparse):
        # The view as booleans matters: flatnonzero on bytes is three times slower.
        lit = np.unpackbits(words[sparse].ravel(), bitorder="little").view(np.bool_)
        values = np.flatnonzero(lit).astype("<u2")
    return BitMap.deserialize(b"".join(_portable(words, keys, counts, values, base_key)))


def _portable(
    words: npt.NDArray[np.uint8],
    keys: npt.NDArray[np.int64],
    counts: npt.NDArray[np.int64],
    values: npt.NDArray[np.uint16],
    base_key: int,
) -> Iterator[bytes]:
    size = np.where(counts > _SPARSE, CHUNK_BYTES, 2 * counts)
    offsets = (8 + 8 * len(keys) + np.concatenate(([0], np.cumsum(size)[:-1]))).astype("<u4")
    head = np.empty((len(keys), 2), "<u2")
    head[:, 0] = keys + base_key
    head[:, 1] = counts - 1
    yield np.array([_COOKIE, len(keys)], "<u4").tobytes()
    yield head.tobytes()
    yield offsets.tobytes()
    position = 0
    for key, count in zip(keys.tolist(), counts.tolist(), strict=True):
        if count > _SPARSE:
            yield words[key].tobytes()
        else:
            yield values[position : position + count].tobytes()
            position += count


def from_frame(frame: Any, base_key: int = 0) -> dict[str, BitMap]:
    """One bitmap for each boolean column of an Arrow-compatible frame without missing values, whose row i is the
    ordinal `base_key * 65,536 + i`. Reads the packed bits through the Arrow capsule, without a copy of ids."""
    rows: int = frame.height
    names: list[str] = list(frame.columns)
    if not rows:
        return {name: BitMap() for name in names}
    batch = nanoarrow.c_array_stream(frame.rechunk()).get_next()
    return {name: from_bits(_padded(batch.child(index).view(), rows), base_key) for index, name in enumerate(names)}


def _padded(view: Any, rows: int) -> npt.NDArray[np.uint8]:
    """The bits of one column, from bit 0 on, zero behind the last row, in whole chunks."""
    raw = np.frombuffer(view.buffer(1), np.uint8)
    shift: int = view.offset
    if shift:
        raw = np.packbits(np.unpackbits(raw, bitorder="little")[shift : shift + rows], bitorder="little")
    out = np.zeros(-(-rows // CHUNK) * CHUNK_BYTES, np.uint8)
    used = -(-rows // 8)
    out[:used] = raw[:used]
    if rows % 8:
        out[used - 1] &= (1 << rows % 8) - 1
    return out


def to_bytes(bitmap: BitMap) -> bytes:
    """The portable roaring bytes; equal sets give equal bytes, however they were made."""
    plain = bitmap.copy()
    plain.run_optimize()
    return bytes(plain.serialize())


def from_bytes(raw: bytes | memoryview) -> BitMap:
    return BitMap.deserialize(bytes(raw))


def entered_left(old: BitMap, new: BitMap) -> Change:
    return Change(entered=new - old, left=old - new)


def folded(changes: Iterable[Change]) -> BitMap:
    """The membership after all changes, in their order, from nobody."""
    members = BitMap()
    for change in changes:
        members |= change.entered
        members -= change.left
    return members


def digest(bitmap: BitMap) -> str:
    """SHA-256 (hex) of the portable bytes."""
    return digest_of_bytes(to_bytes(bitmap))


def digest_of_bytes(raw: bytes) -> str:
    """SHA-256 (hex) of what `to_bytes` gave."""
    return hashlib.sha256(raw).hexdigest()


def digest_of_all(digests: Mapping[str, str]) -> str:
    """SHA-256 (hex) over the digests of many memberships, in the order of their names."""
    lines = "".join(f"{name}={digests[name]}\n" for name in sorted(digests))
    return hashlib.sha256(lines.encode()).hexdigest()


def ordinals_after(bitmap: BitMap, after: int, limit: int) -> list[int]:
    """Up to `limit` members above the ordinal `after`, in order."""
    start: int = bitmap.rank(after) if after >= 0 else 0
    return list(bitmap[start : start + limit])
