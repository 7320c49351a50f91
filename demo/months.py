"""Keeps the month-ends of the shopping year in the portal as its own."""

import polars as pl

from common.clock import now
from customers.selectors.month_ends import last_month_ends
from customers.services.month_ends import store_month_end
from demo.month_rows import FILE, month_ends


def load_month_ends() -> int:
    """Afterwards the portal looks back on eleven month-ends; how many came in now.

    The newest one in the data is the newest one that has turned for the portal, and so on back; the note of each says
    which day of the data it is.
    """
    days, rows = month_ends(), pl.read_parquet(FILE)
    found = 0
    for day, on in zip(days, last_month_ends(now(), len(days)), strict=True):
        then = rows.filter(pl.col("on") == day).drop("on")
        note = f"Shopping data as of {day:%-d %B %Y}"
        found += store_month_end(on=on, rows=then, note=note) is not None
    return found
