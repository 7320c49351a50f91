"""What a rule answers for one customer: three-valued logic, the types, and why."""

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest

from taxonomy.rules import WrongValueError, explain, matches, parse
from tests.processor import takes_less_than
from tests.taxonomy.rule_catalogue import CATALOGUE

AS_OF = datetime(2026, 3, 1, 0, 30, tzinfo=UTC)
T, F, U = True, False, None

# text, attribute values, answer
ANSWERS: list[tuple[str, dict[str, Any], bool | None]] = [
    ("orders = 1", {"orders": 1}, T),
    ("orders = 1", {"orders": 1.0}, T),
    ("orders = 1.0", {"orders": 1}, T),
    ("orders = 0", {"orders": -0.0}, T),
    ("orders = 1", {}, U),
    ("orders = 1", {"orders": None}, U),
    ("orders <> 1", {}, U),
    ("NOT orders = 1", {}, U),
    ("orders = orders", {}, U),
    ("orders = orders", {"orders": 2}, T),
    ("2 <= orders", {"orders": 2}, T),
    ("spend > orders", {"spend": 2, "orders": 1}, T),
    ("spend > orders", {"spend": 2}, U),
    # text: exact, case-sensitive, by code point
    ("city = 'Rome'", {"city": "rome"}, F),
    ("city = ''", {"city": ""}, T),
    ("city = ''", {}, U),
    ("city < 'a'", {"city": "Z"}, T),
    ("city > 'z'", {"city": "é"}, T),
    ("city > '\ue000'", {"city": "😀"}, T),
    ("city = 'é'", {"city": "e\u0301"}, F),
    ("LOWER(city) = 'éa'", {"city": "ÉA"}, T),
    ("LOWER(city) = 'x'", {}, U),
    ("LOWER(department) = 'deli'", {"department": "Deli"}, T),
    # booleans
    ("mailable", {"mailable": True}, T),
    ("mailable", {"mailable": False}, F),
    ("mailable", {}, U),
    ("NOT mailable", {}, U),
    ("mailable = FALSE", {"mailable": False}, T),
    ("mailable <> member", {"mailable": False, "member": True}, T),
    ("mailable IN (TRUE)", {"mailable": False}, F),
    # three-valued logic
    ("mailable AND member", {"mailable": False}, F),
    ("mailable AND member", {"mailable": True}, U),
    ("mailable OR member", {"mailable": True}, T),
    ("mailable OR member", {"mailable": False}, U),
    ("NOT (mailable AND member)", {"mailable": False}, T),
    ("NOT (mailable OR member)", {"mailable": False}, U),
    ("mailable AND TRUE", {}, U),
    ("mailable OR NOT mailable", {}, U),
    ("TRUE", {}, T),
    ("FALSE", {}, F),
    # NULL
    ("orders IS NULL", {}, T),
    ("orders IS NULL", {"orders": 0}, F),
    ("orders IS NOT NULL", {"orders": 0}, T),
    ("city IS NULL", {"city": ""}, F),
    ("tags IS NULL", {"tags": []}, F),
    # BETWEEN
    ("orders BETWEEN 1 AND 3", {"orders": 1}, T),
    ("orders BETWEEN 1 AND 3", {"orders": 3}, T),
    ("orders BETWEEN 3 AND 1", {"orders": 2}, F),
    ("orders NOT BETWEEN 1 AND 3", {"orders": 4}, T),
    ("orders NOT BETWEEN 1 AND 3", {}, U),
    ("5 BETWEEN orders AND spend", {"orders": 7}, F),
    ("5 BETWEEN orders AND spend", {"orders": 3}, U),
    ("5 NOT BETWEEN orders AND spend", {"orders": 7}, T),
    # IN
    ("orders IN (1, 2)", {"orders": 2.0}, T),
    ("orders NOT IN (1, 2)", {"orders": 3}, T),
    ("orders NOT IN (1, 2)", {}, U),
    ("city IN ('a')", {"city": "A"}, F),
    # LIKE
    ("city LIKE 'a%'", {"city": "abc"}, T),
    ("city LIKE 'a%'", {"city": "Abc"}, F),
    ("city LIKE '_b_'", {"city": "😀b\n"}, T),
    ("city LIKE '_'", {"city": ""}, F),
    ("city LIKE '%'", {"city": ""}, T),
    ("city LIKE ''", {"city": ""}, T),
    ("city LIKE 'a'", {"city": "a\n"}, F),
    ("city LIKE '%a%b%'", {"city": "xaxbx"}, T),
    ("city LIKE 'ab%ba'", {"city": "aba"}, F),
    ("city LIKE 'a%a_'", {"city": "aab"}, T),
    ("city LIKE 'a\\%'", {"city": "a%"}, T),
    ("city LIKE 'a\\%'", {"city": "ab"}, F),
    ("city LIKE 'a\\_b'", {"city": "axb"}, F),
    ("city LIKE '\\\\%'", {"city": "\\x"}, T),
    ("city LIKE '\\a'", {"city": "a"}, T),
    ("city LIKE '.*'", {"city": "abc"}, F),
    ("city NOT LIKE 'a%'", {}, U),
    # dates and timestamps
    ("last_order = DATE '2026-02-28'", {"last_order": date(2026, 2, 28)}, T),
    ("last_order = DATE '2026-02-28'", {"last_order": "2026-02-28"}, T),
    ("last_order = CURRENT_DATE", {"last_order": "2026-03-01"}, T),
    ("last_order >= CURRENT_DATE - INTERVAL '1' DAY", {"last_order": "2026-02-28"}, T),
    ("last_order >= CURRENT_DATE - INTERVAL '1' DAY", {"last_order": "2026-02-27"}, F),
    ("last_order < first_order", {"last_order": "0001-01-01", "first_order": "9999-12-31"}, T),
    ("seen = TIMESTAMP '2026-01-01T10:00:00Z'", {"seen": "2026-01-01T11:00:00+01:00"}, T),
    ("seen = TIMESTAMP '2026-01-01T10:00:00Z'", {"seen": "2026-01-01T10:00:00"}, T),
    ("seen = TIMESTAMP '2026-01-01T10:00:00Z'", {"seen": datetime(2026, 1, 1, 10)}, T),
    ("seen < TIMESTAMP '2026-01-01T10:00:00Z'", {"seen": "2026-01-01T09:59:59.999999Z"}, T),
    # sets
    ("CONTAINS(tags, 'a')", {"tags": ["a", "b"]}, T),
    ("CONTAINS(tags, 'a')", {"tags": frozenset({"A"})}, F),
    ("CONTAINS(tags, 'a')", {"tags": []}, F),
    ("CONTAINS(tags, 'a')", {}, U),
    ("NOT CONTAINS(tags, 'a')", {}, U),
    # other segments
    ("IN_SEGMENT('vip')", {}, T),
    ("NOT IN_SEGMENT('vip')", {}, F),
    ("IN_SEGMENT('unknown')", {}, U),
]


