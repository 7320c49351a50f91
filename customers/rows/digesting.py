"""The digest of a profile build: over values in ordinal order, so that it does not depend on how files are laid out."""

import hashlib
from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from common.digests import digest_of

_CHUNK: Final = 1 << 24


def _bits(flags: pl.Series) -> bytes:
    return np.packbits(flags.to_numpy(), bitorder="little").tobytes()


def _texts(column: pl.Series) -> list[bytes]:
    # Lengths first: "ab","c" and "a","bc" have the same letters.
    texts = column.cast(pl.String).fill_null("")
    joined: str = texts.str.join("").item() if len(texts) else ""
    return [_little(texts.str.len_bytes().to_numpy(), "<u4"), joined.encode()]


def _little(values: NDArray[Any], kind: str) -> bytes:
    return np.ascontiguousarray(values, dtype=kind).tobytes()


def _buffers(kind: str, column: pl.Series) -> list[bytes]:
    if kind == "number":
        # Adding zero makes one zero of the two that floats have.
        return [_little(column.fill_null(0.0).to_numpy() + 0.0, "<f8")]
    if kind == "boolean":
        return [_bits(column.fill_null(False))]
    if kind == "date":
        return [_little(column.to_physical().fill_null(0).to_numpy(), "<i4")]
    if kind == "timestamp":
        return [_little(column.to_physical().fill_null(0).to_numpy(), "<i8")]
    if kind == "set":
        lists = column.fill_null([])
        items = lists.explode(empty_as_null=False) if len(lists) else pl.Series([], dtype=pl.String)
        return [_little(lists.list.len().to_numpy(), "<u4"), *_texts(items)]
    return _texts(column)


def column_digest(kind: str, column: pl.Series) -> str:
    """SHA-256 of one column in ordinal order: which rows have a value, then the values in one fixed form per type."""
    found = hashlib.sha256(_bits(column.is_not_null()))
    for buffer in _buffers(kind, column):
        view = memoryview(buffer)
        for start in range(0, len(view), _CHUNK):
            found.update(view[start : start + _CHUNK])
    return found.hexdigest()


def build_digest(row_count: int, columns: Mapping[str, tuple[str, str]]) -> str:
    """The digest of a build from its number of rows and key -> (type, column digest)."""
    return digest_of({"rows": row_count, "columns": {key: list(pair) for key, pair in columns.items()}})


def frame_digest(frame: pl.DataFrame, schema: Mapping[str, str]) -> str:
    """The digest of some rows of a build, which also says whose they are."""
    kinds = {"alive": "boolean", "external_id": "text"} | dict(schema)
    columns = {key: (kind, column_digest(kind, frame.get_column(key))) for key, kind in kinds.items()}
    ordinals = column_digest("number", frame.get_column("ordinal").cast(pl.Float64))
    return build_digest(frame.height, columns | {"ordinal": ("number", ordinals)})
