"""The month-ends that the demonstration looks back at agree with the receipts."""

from datetime import date

import polars as pl
from polars.testing import assert_frame_equal

from demo.month_rows import FILE, month_ends, rows_of_months


def test_months__file_of_the_documents__is_what_the_receipts_say() -> None:
    day = date(2017, 2, 28)
    kept = pl.read_parquet(FILE)
    assert sorted(kept["on"].unique().to_list()) == month_ends()
    then = rows_of_months([day])
    assert_frame_equal(kept.filter(pl.col("on") == day).select(then.columns), then, abs_tol=0.011)
