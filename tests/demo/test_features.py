"""The attribute frame: it has what the catalogue says, and its values equal an independent count by DuckDB."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

import duckdb
import polars as pl
import pytest

from customers.rows.declared import broken_counts
from demo.documents import company
from demo.tables import AS_OF, data_directory

COLUMN_TYPES: dict[str, tuple[type[pl.DataType] | pl.DataType, ...]] = {
    "number": (pl.Float64, pl.Int64),
    "text": (pl.String,),
    "enum": (pl.String,),
    "boolean": (pl.Boolean,),
    "date": (pl.Date,),
    "timestamp": (pl.Datetime("us", "UTC"),),
    "set": (pl.List(pl.String),),
}
PUBLISHED = ("transactions", "products", "demographics", "campaigns", "campaign_descriptions", "coupon_redemptions")
FROM_LOYALTY_FILE = ("age_band", "income_band", "household_size", "household_composition", "has_kids")


def attribute(key: str) -> dict[str, Any]:
    return next(entry for entry in company().attributes if entry["key"] == key)


@pytest.fixture(scope="module")
def receipts() -> Iterator[duckdb.DuckDBPyConnection]:
    """The published tables, with each line's day and hour in the stores' own time."""
    connection = duckdb.connect()
    connection.execute("SET enable_progress_bar = false")
    for name in (
        "transactions",
        "products",
        "demographics",
        "campaigns",
        "campaign_descriptions",
        "coupon_redemptions",
    ):
        connection.execute(f"CREATE VIEW {name} AS FROM read_parquet('{data_directory() / name}.parquet')").fetchall()
    connection.execute(
        """
        CREATE TABLE lines AS
        SELECT t.*, p.department, p.brand, p.product_category, local_time::DATE AS day, hour(local_time) AS hour,
               coalesce(p.department = 'FUEL', false) OR coalesce(p.product_type LIKE 'GASOLINE%', false) AS fuel
        FROM (SELECT *, (transaction_timestamp::TIMESTAMP AT TIME ZONE 'UTC') AT TIME ZONE 'America/New_York'
                        AS local_time FROM transactions) t
        LEFT JOIN products p USING (product_id)
        """
    ).fetchall()
    yield connection
    connection.close()


def counted(receipts: duckdb.DuckDBPyConnection, select: str) -> dict[str, Any]:
    """External id -> value, for every household, from a select that yields household_id and one value."""
    return {f"hh-{household:04d}": value for household, value in receipts.execute(select).fetchall()}


def test_frame__compared_with_the_catalogue__has_exactly_its_attributes(households: pl.DataFrame) -> None:
    assert set(households.columns) == {"external_id"} | {entry["key"] for entry in company().attributes}


def test_frame__each_household__appears_once_in_order(households: pl.DataFrame) -> None:
    ids = households["external_id"].to_list()
    assert len(ids) == 2_469 == len(set(ids))
    assert ids == sorted(ids)
    assert ids[0] == "hh-0001"


@pytest.mark.parametrize("key", [entry["key"] for entry in company().attributes])
def test_column__compared_with_its_attribute__has_the_type_and_only_known_choices(
    households: pl.DataFrame, key: str
) -> None:
    entry = attribute(key)
    assert households[key].dtype in COLUMN_TYPES[entry["type"]]
    if entry["type"] == "enum":
        assert set(households[key].drop_nulls()) <= set(entry["choices"])
    if key.endswith(("_share", "_rate")):
        assert households[key].drop_nulls().is_between(0, 1).all()


@pytest.mark.parametrize("key", [entry["key"] for entry in company().attributes])
def test_column__fill_rate__is_above_the_threshold_of_its_attribute(households: pl.DataFrame, key: str) -> None:
    assert 1 - households[key].null_count() / households.height > attribute(key)["quality_threshold"]


@pytest.mark.parametrize("key", [entry["key"] for entry in company().attributes])
def test_description__says_how_often_a_value_is_missing(households: pl.DataFrame, key: str) -> None:
    missing = households[key].null_count()
    description = attribute(key)["description"]
    if missing:
        assert f"{missing:,}" in description or key in ("home_ownership", "marital_status")
    else:
        assert "ever missing" in description


@pytest.mark.parametrize("key", FROM_LOYALTY_FILE)
def test_demographics__outside_the_loyalty_file__stay_missing(households: pl.DataFrame, key: str) -> None:
    assert households[key].null_count() == 1_668
    assert households[key].null_count() / households.height == pytest.approx(2 / 3, abs=0.01)


@pytest.mark.parametrize(
    ("key", "select"),
    [
        ("spend_365d", "SELECT household_id, sum(sales_value) FROM lines GROUP BY 1"),
        (
            "spend_90d",
            "SELECT household_id, coalesce(sum(sales_value) FILTER (day BETWEEN '2017-10-03' AND '2017-12-31'), 0) "
            "FROM lines GROUP BY 1",
        ),
        (
            "spend_prev_90d",
            "SELECT household_id, coalesce(sum(sales_value) FILTER (day BETWEEN '2017-07-05' AND '2017-10-02'), 0) "
            "FROM lines GROUP BY 1",
        ),
        (
            "average_basket",
            "SELECT household_id, sum(sales_value) / count(DISTINCT basket_id) FROM lines GROUP BY 1",
        ),
        ("fuel_spend_365d", "SELECT household_id, coalesce(sum(sales_value) FILTER (fuel), 0) FROM lines GROUP BY 1"),
        (
            "baby_spend_365d",
            "SELECT household_id, coalesce(sum(sales_value) FILTER (product_category IN ('BABY FOODS', 'BABYFOOD', "
            "'BABY HBC', 'DIAPERS & DISPOSABLES', 'INFANT CARE PRODUCTS', 'INFANT FORMULA')), 0) FROM lines GROUP BY 1",
        ),
        (
            "event_food_spend_365d",
            "SELECT household_id, coalesce(sum(sales_value) FILTER (product_category IN ('CAKES', 'PARTY TRAYS', "
            "'BAKERY PARTY TRAYS')), 0) FROM lines GROUP BY 1",
        ),
    ],
)
def test_money__counted_by_duckdb__agrees_to_the_cent(
    households: pl.DataFrame, receipts: duckdb.DuckDBPyConnection, key: str, select: str
) -> None:
    expected = counted(receipts, select)
    found = dict(households.select("external_id", key).iter_rows())
    assert found.keys() == expected.keys()
    assert all(abs(found[household] - expected[household]) < 0.006 for household in found)


@pytest.mark.parametrize(
    ("key", "select"),
    [
        ("trips_365d", "SELECT household_id, count(DISTINCT basket_id) FROM lines GROUP BY 1"),
        (
            "trips_90d",
            "SELECT household_id, count(DISTINCT basket_id) FILTER (day >= '2017-10-03') FROM lines GROUP BY 1",
        ),
        ("first_purchase_on", "SELECT household_id, min(day) FROM lines GROUP BY 1"),
        ("last_purchase_on", "SELECT household_id, max(day) FROM lines GROUP BY 1"),
        ("days_since_last_purchase", "SELECT household_id, DATE '2017-12-31' - max(day) FROM lines GROUP BY 1"),
        ("stores_count", "SELECT household_id, count(DISTINCT store_id) FROM lines GROUP BY 1"),
        (
            "preferred_store",
            "SELECT household_id, 'store-' || store_id FROM (SELECT household_id, store_id, row_number() OVER "
            "(PARTITION BY household_id ORDER BY count(DISTINCT basket_id) DESC, round(sum(sales_value), 2) DESC, "
            "store_id) AS place FROM lines GROUP BY 1, 2) WHERE place = 1",
        ),
        (
            "campaigns_received",
            "SELECT h.household_id, count(c.campaign_id) FROM (SELECT DISTINCT household_id FROM lines) h "
            "LEFT JOIN campaigns c USING (household_id) GROUP BY 1",
        ),
        (
            "campaigns_redeemed",
            "SELECT h.household_id, count(DISTINCT c.campaign_id) FROM (SELECT DISTINCT household_id FROM lines) h "
            "LEFT JOIN coupon_redemptions c USING (household_id) GROUP BY 1",
        ),
        (
            "last_campaign_type",
            "SELECT h.household_id, arg_max(d.campaign_type, (d.start_date, d.campaign_id)) FROM (SELECT DISTINCT "
            "household_id FROM lines) h LEFT JOIN campaigns c USING (household_id) LEFT JOIN campaign_descriptions d "
            "USING (campaign_id) GROUP BY 1",
        ),
        (
            "has_kids",
            "SELECT h.household_id, d.kids_count <> '0' FROM (SELECT DISTINCT household_id FROM lines) h "
            "LEFT JOIN demographics d USING (household_id)",
        ),
    ],
)
def test_counts_and_days__counted_by_duckdb__agree_exactly(
    households: pl.DataFrame, receipts: duckdb.DuckDBPyConnection, key: str, select: str
) -> None:
    assert dict(households.select("external_id", key).iter_rows()) == counted(receipts, select)


@pytest.mark.parametrize(
    ("key", "part", "whole"),
    [
        ("private_label_share", "sales_value * (NOT fuel AND brand = 'Private')::INT", "sales_value * (NOT fuel)::INT"),
        ("produce_share", "sales_value * (department LIKE 'PROD%')::INT", "sales_value * (NOT fuel)::INT"),
        ("discount_share", "retail_disc", "sales_value + retail_disc + coupon_match_disc"),
    ],
)
def test_share__counted_by_duckdb__agrees_to_four_digits(
    households: pl.DataFrame, receipts: duckdb.DuckDBPyConnection, key: str, part: str, whole: str
) -> None:
    select = (
        f"SELECT household_id, CASE WHEN sum({whole}) > 0 THEN coalesce(sum({part}), 0) / sum({whole}) END "
        "FROM lines GROUP BY 1"
    )
    expected = counted(receipts, select)
    for household, value in households.select("external_id", key).iter_rows():
        assert value == (None if expected[household] is None else pytest.approx(expected[household], abs=6e-5))


@pytest.mark.parametrize(
    ("key", "condition"),
    [
        ("evening_share", "bool_or(hour >= 17)"),
        ("weekend_share", "bool_or(dayofweek(day) IN (0, 6))"),
        ("coupon_trip_share", "bool_or(coupon_disc > 0)"),
    ],
)
def test_trip_share__counted_by_duckdb__agrees_to_four_digits(
    households: pl.DataFrame, receipts: duckdb.DuckDBPyConnection, key: str, condition: str
) -> None:
    select = (
        f"SELECT household_id, avg(hit::INT) FROM (SELECT household_id, basket_id, {condition} AS hit FROM lines "
        "GROUP BY 1, 2) GROUP BY 1"
    )
    expected = counted(receipts, select)
    found = dict(households.select("external_id", key).iter_rows())
    assert all(found[household] == pytest.approx(expected[household], abs=6e-5) for household in expected)


def test_departments__of_one_household__are_those_on_its_receipts(
    households: pl.DataFrame, receipts: duckdb.DuckDBPyConnection
) -> None:
    codes = receipts.execute(
        "SELECT DISTINCT department FROM lines WHERE household_id = 1 AND sales_value > 0 AND NOT fuel"
    ).fetchall()
    row = households.row(by_predicate=pl.col("external_id") == "hh-0001", named=True)
    assert {"grocery", "produce", "meat"} <= set(row["departments_shopped"])
    assert ("seafood" in row["departments_shopped"]) == any("SEAFOOD" in (code or "") for (code,) in codes)
    assert row["departments_count"] == len(row["departments_shopped"])


def test_change_of_spend__earlier_window_almost_empty__stays_missing(households: pl.DataFrame) -> None:
    missing = households.filter(pl.col("spend_change_90d").is_null())
    assert missing["spend_prev_90d"].max() < 10  # type: ignore[operator]
    known = households.filter(pl.col("spend_change_90d").is_not_null())
    change = known["spend_90d"] / known["spend_prev_90d"] - 1
    assert (change - known["spend_change_90d"]).abs().max() < 6e-5  # type: ignore[operator]


def test_response_rate__no_campaign_received__is_missing_and_not_zero(households: pl.DataFrame) -> None:
    none_received = households.filter(pl.col("campaigns_received") == 0)
    assert none_received.height == 910
    assert none_received["campaign_response_rate"].null_count() == 910
    assert none_received["coupon_redemptions"].sum() == 0


def test_last_day__late_evening_receipts__belong_to_the_stores_day(households: pl.DataFrame) -> None:
    assert households["last_purchase_on"].max() == AS_OF == dt.date(2017, 12, 31)
    assert households["last_purchase_at"].max() == dt.datetime(2018, 1, 1, 4, 1, 20, tzinfo=dt.UTC)


def test_declared_facts__every_household__keeps_them(households: pl.DataFrame) -> None:
    facts = ("minimum", "maximum", "is_whole", "is_always_known", "not_before")
    declared = {entry["key"]: {fact: entry[fact] for fact in facts if fact in entry} for entry in company().attributes}
    schema = {entry["key"]: entry["type"] for entry in company().attributes}
    rows = households.lazy().with_columns(pl.lit(True).alias("alive"), pl.selectors.integer().cast(pl.Float64))

    counted = broken_counts(rows, schema, declared)

    assert {key: set(found) for key, found in counted.items()} == {
        key: set(found) for key, found in declared.items() if found
    }
    assert [(key, fact) for key in counted for fact, count in counted[key].items() if count["broken"]] == []
