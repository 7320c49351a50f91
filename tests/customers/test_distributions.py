"""Distributions: round edges, bars and frequent values without small groups, and who may know what."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import polars as pl
import pytest
from django.core.cache import cache
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st

from common.errors import NotFound
from customers.rows.distributions import SMALL, spread_of
from customers.rows.edges import edges_between
from customers.rows.frames import TYPES
from customers.selectors import distribution_for, distribution_of
from customers.services.builds import build_profiles
from customers.services.profiles import merge_customers_bulk

NUMBERS = st.floats(allow_nan=False, allow_infinity=False)
DATES = st.dates()
MOMENTS = st.datetimes(timezones=st.just(UTC))


def column(kind: str, values: list[Any]) -> pl.Series:
    return pl.Series("value", values, dtype=pl.String if kind in ("text", "enum") else TYPES[kind]).cast(TYPES[kind])


@pytest.mark.parametrize(
    ("low", "high", "first", "step", "last"),
    [
        (0.0, 1.0, 0, 0.05, 1.05),
        (0.31, 0.42, 0.31, 0.005, 0.425),
        (-37.0, 910.0, -50, 50, 950),
        (5.0, 5.0, 5, 0.05, 5.05),
        (date(2017, 1, 5), date(2017, 12, 31), date(2017, 1, 1), timedelta(days=31), date(2018, 1, 1)),
        (date(2017, 1, 4), date(2017, 3, 1), date(2017, 1, 2), timedelta(days=7), date(2017, 3, 6)),
    ],
)
def test_edges__range__round_and_around_it(low: Any, high: Any, first: Any, step: Any, last: Any) -> None:
    edges = edges_between(low, high)
    assert (edges[0], edges[-1]) == (first, pytest.approx(last) if isinstance(last, float) else last)
    assert edges[1] - edges[0] == (pytest.approx(step) if isinstance(step, float) else step)


def test_edges__whole_numbers__never_part_one() -> None:
    assert edges_between(0.0, 3.0, is_whole=True) == [0, 1, 2, 3, 4]


@settings(max_examples=60, deadline=None)
@given(st.one_of(*(st.tuples(kind, kind) for kind in (NUMBERS, DATES, MOMENTS))))
def test_edges__any_range__rise_and_hold_it(pair: tuple[Any, Any]) -> None:
    low, high = sorted(pair)
    edges = edges_between(low, high)
    assert edges == sorted(set(edges))
    assert edges[0] <= low and (edges[-1] > high or edges[-1].__class__ is not float or edges[-1] > 1e308)
    assert 2 <= len(edges) <= 35


@settings(max_examples=40, deadline=None)
@given(st.lists(st.one_of(st.floats(-50, 50), st.sampled_from([1e9, 0.0, 3.0])), max_size=60))
def test_bars__any_numbers__count_each_once_and_no_small_group(values: list[float]) -> None:
    spread = spread_of("number", column("number", [*values, None]))
    counts = [count for _, _, count in spread.bars]
    assert sum(counts) + spread.others == len(values)
    assert all(count == 0 or count >= SMALL for count in counts)
    for low, high, count in spread.bars:
        assert count == sum(low <= value < high for value in values)
    if values:
        assert (spread.minimum, spread.maximum) == (min(values), max(values))


def test_bars__one_odd_value__does_not_flatten_the_others() -> None:
    values = [float(number % 100) for number in range(2000)] + [1e9]
    bars = spread_of("number", column("number", values)).bars
    assert len(bars) >= 15
    assert bars[-1][1] > 1e9


def test_bars__dates__by_months() -> None:
    days = [date(2017, 1, 1) + timedelta(days=number) for number in range(365)]
    spread = spread_of("date", column("date", days))
    assert [(low, count) for low, _, count in spread.bars][:2] == [(date(2017, 1, 1), 31), (date(2017, 2, 1), 28)]
    assert spread.median == date(2017, 7, 2)


@pytest.mark.parametrize(
    ("kind", "values", "top", "others"),
    [
        ("text", ["b"] * 6 + ["a"] * 6 + ["rare"] * 4 + [None], [("a", 6), ("b", 6)], 4),
        ("boolean", [True] * 5 + [False] * 3, [(True, 5)], 3),
        ("set", [["x", "y"]] * 5 + [["x"], ["x", "z"], []], [("x", 7), ("y", 5)], 1),
        ("text", [f"n{number}" for number in range(20)], [], 20),
        ("text", [], [], 0),
    ],
)
def test_top__values__frequent_ones_alone(kind: str, values: list[Any], top: list[Any], others: int) -> None:
    spread = spread_of(kind, column(kind, values))
    assert (spread.top, spread.others) == (top, others)


@pytest.fixture
def filled(catalogue: SimpleNamespace) -> SimpleNamespace:
    """Ten customers: eight of gold and two of silver, six with children, orders 0 to 9."""
    rows = [
        {
            "external_id": f"c{number}",
            "attributes": {
                "orders": number,
                "tier": "gold" if number < 8 else "silver",
                "has_children": number < 6,
                "diet": "vegan",
                "seen_at": "2026-01-31T09:00:00Z",
            },
        }
        for number in range(10)
    ]
    merge_customers_bulk(actor=catalogue.steward, rows=rows)
    return catalogue


def test_distribution__before_any_build__is_unmeasured(catalogue: SimpleNamespace) -> None:
    found = distribution_of("orders")
    assert (found.build_number, found.fill_rate, found.top, found.bars) == (None, 0.0, [], [])


def test_distribution__newest_build__counted_once_and_anew_for_the_next(filled: SimpleNamespace) -> None:
    build = build_profiles()
    found = distribution_of("tier")
    assert (found.build_number, found.known, found.total, found.fill_rate) == (build.number, 10, 10, 1.0)
    assert (found.top, found.others) == ([("gold", 8)], 2)
    assert distribution_of("tier") == found
    assert distribution_of("seen_at").minimum == datetime(2026, 1, 31, 9, tzinfo=UTC)
    merge_customers_bulk(actor=filled.steward, rows=[{"external_id": "c9", "attributes": {"tier": "gold"}}])
    build_profiles()
    assert distribution_of("tier").top == [("gold", 9)]
    cache.clear()
    assert distribution_of("tier").top == [("gold", 9)]


def test_distribution__viewers__by_their_rights(filled: SimpleNamespace) -> None:
    build_profiles()
    assert distribution_for(filled.rep, "has_children").others == 4
    assert distribution_for(filled.rep, "orders").maximum == 9
    masked = distribution_for(filled.viewer, "orders")
    assert (masked.minimum, masked.maximum, masked.known) == (None, None, 10)
    assert sum(count for _, _, count in masked.bars) == 10
    # Two of silver would be told by what is left of ten.
    assert (distribution_for(filled.viewer, "tier").top, distribution_for(filled.viewer, "tier").others) == ([], 10)
    for person, key in ((filled.viewer, "has_children"), (filled.rep, "diet"), (filled.steward, "nothing")):
        with pytest.raises(NotFound):
            distribution_for(person, key)


def test_api__distribution__plain_values_and_404_for_hidden(
    filled: SimpleNamespace, api_of: Callable[..., Client]
) -> None:
    build_profiles()
    client = api_of(filled.rep, scopes=("read",))
    body = client.get("/api/v1/attributes/orders/distribution/").json()
    assert (body["fill_rate"], body["minimum"], body["median"], body["others"]) == (1.0, 0, 5, 0)
    assert [bar["count"] for bar in body["bars"]] == [5, 5]
    moment = client.get("/api/v1/attributes/seen_at/distribution/").json()
    assert moment["maximum"] == "2026-01-31T09:00:00Z"
    assert client.get("/api/v1/attributes/tier/distribution/").json()["top"] == [{"value": "gold", "count": 8}]
    assert client.get("/api/v1/attributes/diet/distribution/").status_code == 404


def test_page__distribution__bars_with_their_table(filled: SimpleNamespace, client_of: Callable[[Any], Client]) -> None:
    build_profiles()
    page = client_of(filled.rep).get("/attributes/orders/").content.decode()
    assert page.count('class="chart__bar"') == 2
    assert "<caption" in page and "To below" in page
    assert "Lowest" in page
    assert "Lowest" not in client_of(filled.viewer).get("/attributes/orders/").content.decode()
    tier = client_of(filled.rep).get("/attributes/tier/").content.decode()
    assert "Most frequent values" in tier and "have other values" in tier
