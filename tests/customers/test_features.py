"""Features: what aggregates over events come to, in bulk and for changed customers alike, through late, moved and
missing values.
"""

import random
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from polars.testing import assert_frame_equal

from customers.models import EventExtract, ProfileBuild
from customers.selectors import (
    attribute_facts,
    builds_folder,
    changed_profiles,
    derived_values,
    newest_change,
    ordinals_of,
    profiles_of,
    scan_build,
)
from customers.services.attributes import define_attribute
from customers.services.builds import build_profiles, refresh_build
from customers.services.erasure import erase_customer
from customers.services.profiles import merge_customers_bulk
from customers.stages.base import Asked
from customers.stages.features import Features, feature_aggregates
from tests.customers.told import Told, by_hand, hand_over, tell

pytestmark = pytest.mark.usefixtures("ordinals_from_zero")

AS_OF = datetime(2026, 11, 20, 15, 30, tzinfo=UTC)
EVENT: dict[str, Any] = {"kind": "event", "event": "Order Completed"}
WEB = {"property": "channel", "operator": "=", "value": "web"}
DERIVED: dict[str, tuple[str, dict[str, Any]]] = {
    "orders_all": ("number", {**EVENT, "aggregate": "count"}),
    "orders_30d": ("number", {**EVENT, "aggregate": "count", "within_days": 30}),
    "web_total_30d": ("number", {**EVENT, "aggregate": "sum", "property": "total", "within_days": 30, "where": [WEB]}),
    "total_all": ("number", {**EVENT, "aggregate": "sum", "property": "total"}),
    "skus": ("number", {**EVENT, "aggregate": "distinct", "property": "sku", "within_days": 90}),
    "last_plan": ("text", {**EVENT, "aggregate": "last", "property": "plan"}),
    "first_plan": ("text", {**EVENT, "aggregate": "first", "property": "plan", "within_days": 60}),
    "last_order_at": ("timestamp", {**EVENT, "aggregate": "last"}),
    "first_order_at": ("timestamp", {**EVENT, "aggregate": "first"}),
    "big_orders": (
        "number",
        {**EVENT, "aggregate": "count", "where": [{"property": "total", "operator": ">", "value": 50}]},
    ),
    "free_or_team": (
        "number",
        {**EVENT, "aggregate": "count", "where": [{"property": "plan", "operator": "in", "value": ["free", "team"]}]},
    ),
    "without_plan": (
        "number",
        {**EVENT, "aggregate": "count", "where": [{"property": "plan", "operator": "unknown", "value": None}]},
    ),
}


def define(people: SimpleNamespace, key: str, kind: str, derivation: dict[str, Any], **more: Any) -> None:
    given = {"label": f"The {key}", "type": kind, "dimension": "behavioral", "source": "till"}
    content = {**given, "derivation": derivation, **more}
    define_attribute(actor=people.steward, key=key, content=content)


def arrive(people: SimpleNamespace, count: int) -> list[str]:
    ids = [f"c-{number:02d}" for number in range(count)]
    rows = [{"external_id": one, "attributes": {"orders": at}} for at, one in enumerate(ids)]
    merge_customers_bulk(actor=people.steward, rows=rows)
    return ids


