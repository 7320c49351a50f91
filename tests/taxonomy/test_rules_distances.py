"""How far a customer is from the other answer, in business words; and large rules, which must stay quick."""

from datetime import UTC, datetime
from time import process_time
from typing import Any

import pytest

from taxonomy.rules import AttributeFacts, matches, parse
from taxonomy.rules.counterfactual import can_turn, nearest_turn
from taxonomy.rules.deciding import deciding
from taxonomy.rules.distances import step_words, turn_words
from taxonomy.rules.possibilities import Case
from tests.taxonomy.rule_catalogue import CATALOGUE

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
RECENT = "last_order >= CURRENT_DATE - INTERVAL '90' DAY"


def case_of(text: str, values: dict[str, Any]) -> Case:
    return Case(parse(text, CATALOGUE), values, NOON, catalogue=CATALOGUE, segments={"vip": False})


@pytest.mark.parametrize(
    ("text", "values", "words"),
    [
        ("orders >= 12", {"orders": 10}, "2 orders short"),
        ("orders > 12", {"orders": 12}, "1 order short"),
        ("orders >= 12", {"orders": 12}, "1 order fewer"),
        ("orders < 5", {"orders": 9}, "5 orders too many"),
        ("orders < 5", {"orders": 4}, "1 order more"),
        ("spend > 3000", {"spend": 2500.5}, "spend is 499.51 EUR short"),
        ("spend BETWEEN 100 AND 500", {"spend": 700}, "spend is 200 EUR too high"),
        ("share < 5", {"share": 7.25}, "private-label share is 2.26 percentage points too high"),
        (RECENT, {"last_order": "2025-11-28"}, "last order is 3 days too early"),
        ("last_order < DATE '2026-01-31'", {"last_order": "2026-02-02"}, "last order is 3 days too late"),
        ("last_order < DATE '2026-01-31'", {"last_order": "2026-01-30"}, "last order 1 day later"),
        (
            "seen <= TIMESTAMP '2026-01-31T10:00:00Z'",
            {"seen": "2026-01-31T13:00:00Z"},
            "last seen is 3 hours too late",
        ),
        ("city = 'Rome'", {"city": "Milan"}, "city is Milan, not Rome"),
        ("city IN ('Rome', 'Turin')", {"city": "Milan"}, "city is Milan, not one of Rome, Turin"),
        ("city <> 'Milan'", {"city": "Milan"}, "city is Milan, and must be something else"),
        ("city IN ('Rome', 'Bari')", {"city": "Rome"}, "city other than Rome, Bari"),
        ("city LIKE 'Ro%'", {"city": "Milan"}, "city is Milan, and needed is: city starts with Ro"),
        ("city IS NOT NULL", {}, "needs a known city"),
        ("orders >= 12", {}, "needs a known orders in last 90 days that is at least 12"),
        ("city IS NULL", {"city": "Rome"}, "city is known, and must not be"),
        ("mailable", {"mailable": False}, "consent to mail is false, and must be true"),
        ("CONTAINS(tags, 'vegan')", {"tags": ["a"]}, "tags does not include vegan"),
        ("CONTAINS(tags, 'vegan')", {"tags": ["vegan", "b"]}, "tags without vegan"),
        ("IN_SEGMENT('vip')", {}, "not in the segment vip"),
        ("last_order > first_order", {"last_order": "2026-01-01", "first_order": "2026-01-05"},
         "last order is 5 days too early"),
        ("orders >= 3 AND mailable", {"orders": 1, "mailable": False},
         "2 orders short and consent to mail is false, and must be true"),
    ],
)  # fmt: skip
def test_turn_words__each_kind_of_condition__say_the_distance(text: str, values: dict[str, Any], words: str) -> None:
    case = case_of(text, values)
    turn = nearest_turn(case)
    assert turn is not None
    assert turn_words(case, turn) == words


