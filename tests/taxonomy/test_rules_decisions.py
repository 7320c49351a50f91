"""What docs/rule-language.md decides once for every evaluator, decision by decision."""

import math
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import duckdb
import pytest

from taxonomy.rules import RuleError, WrongValueError, cautions, from_tree, matches, parse, to_text, to_tree
from taxonomy.rules.types import facts_of
from taxonomy.rules.values import customer_value
from tests.taxonomy import evaluators
from tests.taxonomy.rule_catalogue import CATALOGUE

AS_OF = datetime(2026, 3, 1, 12, tzinfo=UTC)
Ask = Callable[..., list[bool | None]]


@pytest.fixture(scope="module")
def database() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(config={"enable_external_access": False, "threads": 1}) as connection:
        yield connection


@pytest.fixture
def ask(database: duckdb.DuckDBPyConnection, db: None) -> Ask:
    """What all evaluators answer for each value of an attribute; they must agree."""

    def answers(text: str, key: str, *values: Any, as_of: datetime = AS_OF) -> list[bool | None]:
        facts, rules = facts_of(CATALOGUE, key), [parse(text, CATALOGUE)]
        assert facts is not None
        rows, types = [{key: value} for value in values], {key: facts.type}
        found = evaluators.by_reference(rules, rows, as_of)
        assert evaluators.by_polars(rules, types, rows, as_of) == found
        assert evaluators.by_duckdb(database, rules, types, rows, as_of) == found
        assert evaluators.by_postgres(rules, types, rows, as_of) == found
        return found[0]

    return answers


def refused(text: str) -> str:
    with pytest.raises(RuleError) as found:
        parse(text, CATALOGUE)
    return found.value.code


def test_decision_d1__order_of_texts__is_by_code_point(ask: Ask) -> None:
    ordered = ["", " ", "A", "Z", "a", "z", "é", "Ω", "\ue000", "\uffee", "😀"]
    for position, text in enumerate(ordered[1:], start=1):
        assert ask(f"city < '{text}'", "city", *ordered) == [n < position for n in range(len(ordered))]


def test_decision_d2__one_and_one_point_zero__are_one_number(ask: Ask) -> None:
    assert parse("orders = 1.0", CATALOGUE) == parse("orders = 1", CATALOGUE) == parse("orders = 10e-1", CATALOGUE)
    assert ask("orders = 1.0 AND orders IN (1) AND orders >= 1e0", "orders", 1, 1.0) == [True, True]


@pytest.mark.parametrize(
    "text",
    [
        "last_order = seen",
        "seen >= CURRENT_DATE",
        "seen = DATE '2026-01-01'",
        "last_order = TIMESTAMP '2026-01-01'",
        "last_order = '2026-01-01'",
        "seen = '2026-01-01T00:00:00Z'",
    ],
)
def test_decision_d3__date_beside_timestamp_or_text__is_refused(text: str) -> None:
    assert refused(text) == "wrong_type"


def test_decision_d4__backslash_in_like__takes_the_next_character_literally(ask: Ask) -> None:
    texts = ["50%", "50x", "a_b", "axb", "a\\b", "ab", None]
    assert ask(r"city LIKE '50\%'", "city", *texts) == [True, False, False, False, False, False, None]
    assert ask(r"city LIKE 'a\_b'", "city", *texts) == [False, False, True, False, False, False, None]
    assert ask(r"city LIKE 'a\\b'", "city", *texts) == [False, False, False, False, True, False, None]
    assert ask(r"city LIKE '\a\b'", "city", *texts) == [False, False, False, False, False, True, None]
    assert refused("city LIKE 'a\\'") == "invalid_pattern"
    assert refused("city LIKE 'a' ESCAPE 'x'") == "not_in_language"


def test_decision_d5__empty_list__is_refused_as_text_and_as_tree() -> None:
    assert refused("orders IN ()") == refused("orders NOT IN ()") == "empty_list"
    tree = to_tree(parse("orders IN (1)", CATALOGUE))
    with pytest.raises(RuleError) as found:
        from_tree({**tree, "rule": {**tree["rule"], "values": []}}, CATALOGUE)
    assert found.value.code == "empty_list"


def test_decision_d6__negative_zero__is_zero(ask: Ask) -> None:
    assert to_text(parse("orders = -0.0", CATALOGUE)) == "orders = 0"
    for text in ("orders = 0", "orders IN (0, 7)", "orders BETWEEN 0 AND 0", "NOT orders < 0", "orders NOT IN (1, 2)"):
        assert ask(text, "orders", -0.0, 0.0, 0) == [True, True, True], text


