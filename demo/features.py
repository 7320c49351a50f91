"""The households' attributes, counted from the public tables: one row per household, one typed column per attribute."""

from datetime import date, timedelta

import polars as pl

from demo.departments import (
    BABY,
    DESTINATIONS,
    EVENTS,
    FRESH,
    PETS,
    TOBACCO,
    category_is,
    department_group,
)
from demo.responses import campaigns, coupons, profiles
from demo.tables import AS_OF, purchase_lines

LEAST_BASE_FOR_CHANGE = 10.0
"""Dollars in the earlier window below which a relative change says nothing and stays missing."""
FIRST_EVENING_HOUR = 17
SATURDAY = 6


def household_attributes() -> pl.DataFrame:
    """One row per household that ever bought (2,469), ordered by external id; money in US dollars, shares from 0 to 1.

    Windows end on the last day of the data (`AS_OF`), both days included. A value that cannot be known is missing
    (null), never zero: demographics outside the loyalty file, a rate with nothing to divide by.
    """
    return attributes_on(AS_OF, grouped_lines())


def grouped_lines() -> pl.DataFrame:
    """All receipt lines with their department group."""
    return purchase_lines().with_columns(department_group().alias("group")).collect()


def attributes_on(last: date, lines: pl.DataFrame) -> pl.DataFrame:
    """The same as it would have been on an earlier day: nothing bought, redeemed or sent after `last` counts."""
    lines = lines.filter(pl.col("bought_on") <= last)
    trips = _trips(lines)
    households = (
        _purchase_totals(lines, last)
        .join(_mix(lines), on="household_id", how="left")
        .join(_main_departments(lines), on="household_id", how="left")
        .join(_rhythm(trips, last), on="household_id", how="left")
        .join(_gaps(trips), on="household_id", how="left")
        .join(_preferred_stores(trips), on="household_id", how="left")
        .join(coupons(last), on="household_id", how="left")
        .join(campaigns(last), on="household_id", how="left")
        .join(profiles(), on="household_id", how="left")
    )
    return _finish(households, last)


def _window(column: str, days: int, until: date, *, ending_days_ago: int = 0) -> pl.Expr:
    last = until - timedelta(days=ending_days_ago)
    return pl.col(column).is_between(last - timedelta(days=days - 1), last)


def _share(part: pl.Expr, whole: pl.Expr) -> pl.Expr:
    """Part of the whole from 0 to 1, four digits; missing where the whole is nothing."""
    return pl.when(whole > 0).then((part / whole).round(4))


def _trips(lines: pl.DataFrame) -> pl.DataFrame:
    """One row per basket, which is one trip to one store."""
    return lines.group_by("basket_id").agg(
        pl.col("household_id", "store_id", "bought_on", "bought_at", "hour", "weekday").first(),
        pl.col("sales_value").sum().alias("spend"),
        (pl.col("coupon_disc") > 0).any().alias("used_coupon"),
    )


def _purchase_totals(lines: pl.DataFrame, last: date) -> pl.DataFrame:
    spend = pl.col("sales_value")
    recent, before = (
        _window("bought_on", 90, last),
        _window("bought_on", 90, last, ending_days_ago=90),
    )
    shelf_price = spend + pl.col("retail_disc") + pl.col("coupon_match_disc")
    return (
        lines.group_by("household_id")
        .agg(
            spend.sum().round(2).alias("spend_365d"),
            spend.filter(recent).sum().round(2).alias("spend_90d"),
            spend.filter(before).sum().round(2).alias("spend_prev_90d"),
            _share(pl.col("retail_disc").sum(), shelf_price.sum()).alias("discount_share"),
            spend.filter(pl.col("group") == "fuel").sum().round(2).alias("fuel_spend_365d"),
            spend.filter(category_is(BABY)).sum().round(2).alias("baby_spend_365d"),
            spend.filter(category_is(PETS)).sum().round(2).alias("pet_spend_365d"),
            spend.filter(category_is(EVENTS)).sum().round(2).alias("event_food_spend_365d"),
            category_is(TOBACCO).any().alias("buys_tobacco"),
        )
        .with_columns(
            pl.when(pl.col("spend_prev_90d") >= LEAST_BASE_FOR_CHANGE)
            .then(((pl.col("spend_90d") - pl.col("spend_prev_90d")) / pl.col("spend_prev_90d")).round(4))
            .alias("spend_change_90d")
        )
    )