def random_events(ids: list[str], count: int, seed: int) -> list[Told]:
    """Events of every age, in no order, many at the same instant, with values that fit, miss or do not fit."""
    draw = random.Random(seed)
    moments = [AS_OF - timedelta(hours=draw.randrange(-6, 24 * 120)) for _ in range(max(3, count // 3))]
    midnight = AS_OF.replace(hour=0, minute=0)
    moments += [midnight - timedelta(days=30), midnight - timedelta(days=30, microseconds=1)]
    return [
        Told(
            draw.choice(ids),
            draw.choice(["Order Completed", "Order Completed", "Signed In"]),
            draw.choice(moments),
            {
                "total": draw.choice([0.1, 0.2, 12.35, 99, 1e-7, -3.5, "12", None, True, [1]]),
                "channel": draw.choice(["web", "app", "", None, 5]),
                "sku": draw.choice(["a", "b", 'c,"d"\n', 7, True, None, {"x": 1}]),
                "plan": draw.choice(["free", "team", "pro", None, 3]),
            },
        )
        for _ in range(count)
    ]


@pytest.mark.parametrize("seed", [1, 2])
def test_features__random_events__bulk_and_changed_and_by_hand_agree(catalogue: SimpleNamespace, seed: int) -> None:
    ids = arrive(catalogue, 12)
    for key, (kind, derivation) in DERIVED.items():
        define(catalogue, key, kind, derivation)
    events = random_events(ids, 150, seed)
    tell(events)
    bulk = scan_build(build_profiles(as_of=AS_OF).pk).collect()
    single = profiles_of(bulk["ordinal"].to_list(), AS_OF)
    changed = changed_profiles(after=0, through=newest_change(), as_of=AS_OF)
    assert_frame_equal(bulk.select(single.columns), single, categorical_as_str=True)
    assert_frame_equal(changed.frame, single, categorical_as_str=True)
    for row in single.iter_rows(named=True):
        theirs = [one for one in events if one.whose == row["external_id"]]
        for key, (_, derivation) in DERIVED.items():
            wanted = by_hand(theirs, derivation, AS_OF)
            found = row[key]
            assert found == (pytest.approx(wanted, abs=1e-6) if isinstance(wanted, float) else wanted), key


def test_features__two_attributes_of_one_aggregate__computed_once_with_one_answer(catalogue: SimpleNamespace) -> None:
    arrive(catalogue, 2)
    define(catalogue, "orders_a", "number", {**EVENT, "aggregate": "count", "within_days": 30})
    define(catalogue, "orders_b", "number", {**EVENT, "aggregate": "count", "within_days": 30}, label="The same again")
    aggregates = feature_aggregates(Asked(attribute_facts(), AS_OF))
    assert len(aggregates) == 2 and len(set(aggregates.values())) == 1
    tell([Told("c-00", "Order Completed", AS_OF)])
    rows = profiles_of(list(ordinals_of(["c-00", "c-01"]).values()), AS_OF)
    assert rows["orders_a"].to_list() == rows["orders_b"].to_list() == [1, 0]


def test_distinct__only_events_that_nothing_else_counts__counted_all_the_same(catalogue: SimpleNamespace) -> None:
    arrive(catalogue, 2)
    define(catalogue, "skus", "number", {**EVENT, "aggregate": "distinct", "property": "sku"})
    old = AS_OF - timedelta(days=50)
    tell([Told("c-00", "Order Completed", old, {"sku": sku}) for sku in ("a", "b", "a")])
    ordinals = list(ordinals_of(["c-00", "c-01"]).values())
    assert profiles_of(ordinals, AS_OF)["skus"].to_list() == [2, 0]
    define(catalogue, "lately", "number", {**EVENT, "aggregate": "count", "within_days": 9})
    assert profiles_of(ordinals, AS_OF).select("skus", "lately").rows() == [(2, 0), (0, 0)]


def test_window__edges__whole_days_back_and_no_upper_end(catalogue: SimpleNamespace) -> None:
    arrive(catalogue, 1)
    define(catalogue, "recent", "number", {**EVENT, "aggregate": "count", "within_days": 2})
    first = datetime(2026, 11, 18, tzinfo=UTC)
    tell(
        Told("c-00", "Order Completed", at)
        for at in (first - timedelta(microseconds=1), first, AS_OF.replace(year=2027))
    )
    (ordinal,) = ordinals_of(["c-00"]).values()
    assert derived_values(ordinal, AS_OF) == {"recent": 2}
    assert derived_values(ordinal, AS_OF.replace(hour=0, minute=0)) == {"recent": 2}
    assert derived_values(ordinal, AS_OF + timedelta(days=1)) == {"recent": 1}


def test_last__same_instant__the_later_number_wins_and_unfit_values_are_passed_over(catalogue: SimpleNamespace) -> None:
    arrive(catalogue, 1)
    define(
        catalogue, "tier_now", "enum", {**EVENT, "aggregate": "last", "property": "tier"}, choices=["gold", "silver"]
    )
    define(
        catalogue, "tier_then", "enum", {**EVENT, "aggregate": "first", "property": "tier"}, choices=["gold", "silver"]
    )
    define(catalogue, "due_on", "date", {**EVENT, "aggregate": "last", "property": "due"})
    define(catalogue, "seen", "timestamp", {**EVENT, "aggregate": "last", "property": "seen"})
    define(catalogue, "is_trial", "boolean", {**EVENT, "aggregate": "last", "property": "trial"})
    tell(
        Told("c-00", "Order Completed", AS_OF, content)
        for content in (
            {"tier": "gold", "due": "2026-02-28", "seen": "2026-01-31T10:00:00.5+02:00", "trial": True},
            {"tier": "silver", "due": "2026-02-30", "seen": "9999-12-31T23:59:59-05:00", "trial": "false"},
            {"tier": "bronze", "due": 20260228, "seen": "yesterday", "trial": None},
        )
    )
    (ordinal,) = ordinals_of(["c-00"]).values()
    assert derived_values(ordinal, AS_OF) == {
        "tier_now": "silver",
        "tier_then": "gold",
        "due_on": "2026-02-28",
        "seen": "2026-01-31T08:00:00.500000Z",
        "is_trial": True,
    }


def test_sum__odd_numbers__exact_in_any_order_and_too_large_ones_left_out(catalogue: SimpleNamespace) -> None:
    arrive(catalogue, 1)
    define(catalogue, "total", "number", {**EVENT, "aggregate": "sum", "property": "total"})
    numbers = [0.1] * 10 + [1e12, -1e12, 1e13, 1e-400, 2**53 + 2]
    tell(Told("c-00", "Order Completed", AS_OF, {"total": number}) for number in numbers)
    (ordinal,) = ordinals_of(["c-00"]).values()
    assert derived_values(ordinal, AS_OF) == {"total": 1}


def test_build__events_applied_later__appended_to_the_extract_and_never_read_twice(catalogue: SimpleNamespace) -> None:
    ids = arrive(catalogue, 6)
    define(catalogue, "total", "number", {**EVENT, "aggregate": "sum", "property": "total", "within_days": 30})
    tell(Told(one, "Order Completed", AS_OF, {"total": 5}) for one in ids)
    build_profiles(as_of=AS_OF)
    assert EventExtract.objects.get().row_count == 6
    tell([Told("c-03", "Order Completed", AS_OF - timedelta(days=3), {"total": 7})])
    build_profiles(as_of=AS_OF)
    turned = build_profiles(as_of=AS_OF + timedelta(days=1))
    assert turned.kind == "base"
    assert sorted(EventExtract.objects.values_list("row_count", flat=True)) == [1, 6]
    assert scan_build(turned.pk).select("total").collect()["total"].to_list() == [5, 5, 5, 12, 5, 5]


def test_build__event_changes_hands_and_customer_erased__extract_written_without(catalogue: SimpleNamespace) -> None:
    ids = arrive(catalogue, 6)
    define(catalogue, "total", "number", {**EVENT, "aggregate": "sum", "property": "total", "within_days": 30})
    numbers = tell(Told(one, "Order Completed", AS_OF, {"total": 5}) for one in ids)
    build_profiles(as_of=AS_OF)
    hand_over(numbers[0], "c-01")
    erase_customer(actor=catalogue.steward, external_id="c-05", reason="asked for")
    build = build_profiles(as_of=AS_OF)
    assert scan_build(build.pk).select("total").collect()["total"].to_list() == [0, 10, 5, 5, 5, None]
    assert EventExtract.objects.get().row_count == 5
    assert rebuilt(build, AS_OF) == build.digest


def rebuilt(build: ProfileBuild, as_of: datetime, **options: Any) -> str:
    """The digest of a build that is made when all files are gone."""
    for path in builds_folder().iterdir():
        path.unlink()
    made = build_profiles(as_of=as_of, **options)
    assert made.pk != build.pk and made.kind == "base"
    return made.digest


def test_rebuild__all_files_dropped__same_digest_with_any_slices(catalogue: SimpleNamespace) -> None:
    ids = arrive(catalogue, 12)
    for key, (kind, derivation) in DERIVED.items():
        define(catalogue, key, kind, derivation)
    tell(random_events(ids, 80, 3))
    build_profiles(as_of=AS_OF)
    tell(random_events(ids[:2], 10, 4))
    build = build_profiles(as_of=AS_OF)
    assert build.overlay_path or build.kind == "folded"
    assert rebuilt(build, AS_OF) == build.digest
    assert rebuilt(build, AS_OF, slice_rows=5) == build.digest


def test_build__killed_while_writing__no_half_file_is_named(
    catalogue: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = arrive(catalogue, 6)
    define(catalogue, "total", "number", {**EVENT, "aggregate": "sum", "property": "total"})
    tell(Told(one, "Order Completed", AS_OF, {"total": 5}) for one in ids)
    add = Features.add

    def dies(self: Features, frame: Any, asked: Any) -> Any:
        if frame["ordinal"][0]:
            raise KeyboardInterrupt
        return add(self, frame, asked)

    monkeypatch.setattr(Features, "add", dies)
    with pytest.raises(KeyboardInterrupt):
        build_profiles(as_of=AS_OF, slice_rows=4)
    monkeypatch.undo()
    assert not ProfileBuild.objects.exists()
    named = set(EventExtract.objects.values_list("path", flat=True))
    assert {path.name for path in builds_folder().glob("*.parquet")} >= named
    build = build_profiles(as_of=AS_OF)
    assert rebuilt(build, AS_OF) == build.digest


def test_build__day_turned__made_anew_only_where_windows_count_days(catalogue: SimpleNamespace) -> None:
    arrive(catalogue, 3)
    define(catalogue, "ever", "number", {**EVENT, "aggregate": "count"})
    first = build_profiles(as_of=AS_OF)
    assert build_profiles(as_of=AS_OF + timedelta(days=1)).pk == first.pk
    define(catalogue, "lately", "number", {**EVENT, "aggregate": "count", "within_days": 7})
    second = build_profiles(as_of=AS_OF)
    assert second.pk != first.pk
    assert build_profiles(as_of=AS_OF + timedelta(hours=8)).pk == second.pk
    assert build_profiles(as_of=AS_OF + timedelta(hours=9)).pk != second.pk


def test_lineage__stages__told_with_version_columns_and_seconds(catalogue: SimpleNamespace) -> None:
    arrive(catalogue, 3)
    define(catalogue, "ever", "number", {**EVENT, "aggregate": "count"})
    stages = build_profiles(as_of=AS_OF).lineage["stages"]
    assert [(one["stage"], one["version"], one["columns"]) for one in stages] == [
        ("collection", 1, 9),
        ("features", 1, 1),
        ("scores", 1, 0),
    ]
    assert all(one["seconds"] >= 0 for one in stages)


def test_derived_values__no_computed_attribute_of_interest__nothing_is_asked(
    catalogue: SimpleNamespace, django_assert_num_queries: Any
) -> None:
    arrive(catalogue, 1)
    rows = attribute_facts()
    with django_assert_num_queries(0):
        assert derived_values(0, AS_OF, rows) == {}


def test_refresh__nothing_changed_or_somebody_did__builds_only_then(catalogue: SimpleNamespace) -> None:
    assert refresh_build() is None
    arrive(catalogue, 3)
    first = refresh_build()
    assert first is not None and refresh_build() is None
    tell([Told("c-00", "Order Completed", AS_OF)])
    second = refresh_build()
    assert second is not None and second.pk != first.pk
