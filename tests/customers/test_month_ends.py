"""What the customers were at the end of each month: kept beyond retention, never read by runs, without the erased."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import polars as pl
import pytest

from customers.models import MonthEnd, ProfileBuild
from customers.selectors import customer, newest_build, scan_coded
from customers.selectors.month_ends import kept_months, last_month_ends
from customers.services.builds import build_profiles
from customers.services.erasure import erase_customer
from customers.services.month_ends import KEPT, keep_month_end, store_month_end
from customers.services.profiles import merge_customers_bulk
from customers.services.sweeping import sweep_builds

pytestmark = pytest.mark.usefixtures("ordinals_from_zero")
MID_NOVEMBER = datetime(2026, 11, 20, 12, tzinfo=UTC)


def send(people: SimpleNamespace, **orders: int) -> None:
    rows = [{"external_id": key, "attributes": {"orders": value}} for key, value in orders.items()]
    merge_customers_bulk(actor=people.steward, rows=rows)


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    """Turn the calendar of what keeps month-ends."""

    def turn(instant: datetime) -> None:
        monkeypatch.setattr("customers.services.month_ends.now", lambda: instant)

    return turn


def orders_at(build_id: int) -> dict[str, float]:
    frame, _ = scan_coded(build_id)
    rows = frame.filter(pl.col("alive")).select("external_id", "orders").collect()
    return dict(rows.iter_rows())


def test_last_month_ends__across_a_year__oldest_first() -> None:
    found = last_month_ends(datetime(2026, 3, 1, tzinfo=UTC), 4)
    assert found == [date(2025, 11, 30), date(2025, 12, 31), date(2026, 1, 31), date(2026, 2, 28)]


def test_keep_month_end__after_the_turn__keeps_the_newest_build_from_before(
    catalogue: SimpleNamespace, at: Callable[[datetime], None]
) -> None:
    send(catalogue, a=1)
    old = build_profiles()
    ProfileBuild.objects.filter(pk=old.pk).update(created_at=datetime(2026, 10, 31, 23, 58, tzinfo=UTC))
    send(catalogue, a=2)
    ProfileBuild.objects.filter(pk=build_profiles().pk).update(created_at=MID_NOVEMBER)
    at(MID_NOVEMBER)
    kept = keep_month_end()
    assert kept is not None
    assert (kept.on, kept.build_id) == (date(2026, 10, 31), old.pk)
    assert keep_month_end() is None, "once for each month"


def test_keep_month_end__no_build_from_before_the_turn__is_not_guessed(
    catalogue: SimpleNamespace, at: Callable[[datetime], None]
) -> None:
    send(catalogue, a=1)
    build_profiles()
    at(datetime(2020, 1, 2, tzinfo=UTC))
    assert keep_month_end() is None
    months = kept_months(datetime(2020, 1, 2, tzinfo=UTC), 2)
    assert [month.build_id for month in months] == [None, None]
    assert "No build" in months[0].reason


def test_sweep_builds__month_end__outlives_the_others(
    catalogue: SimpleNamespace, at: Callable[[datetime], None], settings: SimpleNamespace
) -> None:
    settings.SEGPORTAL_BUILDS_KEPT = 1
    send(catalogue, a=1)
    old = build_profiles()
    ProfileBuild.objects.filter(pk=old.pk).update(created_at=datetime(2026, 10, 30, tzinfo=UTC))
    at(MID_NOVEMBER)
    assert keep_month_end() is not None
    for orders in (2, 3):
        send(catalogue, a=orders)
        build_profiles()
    sweep_builds()
    assert orders_at(old.pk) == {"a": 1.0}
    assert ProfileBuild.objects.filter(state="ready").count() == 2


def test_store_month_end__from_outside__is_looked_back_at_and_never_run_on(catalogue: SimpleNamespace) -> None:
    send(catalogue, a=5, b=6)
    newest = build_profiles()
    rows = pl.DataFrame({"external_id": ["b", "unknown"], "orders": [3, 9], "colour": ["red", "red"]})
    kept = store_month_end(on=date(2026, 9, 30), rows=rows, note="From the old warehouse")
    assert kept is not None
    assert orders_at(kept.build_id) == {"b": 3.0}
    month = kept_months(MID_NOVEMBER, 2)[0]
    assert (month.on, month.build_id, month.note) == (date(2026, 9, 30), kept.build_id, "From the old warehouse")
    now_newest = newest_build()
    assert now_newest is not None
    assert now_newest.pk == newest.pk
    assert store_month_end(on=date(2026, 9, 30), rows=rows, note="again") is None
    send(catalogue, a=7)
    assert orders_at(build_profiles().pk) == {"a": 7.0, "b": 6.0}


def test_erasure__kept_month_end__forgets_the_customer_and_stays_readable(catalogue: SimpleNamespace) -> None:
    send(catalogue, a=5, b=6)
    build_profiles()
    rows = pl.DataFrame({"external_id": ["a", "b"], "orders": [1, 2]})
    store_month_end(on=date(2026, 9, 30), rows=rows, note="")
    gone = customer("a").ordinal
    erase_customer(actor=catalogue.administrator, external_id="a", reason="They asked.")
    build_profiles()
    month = kept_months(MID_NOVEMBER, 2)[0]
    assert month.build_id is not None
    assert orders_at(month.build_id) == {"b": 2.0}
    row = scan_coded(month.build_id)[0].filter(pl.col("ordinal") == gone).collect()
    assert row["external_id"].to_list() == [None]
    assert row["orders"].to_list() == [None]


def test_keep_month_end__beyond_a_year__drops_the_oldest(
    catalogue: SimpleNamespace, at: Callable[[datetime], None]
) -> None:
    send(catalogue, a=5)
    build = build_profiles()
    rows = pl.DataFrame({"external_id": ["a"], "orders": [1]})
    day = date(2026, 9, 30)
    for _ in range(KEPT):
        store_month_end(on=day, rows=rows, note="")
        day = day.replace(day=1) - timedelta(days=1)
    ProfileBuild.objects.filter(pk=build.pk).update(created_at=datetime(2026, 10, 30, tzinfo=UTC))
    at(MID_NOVEMBER)
    assert keep_month_end() is not None
    assert MonthEnd.objects.count() == KEPT
    assert ProfileBuild.objects.filter(kind="history", state="expired").count() == 1