def _mix(lines: pl.DataFrame) -> pl.DataFrame:
    """What the spending inside the store (without fuel) consists of."""
    spend, group = pl.col("sales_value"), pl.col("group")
    inside = spend.sum()
    bought = group.filter(spend > 0).unique().sort()
    return (
        lines.filter(group != "fuel")
        .group_by("household_id")
        .agg(
            _share(spend.filter(pl.col("brand") == "Private").sum(), inside).alias("private_label_share"),
            _share(spend.filter(pl.col("brand") == "National").sum(), inside).alias("national_brand_share"),
            _share(spend.filter(group.is_in(FRESH)).sum(), inside).alias("fresh_share"),
            _share(spend.filter(group == "produce").sum(), inside).alias("produce_share"),
            bought.alias("departments_shopped"),
        )
        .with_columns(pl.col("departments_shopped").list.len().cast(pl.Int64).alias("departments_count"))
    )


def _main_departments(lines: pl.DataFrame) -> pl.DataFrame:
    """The department beside dry grocery and fuel with the largest spend; ties go to the first name."""
    return (
        lines.filter(pl.col("group").is_in(DESTINATIONS) & (pl.col("sales_value") > 0))
        .group_by("household_id", "group")
        .agg(pl.col("sales_value").sum().round(2).alias("spend"))
        .sort(["household_id", "spend", "group"], descending=[False, True, False])
        .group_by("household_id", maintain_order=True)
        .agg(pl.col("group").first().alias("main_department"))
    )


def _rhythm(trips: pl.DataFrame, last: date) -> pl.DataFrame:
    count = pl.len().cast(pl.Int64)
    return trips.group_by("household_id").agg(
        count.alias("trips_365d"),
        _window("bought_on", 90, last).sum().cast(pl.Int64).alias("trips_90d"),
        pl.col("spend").mean().round(2).alias("average_basket"),
        pl.col("spend").max().round(2).alias("largest_basket"),
        pl.col("bought_on").min().alias("first_purchase_on"),
        pl.col("bought_on").max().alias("last_purchase_on"),
        pl.col("bought_at").max().dt.truncate("1s").alias("last_purchase_at"),
        _share((pl.col("weekday") >= SATURDAY).sum(), count).alias("weekend_share"),
        _share((pl.col("hour") >= FIRST_EVENING_HOUR).sum(), count).alias("evening_share"),
        _share(pl.col("used_coupon").sum(), count).alias("coupon_trip_share"),
        pl.col("store_id").n_unique().cast(pl.Int64).alias("stores_count"),
    )


def _gaps(trips: pl.DataFrame) -> pl.DataFrame:
    """The usual pause: median days between one shopping day and the next."""
    return (
        trips.select("household_id", "bought_on")
        .unique()
        .sort("household_id", "bought_on")
        .group_by("household_id")
        .agg(pl.col("bought_on").diff().dt.total_days().median().alias("days_between_trips"))
    )


def _preferred_stores(trips: pl.DataFrame) -> pl.DataFrame:
    """The store with the most trips; ties go to the larger spend, then to the smaller number."""
    return (
        trips.group_by("household_id", "store_id")
        .agg(pl.len().alias("trips"), pl.col("spend").sum().round(2))
        .sort(
            ["household_id", "trips", "spend", "store_id"],
            descending=[False, True, True, False],
        )
        .group_by("household_id", maintain_order=True)
        .agg(("store-" + pl.col("store_id").first().cast(pl.String)).alias("preferred_store"))
    )


def _finish(households: pl.DataFrame, last: date) -> pl.DataFrame:
    """Name the households, fill in the counts that are truly nothing, derive what compares two columns."""
    none_counted = pl.col("coupon_redemptions", "campaigns_received", "campaigns_redeemed").fill_null(0)
    no_set = pl.col("departments_shopped").fill_null([])
    as_of = pl.lit(last)
    return (
        households.with_columns(none_counted, no_set, pl.col("departments_count").fill_null(0))
        .with_columns(
            ("hh-" + pl.col("household_id").cast(pl.String).str.zfill(4)).alias("external_id"),
            (as_of - pl.col("last_purchase_on")).dt.total_days().alias("days_since_last_purchase"),
            _share(pl.col("campaigns_redeemed"), pl.col("campaigns_received")).alias("campaign_response_rate"),
        )
        .drop("household_id")
        .sort("external_id")
        .select("external_id", pl.exclude("external_id"))
    )