@pytest.mark.parametrize(("text", "values", "answer"), ANSWERS)
def test_matches__rule_and_customer__answers(text: str, values: dict[str, Any], answer: bool | None) -> None:
    rule = parse(text, CATALOGUE)
    assert matches(rule, values, AS_OF, segments={"vip": True, "unknown": None}) is answer


WRONG_VALUES = [
    ("orders = 1", {"orders": "1"}),
    ("orders = 1", {"orders": True}),
    ("orders = 1", {"orders": float("nan")}),
    ("orders = 1", {"orders": float("inf")}),
    ("orders = 1", {"orders": 10**400}),
    ("city = 'a'", {"city": 1}),
    ("city LIKE 'a'", {"city": b"a"}),
    ("mailable", {"mailable": "true"}),
    ("mailable", {"mailable": 1}),
    ("last_order = CURRENT_DATE", {"last_order": "2026-2-3"}),
    ("last_order = CURRENT_DATE", {"last_order": datetime(2026, 1, 1, tzinfo=UTC)}),
    ("last_order = CURRENT_DATE", {"last_order": 20260101}),
    ("seen = TIMESTAMP '2026-01-01'", {"seen": "yesterday"}),
    ("seen = TIMESTAMP '2026-01-01'", {"seen": date(2026, 1, 1)}),
    ("CONTAINS(tags, 'a')", {"tags": "a"}),
    ("CONTAINS(tags, 'a')", {"tags": [1]}),
]


