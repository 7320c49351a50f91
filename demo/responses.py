"""What households did with coupons and campaigns, and what the loyalty file says about who they are."""

from datetime import date

import polars as pl

from demo.tables import AS_OF, table


def coupons(last: date = AS_OF) -> pl.DataFrame:
    """One row per household that redeemed a coupon until the day `last`: how many, and when last."""
    return (
        table("coupon_redemptions")
        .filter(pl.col("redemption_date").cast(pl.Date) <= last)
        .group_by("household_id")
        .agg(
            pl.len().cast(pl.Int64).alias("coupon_redemptions"),
            pl.col("redemption_date").max().cast(pl.Date).alias("last_redemption_on"),
        )
        .collect()
    )


def campaigns(last: date = AS_OF) -> pl.DataFrame:
    """One row per household that received a campaign until the day `last`: received, answered, and the latest one.

    A campaign is answered when at least one of its coupons was redeemed. Of two that start on one day the
    higher number is the latest.
    """
    sent = table("campaigns").join(table("campaign_descriptions"), on="campaign_id")
    sent = sent.filter(pl.col("start_date").cast(pl.Date) <= last)
    answered = (
        table("coupon_redemptions")
        .filter(pl.col("redemption_date").cast(pl.Date) <= last)
        .group_by("household_id")
        .agg(pl.col("campaign_id").n_unique().cast(pl.Int64).alias("campaigns_redeemed"))
    )
    return (
        sent.sort("household_id", "start_date", "campaign_id")
        .group_by("household_id", maintain_order=True)
        .agg(
            pl.len().cast(pl.Int64).alias("campaigns_received"),
            pl.col("campaign_type").last().alias("last_campaign_type"),
            pl.col("start_date").last().cast(pl.Date).alias("last_campaign_on"),
        )
        .join(answered, on="household_id", how="left")
        .collect()
    )


def profiles() -> pl.DataFrame:
    """One row per household in the loyalty file (801); a cell that the file leaves open stays missing."""
    return (
        table("demographics")
        .select(
            "household_id",
            pl.col("age").alias("age_band"),
            pl.col("income").alias("income_band"),
            "household_size",
            pl.col("household_comp").alias("household_composition"),
            (pl.col("kids_count") != "0").alias("has_kids"),
            "home_ownership",
            "marital_status",
        )
        .collect()
    )
