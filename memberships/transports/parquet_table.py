"""Writes rows as one typed Parquet file, a slice in memory at a time."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import polars as pl

_ROW_GROUP = 262_144


def write_parquet(path: Path, frames: Iterable[pl.DataFrame], schema: Mapping[str, Any]) -> None:
    """Write the rows of all frames. They are kept as slices beside the file first, then streamed into one."""
    with _slices(path) as slices:
        for frame in frames:
            part = path.with_name(f"{path.name}.{len(slices)}")
            slices.append(part)
            frame.write_parquet(part, compression="lz4")
        if slices:
            rows = pl.concat([pl.scan_parquet(part) for part in slices])
            rows.sink_parquet(path, compression="zstd", row_group_size=_ROW_GROUP, maintain_order=True)
        else:
            pl.DataFrame(schema=dict(schema)).write_parquet(path, compression="zstd")


@contextmanager
def _slices(path: Path) -> Iterator[list[Path]]:
    parts: list[Path] = []
    try:
        yield parts
    finally:
        for part in parts:
            part.unlink(missing_ok=True)
