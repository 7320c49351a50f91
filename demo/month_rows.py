"""What the households were at each month-end of the shopping year: a file, and computed anew from the receipts."""

from datetime import date, timedelta
from pathlib import Path
from typing import Final

import polars as pl

from demo.documents import FOLDER
from demo.features import attributes_on, grouped_lines

FILE: Final[Path] = FOLDER / "months.parquet"
"""One row per household and month-end from January to November 2017; written by `python -m demo.month_rows`."""
LEFT_OUT: Final = ("last_purchase_at",)


def month_ends() -> list[date]:
    """The month-ends of the shopping year before its last one, which is the portal's present."""
    return [date(2017, month, 1) - timedelta(days=1) for month in range(2, 13)]


def rows_of_months(days: list[date]) -> pl.DataFrame:
    """What `FILE` holds of those days, computed anew from the receipts."""
    lines = grouped_lines()
    months = [attributes_on(day, lines).drop(LEFT_OUT).with_columns(on=pl.lit(day)) for day in days]
    return pl.concat(months, how="diagonal_relaxed").sort("external_id", "on")


if __name__ == "__main__":
    rows_of_months(month_ends()).write_parquet(FILE, compression="zstd", compression_level=19)
