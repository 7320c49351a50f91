"""What another value of a threshold would do: as many counts as individual previews, in one pass."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import polars as pl
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from memberships.measures.ladders import MOST, evenly, ladder
from memberships.selectors.builds import ReadableBuild
from memberships.selectors.whatif import counts_on_newest, value_measures, what_if, what_if_on
from taxonomy.rules import matches, parse, segments_used
from taxonomy.rules.thresholds import Place, candidates, with_value
from taxonomy.selectors import rule_catalogue
from tests.taxonomy.evaluators import frame_of
from tests.taxonomy.rule_strategies import AS_OF, catalogues, customers, rules


@settings(max_examples=80, deadline=None)
@given(data=st.data())
def test_what_if__any_rule_and_values__counts_as_the_reference_does(data: st.DataObject) -> None:
    catalogue = data.draw(catalogues())
    asked = data.draw(rules(catalogue))
    found = candidates(asked)
    assume(found and not segments_used(asked))
    candidate = data.draw(st.sampled_from(found))
    rows = data.draw(st.lists(customers(catalogue), min_size=1, max_size=8))
    held = [row[candidate.place.attribute] for row in rows if row[candidate.place.attribute] is not None]
    pool = {
        "days": st.integers(0, 60),
        "number": st.sampled_from([-1, 0, 1, 2.5, 3, 10, *(held or [4])]),
    }.get(candidate.kind, st.sampled_from([candidate.value, *held]))
    values = data.draw(st.lists(pool, max_size=6))
    frame = frame_of({key: facts.type for key, facts in catalogue.items()}, rows)
    build = ReadableBuild(1, 1, AS_OF, len(rows), frame.with_columns(alive=True).lazy())
    answer = what_if_on(build, asked, candidate.place, above=(), values=values, measure=None, as_of=AS_OF)
    for point in answer.points:
        changed = with_value(asked, candidate.place, point.value)
        assert point.members == sum(matches(changed, row, AS_OF) is True for row in rows), point.value
    assert answer.present.value == candidate.value
    assert {float(v) if isinstance(v, int) else v for v in values} <= {
        float(p.value) if isinstance(p.value, int) else p.value for p in answer.points
    }


def build_of(**columns: list[Any]) -> ReadableBuild:
    size = len(next(iter(columns.values())))
    frame = pl.DataFrame({"alive": [True] * size, **columns})
    return ReadableBuild(-size, 1, AS_OF, size, frame.lazy())


def test_what_if__measure__sums_over_members_that_have_it() -> None:
    build = build_of(orders=[1.0, 3.0, 5.0, None], spend=[10.0, None, 30.0, 40.0], member=[True, True, True, True])
    asked = parse("orders >= 3 AND member", {"orders": "number", "spend": "number", "member": "boolean"})
    answer = what_if_on(build, asked, Place("orders", ">="), above=(), values=[0, 3, 6], measure="spend", as_of=AS_OF)
    assert [(p.value, p.members, p.known, p.total, p.mean) for p in answer.points] == [
        (0, 3, 2, 40.0, 20.0), (3, 2, 1, 30.0, 30.0), (6, 0, 0, 0.0, None),
    ]  # fmt: skip


def test_what_if__rules_above__count_too() -> None:
    build = build_of(orders=[1.0, 3.0, 5.0], spend=[10.0, 20.0, 30.0])
    catalogue: Any = {"orders": "number", "spend": "number"}
    above = [parse("spend < 30", catalogue), parse("TRUE", catalogue)]
    answer = what_if_on(build, parse("orders >= 3", catalogue), Place("orders", ">="),
                        above=above, values=[0, 5], measure=None, as_of=AS_OF)  # fmt: skip
    assert [(p.value, p.members) for p in answer.points] == [(0, 2), (3, 1), (5, 0)]


def test_what_if__days__count_back_from_the_day_asked() -> None:
    today = AS_OF.date()
    build = build_of(last=[today, today - timedelta(days=30), today - timedelta(days=31), None])
    asked = parse("last >= CURRENT_DATE - INTERVAL '30' DAY", {"last": "date"})
    answer = what_if_on(build, asked, Place("last", ">="), above=(), values=[0, 60], measure=None, as_of=AS_OF)
    assert [(p.value, p.members) for p in answer.points] == [(0, 1), (30, 2), (60, 3)]


@pytest.mark.parametrize(
    ("kind", "quantiles", "present"),
    [
        ("number", [float(n) for n in range(21)], 3),
        ("number", [n * 173.7 for n in range(21)], 3000),
        ("number", [n / 21 for n in range(21)], 0.35),
        ("number", [-0.9 + n / 12 for n in range(21)], -0.2),
        ("number", [], 7),
        ("date", [date(2020, 1, 1) + timedelta(days=120 * n) for n in range(21)], date(2024, 4, 1)),
        ("days", [date(2024, 1, 1) + timedelta(days=40 * n) for n in range(21)], 60),
        ("timestamp", [datetime(2026, 1, 1, 5, tzinfo=UTC) + timedelta(days=n) for n in range(21)],
         datetime(2026, 1, 9, tzinfo=UTC)),
    ],
)  # fmt: skip
def test_ladder__any_kind__rises_and_holds_the_present_value(kind: str, quantiles: list[Any], present: Any) -> None:
    found = ladder(kind, quantiles, present, today=date(2026, 3, 1))
    assert present in found
    assert found == sorted(set(found))
    assert len(found) <= MOST
    assert len(found) > 5 or not quantiles


def test_ladder__whole_numbers__stay_whole() -> None:
    found = ladder("number", [float(n) for n in range(0, 63, 3)], 12, today=date(2026, 3, 1))
    assert all(isinstance(value, int) for value in found)


@pytest.mark.parametrize("present", [1e308, -1.7e308, 5e-324])
def test_ladder__extreme_numbers__stay_numbers(present: float) -> None:
    for quantiles in ([], [0.0], [-1.7e308, 1.7e308]):
        found = ladder("number", quantiles, present, today=date(2026, 3, 1))
        assert present in found
        assert all(abs(value) < float("inf") for value in found)
    wide = evenly("number", -1.7e308, 1.7e308, 3)
    assert wide == sorted(wide) and wide[0] == -1.7e308 and wide[-1] == 1.7e308


def test_evenly__a_range__has_both_ends_and_the_present_value() -> None:
    found = evenly("number", 0, 10, 3)
    assert found == list(range(11))
    dates = evenly("date", date(2026, 1, 1), date(2026, 12, 31), date(2026, 6, 6))
    assert (dates[0], dates[-1]) == (date(2026, 1, 1), date(2026, 12, 31))
    assert date(2026, 6, 6) in dates


@pytest.mark.django_db
def test_what_if__the_grocer__counts_the_newest_build(computed: Any) -> None:
    catalogue = rule_catalogue()
    own = parse("orders_90d >= 12 AND spend_365d >= 3000", catalogue)
    answer = what_if(own, Place("orders_90d", ">="), values=[9, 14], measure="spend_365d")
    assert [(p.value, p.members, p.total) for p in answer.points] == [
        (9, 4, 15300.0),
        (12, 3, 11300.0),
        (14, 2, 8300.0),
    ]
    assert what_if(own, Place("orders_90d", ">=")).present.members == 3
    assert value_measures(frozenset(catalogue)) == {"spend_365d": "Spend, 365 days"}
    asked = {"all": own, "one": parse("orders_90d = 20", catalogue), "nobody": parse("FALSE", catalogue),
             "anchors": parse("IN_SEGMENT('anchors')", catalogue)}  # fmt: skip
    assert counts_on_newest(asked) == {"all": 3, "one": 1, "nobody": 0, "anchors": 3}
    assert counts_on_newest({}) == {}