@pytest.mark.parametrize(
    ("text", "values", "distance"),
    [
        ("orders >= 12", {"orders": 10}, 2),
        (RECENT, {"last_order": "2025-11-28"}, 3),
        ("city = 'Rome'", {"city": "Milan"}, None),
        ("orders >= 12", {}, None),
    ],
)
def test_step_words__distance__is_in_the_unit_or_in_days(text: str, values: dict[str, Any], distance: Any) -> None:
    case = case_of(text, values)
    turn = nearest_turn(case)
    assert turn is not None
    assert step_words(case, turn.changes[0], turn.enters).distance == distance


def test_nearest_turn__declared_facts__suggests_no_value_beyond_them() -> None:
    catalogue = {"n": AttributeFacts("number", minimum=0, maximum=10, is_whole=True)}
    leaving = nearest_turn(Case(parse("n >= 0", catalogue), {"n": 4}, NOON, catalogue=catalogue))
    assert leaving is not None and leaving.changes[0].after is None, (
        "below zero there is nothing: only not known is left"
    )
    entering = nearest_turn(Case(parse("n > 2.5", catalogue), {"n": 1}, NOON, catalogue=catalogue))
    assert entering is not None and float(entering.changes[0].after).is_integer()


@pytest.mark.parametrize(
    "declared",
    [
        AttributeFacts("number", minimum=2.5, is_whole=True),
        AttributeFacts("number", maximum=0.5, is_whole=True),
        AttributeFacts("number", maximum=-3.25),
    ],
)
def test_nearest_turn__value_that_is_missing__is_filled_within_the_declared_facts(declared: AttributeFacts) -> None:
    case = Case(parse("n IS NOT NULL", {"n": declared}), {}, NOON, catalogue={"n": declared})
    turn = nearest_turn(case)
    assert turn is not None
    assert breaks_facts(turn.changes[0].after, declared) is False


def breaks_facts(value: float, declared: AttributeFacts) -> bool:
    too_low = isinstance(declared.minimum, float) and value < declared.minimum
    too_high = isinstance(declared.maximum, float) and value > declared.maximum
    return too_low or too_high or (declared.is_whole and not float(value).is_integer())


def test_nearest_turn__value_that_is_always_known__is_never_to_be_forgotten() -> None:
    catalogue = {"n": AttributeFacts("number", is_always_known=True), "m": AttributeFacts("number")}
    case = Case(parse("n <> 4 AND m IS NOT NULL", catalogue), {"n": 5, "m": 1}, NOON, catalogue=catalogue)
    turn = nearest_turn(case)
    assert turn is not None and [(change.fact.key, change.after) for change in turn.changes] == [("n", 4)]
    known = Case(parse("n IS NULL", catalogue), {"n": 5}, NOON, catalogue=catalogue)
    assert nearest_turn(known) is None


def test_nearest_turn__rule_for_no_one__has_none() -> None:
    case = case_of("orders > 3 AND FALSE", {"orders": 1})
    assert nearest_turn(case) is None
    assert not can_turn(case)
    assert can_turn(case_of("orders > 3", {"orders": 1}))


@pytest.mark.parametrize(
    "text",
    [
        " OR ".join(f"a{n % 300} >= {n % 7 + 10}" for n in range(900)),
        " AND ".join(f"a{n % 300} >= {n % 7}" for n in range(900)),
        " AND ".join(f"(a{n} >= 7 OR a{n * 7 % 300} < 4)" for n in range(300)),
    ],
)
def test_explanation__largest_rules__stay_bounded(text: str) -> None:
    catalogue = {f"a{n}": "number" for n in range(300)}
    rule, values = parse(text, catalogue), {f"a{n}": n % 5 for n in range(300)}
    began = process_time()
    case = Case(rule, values, NOON, catalogue=catalogue)
    found, turn = deciding(case), nearest_turn(case)
    assert process_time() - began < 8, "a guard against growth without bound, not a measurement"
    assert found.facts
    if turn is not None:
        changed = {**values, **{change.fact.key: change.after for change in turn.changes}}
        assert (matches(rule, changed, NOON) is True) == turn.enters
