"""What rules would have selected at past month-ends: counted as kept, flapping flagged, gaps told."""

from datetime import UTC, date, datetime
from typing import Any

import numpy as np
import polars as pl
import pytest
from pyroaring import BitMap

from customers.services.month_ends import store_month_end
from memberships.measures.backtesting import band_for, flaps_of, steadiness
from memberships.selectors.backtests import backtest
from taxonomy.rules import parse
from taxonomy.selectors import rule_catalogue

AT = datetime(2026, 11, 20, tzinfo=UTC)
STEADY = {"hh-01": 20, "hh-02": 15}


def test_flaps_of__in_out_in__is_counted_once_and_a_gap_is_no_out() -> None:
    months = [BitMap([1, 2, 3]), BitMap([1]), BitMap([1, 2]), BitMap([1]), BitMap([1, 2])]
    found = flaps_of(months)
    assert (list(found.flapped), found.ever_in) == ([2], 3)
    assert flaps_of([BitMap([1]), None, BitMap([1])]).rate == 0.0


def test_steadiness__neighbouring_months_only() -> None:
    assert steadiness([BitMap([1, 2]), BitMap([2]), None, BitMap([1])]) == 0.5
    assert steadiness([BitMap([1]), None, BitMap([1])]) is None


def test_band_for__values_that_swing_around_the_line__narrowest_that_halves() -> None:
    values = [np.array([12.0, 12.0]), np.array([11.0, 5.0]), np.array([12.0, 13.0])]
    others = [np.array([True, True])] * 3
    band = band_for(values, others, comparison=">=", value=12.0, ever_in=10)
    assert band is not None
    assert band.enter == 12.0
    assert 5.0 < band.leave <= 11.0
    assert (band.before, band.rate) == (0.2, 0.1)


def test_band_for__flapping_that_the_comparison_does_not_cause__no_band() -> None:
    values = [np.array([20.0])] * 3
    others = [np.array([True]), np.array([False]), np.array([True])]
    assert band_for(values, others, comparison=">=", value=12.0, ever_in=1) is None


@pytest.fixture
def year(grocer: Any) -> Any:
    """Five month-ends at which hh-03 swings around 12 orders, and nothing from before them."""
    for month, swinging in ((6, 13), (7, 11), (8, 5), (9, 13), (10, 12)):
        orders = {**STEADY, "hh-03": swinging, "hh-06": 1}
        rows = pl.DataFrame({"external_id": list(orders), "orders_90d": [float(each) for each in orders.values()]})
        last = 30 if month in (6, 9) else 31
        store_month_end(on=date(2026, month, last), rows=rows, note="By hand")
    return grocer


def test_backtest__flapping_boundary__is_flagged_with_a_band(year: Any) -> None:
    rule = parse("orders_90d >= 12", rule_catalogue())
    found = backtest(segment_key=None, effective_rule=rule, at=AT)
    assert [month.size for month in found.months[-5:]] == [3, 2, 2, 3, 3]
    assert [month.on for month in found.months[-5:]] == [
        date(2026, 6, 30),
        date(2026, 7, 31), date(2026, 8, 31), date(2026, 9, 30), date(2026, 10, 31),
    ]  # fmt: skip
    assert found.proposed.flap_rate == pytest.approx(1 / 3, abs=1e-3)
    assert found.is_flapping
    assert found.band is not None
    assert (found.band["attribute"], found.band["enter"], found.band["leave"]) == ("orders_90d", 12.0, 11.0)
    assert found.band["flap_rate"] == 0.0


def test_backtest__months_without_a_build__are_told_not_guessed(year: Any) -> None:
    found = backtest(segment_key=None, effective_rule=parse("orders_90d >= 12", rule_catalogue()), at=AT)
    assert len(found.months) == 12
    assert all(month.size is None and "No build" in month.reason for month in found.months[:7])


def test_backtest__attribute_that_a_month_did_not_hold__says_which_and_still_counts_the_live_rule(year: Any) -> None:
    rule = parse("spend_365d >= 3000", rule_catalogue())
    found = backtest(segment_key="occasional", effective_rule=rule, at=AT)
    assert found.months[-1].size is None
    assert "Spend, 365 days" in found.months[-1].reason
    assert found.months[-1].live is None, "its parent reads the same attribute"
    assert found.proposed.flap_rate is None


def test_backtest__months_kept_from_authors__do_not_touch_what_they_see(grocer: Any) -> None:
    """August is held out: whatever happened then, the author's figures and the advice are the same."""
    for month, orders in ((7, 12), (8, 3), (9, 12), (10, 12)):
        rows = pl.DataFrame({"external_id": ["hh-01"], "orders_90d": [float(orders)]})
        store_month_end(on=date(2026, month, 30 if month == 9 else 31), rows=rows, note="")
    found = backtest(segment_key=None, effective_rule=parse("orders_90d >= 12", rule_catalogue()), at=AT)
    assert [month.on.month for month in found.months if month.is_held_out] == [12, 4, 8]
    assert (found.proposed.flap_rate, found.seen.flap_rate, found.band) == (1.0, 0.0, None)