@pytest.mark.parametrize(("text", "values"), WRONG_VALUES)
def test_matches__value_of_another_type__is_an_error_that_names_it(text: str, values: dict[str, Any]) -> None:
    with pytest.raises(WrongValueError, match=next(iter(values))):
        matches(parse(text, CATALOGUE), values, AS_OF)


@pytest.mark.parametrize(
    "as_of",
    [
        AS_OF,
        date(2026, 3, 1),
        datetime(2026, 3, 1, 23, 59),
        datetime(2026, 2, 28, 23, 30, tzinfo=timezone(timedelta(hours=-1))),
        datetime(2026, 3, 2, 0, 30, tzinfo=timezone(timedelta(hours=14))),
    ],
)
def test_matches__current_date__is_the_utc_date_of_the_instant(as_of: datetime) -> None:
    rule = parse("last_order = CURRENT_DATE", CATALOGUE)
    assert matches(rule, {"last_order": "2026-03-01"}, as_of) is True


def test_matches__segments_by_function__are_asked_by_key() -> None:
    rule = parse("IN_SEGMENT('a') AND NOT IN_SEGMENT('b')", CATALOGUE)
    assert matches(rule, {}, AS_OF, segments=lambda key: key == "a") is True


def test_matches__segment_without_an_answer__is_an_error() -> None:
    rule = parse("IN_SEGMENT('a')", CATALOGUE)
    with pytest.raises(LookupError, match="the segment a"):
        matches(rule, {}, AS_OF)
    with pytest.raises(LookupError):
        matches(rule, {}, AS_OF, segments={"b": True})


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("%a" * 400 + "%b", "a" * 30_000),
        ("%_" * 450, "a" * 400),
        ("%" + "_" * 900 + "b", "a" * 30_000),
        ("a%" * 450 + "b", "a" * 30_000),
        ("%" * 1000, "a" * 30_000),
        ("%aaaaaaaaab%" * 80, "a" * 30_000),
    ],
)
def test_matches__pattern_made_to_backtrack__is_answered_at_once(pattern: str, text: str) -> None:
    rule = parse(f"city LIKE '{pattern}'", CATALOGUE)
    assert takes_less_than(1, lambda: matches(rule, {"city": text}, AS_OF))


def test_explain__every_condition__has_text_words_values_and_result() -> None:
    rule = parse("orders >= 3 AND (city = 'Rome' OR CONTAINS(tags, 'x'))", CATALOGUE)
    found = explain(rule, {"orders": 5, "city": "Oslo"}, AS_OF, catalogue=CATALOGUE)
    assert (found.kind, found.result, found.values) == ("and", None, ())
    orders, either = found.children
    assert (orders.kind, orders.text, orders.result) == ("compare", "orders >= 3", True)
    assert orders.words == "orders in last 90 days is at least 3"
    assert orders.values == (("orders", 5),)
    assert [child.result for child in either.children] == [False, None]
    assert either.children[1].values == (("tags", None),)
    assert hash(found.children[0])


def test_explain__without_catalogue__has_no_words() -> None:
    assert explain(parse("mailable", CATALOGUE), {}, AS_OF).words == ""
