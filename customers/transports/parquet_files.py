"""Reads Parquet by Polars, in slices: a file may be larger than the memory."""

from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar, Final

import polars as pl

from customers.errors import UnreadableFile
from customers.transports.base import MAX_COLUMNS, Record

_SLICE: Final = 20_000
_MAX_ROWS: Final = 100_000_000


def _not_parquet(error: BaseException) -> UnreadableFile:
    reason = str(error).strip().split("\n")[0][:200]
    return UnreadableFile(
        f"The file begins like Parquet but cannot be read: {reason}. Write it again and upload it.",
        code="broken_parquet",
        pointer="/file",
    )


# Polars panics, outside of Exception, on some broken files.
_BROKEN: Final = (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError, ValueError)


class ParquetFile:
    """A Parquet file. Its rows are numbered from 1, as it has no lines."""

    is_strict: ClassVar[bool] = False

    def __init__(self, path: Path) -> None:
        self._path = path
        with path.open("rb") as file:
            file.seek(-4, 2)
            if file.read() != b"PAR1":
                raise UnreadableFile(
                    "The file begins like Parquet but its end is missing: the upload or the export was cut off.",
                    code="broken_parquet",
                    pointer="/file",
                )
        try:
            self.columns = list(pl.read_parquet_schema(path))
            self.rows_expected = int(pl.scan_parquet(path, glob=False).select(pl.len()).collect().item())
        except _BROKEN as error:
            raise _not_parquet(error) from None
        if len(self.columns) > MAX_COLUMNS or self.rows_expected > _MAX_ROWS:
            raise UnreadableFile(
                f"The file has {len(self.columns):,} columns and {self.rows_expected:,} rows; at most "
                f"{MAX_COLUMNS:,} columns and {_MAX_ROWS:,} rows can be read.",
                code="too_many_columns",
                pointer="/file",
            )
        self.notes: list[str] = []

    def records(self) -> Iterator[Record]:
        """One row after the other, a slice in memory at a time."""
        for offset in range(0, self.rows_expected, _SLICE):
            try:
                frame = pl.scan_parquet(self._path, glob=False).slice(offset, _SLICE).collect()
            except _BROKEN as error:
                raise _not_parquet(error) from None
            for position, cells in enumerate(frame.iter_rows(named=True), offset + 1):
                yield Record(position, cells)
