"""The columns of a profile build as Polars sees them. Not re-exported: only who evaluates should import Polars."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import polars as pl
from polars.datatypes import DataType

# A multiple of 65 536, the container of a roaring bitmap.
ROW_GROUP: Final = 262_144
TYPES: Final[Mapping[str, DataType]] = {
    "number": pl.Float64(),
    "text": pl.Categorical(),
    "enum": pl.Categorical(),
    "boolean": pl.Boolean(),
    "date": pl.Date(),
    "timestamp": pl.Datetime("us", "UTC"),
    "set": pl.List(pl.String()),
}


def build_columns(schema: Mapping[str, str]) -> dict[str, DataType]:
    """Column -> Polars type of a build whose attributes have the types of `schema` (key -> attribute type), in file
    order.
    """
    fixed: dict[str, DataType] = {"ordinal": pl.UInt32(), "alive": pl.Boolean(), "external_id": pl.String()}
    return fixed | {key: TYPES[kind] for key, kind in sorted(schema.items())}


def scan_files(base: Path, overlay: Path | None = None) -> pl.LazyFrame:
    """Rows in ordinal order: those of the overlay in place of the base's. Both files are sorted by ordinal."""
    rows = pl.scan_parquet(base)
    if overlay is None:
        return rows
    newer = pl.scan_parquet(overlay)
    # Read now: a literal list filters twice as fast as a join, and an overlay is small.
    replaced = newer.select("ordinal").collect().to_series()
    return rows.filter(~pl.col("ordinal").is_in(replaced.implode())).merge_sorted(newer, key="ordinal")
