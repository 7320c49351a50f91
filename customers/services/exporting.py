"""Writes profiles into files of builds."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import polars as pl

from customers.rows.coded_sets import with_codes
from customers.rows.frames import ROW_GROUP
from customers.stages import Pipeline
from customers.stages.collection import between, filled_gaps


def write_frame(frame: pl.DataFrame, path: Path) -> None:
    """Write rows as a file of a build."""
    frame.write_parquet(path, compression="zstd", row_group_size=ROW_GROUP, statistics=True)


def sink_rows(rows: pl.LazyFrame, path: Path) -> None:
    """Stream rows into a file of a build."""
    rows.sink_parquet(path, compression="zstd", row_group_size=ROW_GROUP, statistics=True, maintain_order=True)


def export_base(pipeline: Pipeline, row_count: int, path: Path, *, slice_rows: int = ROW_GROUP) -> None:
    """Write all customers, row i being ordinal i, a slice in memory at a time."""

    def rows(first: int, end: int) -> pl.DataFrame:
        return with_codes(filled_gaps(pipeline.rows(between(first, end)), first, end), pipeline.asked.schema)

    sliced(rows, row_count, path, slice_rows)


def sliced(rows: Callable[[int, int], pl.DataFrame], end: int, path: Path, slice_rows: int) -> None:
    """Write what `rows` gives for the ordinals from 0 until before `end`, asked for in slices, into one file."""
    with _slices(path) as slices:
        for first in range(0, end, slice_rows) or [0]:
            part = path.with_name(f"{path.name}.{len(slices)}")
            slices.append(part)
            write_frame(rows(first, min(first + slice_rows, end)), part)
        if len(slices) == 1:
            slices.pop().replace(path)
        else:
            sink_rows(pl.concat([pl.scan_parquet(part) for part in slices]), path)


@contextmanager
def _slices(path: Path) -> Iterator[list[Path]]:
    parts: list[Path] = []
    try:
        yield parts
    finally:
        for part in parts:
            part.unlink(missing_ok=True)