def test_decision_d7__whole_numbers_beyond_exactness__are_refused_never_rounded(ask: Ask) -> None:
    assert refused("orders = 9007199254740993") == "invalid_number"
    assert refused("orders IN (1, 123456789012345678901)") == "invalid_number"
    assert ask("orders = 9007199254740992", "orders", 2.0**53, 2.0**53 - 1) == [True, False]
    assert ask("orders = 1e22 OR orders = 1.7976931348623157e308", "orders", 1e22, 1.7976931348623157e308) == [True] * 2
    assert refused("orders = 1e309") == "invalid_number"


def test_decision_d8__nan_and_infinity__are_refused_at_the_door() -> None:
    assert refused("orders = NaN") == "unknown_attribute"
    tree = to_tree(parse("orders = 1", CATALOGUE))
    for odd in (math.nan, math.inf, -math.inf):
        with pytest.raises(RuleError):
            from_tree({**tree, "rule": {**tree["rule"], "right": {**tree["rule"]["right"], "value": odd}}}, CATALOGUE)
        with pytest.raises(WrongValueError):
            customer_value("number", "orders", odd)
        with pytest.raises(WrongValueError):
            matches(parse("orders = 1", CATALOGUE), {"orders": odd}, AS_OF)


def test_decision_d9__empty_text_and_empty_set__are_not_missing(ask: Ask) -> None:
    assert ask("city = ''", "city", "", None, " ") == [True, None, False]
    assert ask("city IS NULL", "city", "", None) == [False, True]
    assert ask("city LIKE '%'", "city", "", None) == [True, None]
    assert ask("CONTAINS(tags, 'a')", "tags", [], None, [""], ["a"]) == [False, None, False, True]
    assert ask("tags IS NULL", "tags", [], None) == [False, True]


def test_decision_d10__duplicates_in_a_list__count_once() -> None:
    assert to_text(parse("orders IN (2, 1, 1.0, 2, 10e-1)", CATALOGUE)) == "orders IN (2, 1)"
    assert parse("city IN ('a', 'a')", CATALOGUE) == parse("city IN ('a')", CATALOGUE)


def test_decision_d11__between_with_the_larger_value_first__is_never_true(ask: Ask) -> None:
    rule = parse("orders BETWEEN 7 AND 5", CATALOGUE)
    assert ask("orders BETWEEN 7 AND 5", "orders", 4, 5, 6, 7, 8, None) == [False] * 5 + [None]
    assert ask("orders NOT BETWEEN 7 AND 5", "orders", 4, 6, None) == [True, True, None]
    assert "never true" in cautions(rule, CATALOGUE)[0]


def test_decision_d12__current_date_at_a_boundary__is_the_utc_date_of_the_instant(ask: Ask) -> None:
    midnight = datetime(2026, 3, 1, tzinfo=UTC)
    days = [(midnight - timedelta(days=n)).date() for n in range(3)]
    text = "last_order = CURRENT_DATE"
    assert ask(text, "last_order", *days, as_of=midnight) == [True, False, False]
    assert ask(text, "last_order", *days, as_of=midnight - timedelta(microseconds=1)) == [False, True, False]
    west = midnight.astimezone(timezone(timedelta(hours=-12)))
    assert ask(text, "last_order", *days, as_of=west) == [True, False, False]
    leap = datetime(2024, 3, 1, tzinfo=UTC)
    back = "last_order = CURRENT_DATE - INTERVAL '1' DAY"
    assert ask(back, "last_order", (leap - timedelta(days=1)).date(), as_of=leap) == [True]


def test_decision_d13__lower__follows_the_full_tables(ask: Ask) -> None:
    for text, lowered in {"İ": "i̇", "ΑΣ": "ας", "ΑΣΑ": "ασα", "ß": "ß", "ẞ": "ß", "ǅ": "ǆ", "😀É": "😀é"}.items():
        assert ask(f"LOWER(city) = '{lowered}'", "city", text, "other", None) == [True, False, None], text


def test_decision_d14__one_end_of_between__can_decide_alone() -> None:
    rule = parse("orders BETWEEN 7 AND spend", CATALOGUE)
    assert matches(rule, {"orders": 5}, AS_OF) is False
    assert matches(rule, {"orders": 8}, AS_OF) is None


def test_decisions__the_table_of_the_document__has_a_test_each() -> None:
    written = Path(__file__).parents[2].joinpath("docs/rule-language.md").read_text(encoding="utf-8")
    listed = {line.split("|")[1].strip().lower() for line in written.splitlines() if line.startswith("| D")}
    tested = {
        name.split("__")[0].removeprefix("test_decision_") for name in globals() if name.startswith("test_decision_")
    }
    assert listed == tested
