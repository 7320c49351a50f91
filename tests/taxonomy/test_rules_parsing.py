"""Text to rule and back: every construct, the one way in which it is written again, and what it is in the tree."""

from datetime import UTC, date, datetime

import pytest

from taxonomy.rules import LIMITS, Rule, parse, to_text
from taxonomy.rules.nodes import (
    And,
    Attribute,
    Between,
    Compare,
    Constant,
    Contains,
    Flag,
    In,
    InSegment,
    IsNull,
    Like,
    Literal,
    Lower,
    Not,
    Or,
    RelativeDate,
)
from tests.taxonomy.rule_catalogue import CATALOGUE

ORDERS = Attribute("orders", "number")
CITY = Attribute("city", "text")
MAILABLE = Attribute("mailable", "boolean")
LAST = Attribute("last_order", "date")
SEEN = Attribute("seen", "timestamp")
ONE = Literal("number", 1)

TREES = [
    ("orders = 1", Compare(ORDERS, "=", ONE)),
    ("orders <> 1", Compare(ORDERS, "<>", ONE)),
    ("orders < 1", Compare(ORDERS, "<", ONE)),
    ("orders <= 1", Compare(ORDERS, "<=", ONE)),
    ("orders > 1", Compare(ORDERS, ">", ONE)),
    ("orders >= 1", Compare(ORDERS, ">=", ONE)),
    ("1 < orders", Compare(ONE, "<", ORDERS)),
    ("orders = spend", Compare(ORDERS, "=", Attribute("spend", "number"))),
    ("orders = -1.5", Compare(ORDERS, "=", Literal("number", -1.5))),
    ("orders = 1e+22", Compare(ORDERS, "=", Literal("number", 1e22))),
    ("orders = 5e-324", Compare(ORDERS, "=", Literal("number", 5e-324))),
    ("city = ''", Compare(CITY, "=", Literal("text", ""))),
    ("city = 'O''Brien'", Compare(CITY, "=", Literal("text", "O'Brien"))),
    ("city >= 'Ünna'", Compare(CITY, ">=", Literal("text", "Ünna"))),
    ("city = 'a -- b /* c */ ; drop'", Compare(CITY, "=", Literal("text", "a -- b /* c */ ; drop"))),
    ("department = 'Deli'", Compare(Attribute("department", "enum"), "=", Literal("text", "Deli"))),
    ("mailable = TRUE", Compare(MAILABLE, "=", Literal("boolean", True))),
    ("LOWER(city) = 'rome'", Compare(Lower(CITY), "=", Literal("text", "rome"))),
    ("last_order = DATE '2024-02-29'", Compare(LAST, "=", Literal("date", date(2024, 2, 29)))),
    ("last_order >= CURRENT_DATE", Compare(LAST, ">=", RelativeDate(0))),
    ("last_order >= CURRENT_DATE - INTERVAL '90' DAY", Compare(LAST, ">=", RelativeDate(90))),
    (
        "seen < TIMESTAMP '2026-01-31T10:30:00.000001Z'",
        Compare(SEEN, "<", Literal("timestamp", datetime(2026, 1, 31, 10, 30, 0, 1, UTC))),
    ),
    ("orders BETWEEN 1 AND spend", Between(ORDERS, ONE, Attribute("spend", "number"))),
    ("orders NOT BETWEEN 1 AND 1", Between(ORDERS, ONE, ONE, negated=True)),
    ("1 BETWEEN orders AND spend", Between(ONE, ORDERS, Attribute("spend", "number"))),
    ("orders IN (2, 1)", In(ORDERS, (2, 1))),
    ("city NOT IN ('a')", In(CITY, ("a",), negated=True)),
    ("LOWER(city) IN ('a', 'b')", In(Lower(CITY), ("a", "b"))),
    ("mailable IN (TRUE, FALSE)", In(MAILABLE, (True, False))),
    ("city LIKE 'a\\%b_%'", Like(CITY, "a\\%b_%")),
    ("city NOT LIKE '%'", Like(CITY, "%", negated=True)),
    ("orders IS NULL", IsNull(ORDERS)),
    ("tags IS NOT NULL", IsNull(Attribute("tags", "set"), negated=True)),
    ("mailable", Flag(MAILABLE)),
    ("NOT mailable", Not(Flag(MAILABLE))),
    ("TRUE", Constant(True)),
    ("FALSE", Constant(False)),
    ("CONTAINS(tags, 'x')", Contains(Attribute("tags", "set"), "x")),
    ("IN_SEGMENT('big-spenders_2')", InSegment("big-spenders_2")),
    ("mailable AND TRUE AND member", And((Flag(MAILABLE), Constant(True), Flag(Attribute("member", "boolean"))))),
    ("mailable OR TRUE AND FALSE", Or((Flag(MAILABLE), And((Constant(True), Constant(False)))))),
    ("(mailable OR TRUE) AND FALSE", And((Or((Flag(MAILABLE), Constant(True))), Constant(False)))),
    ("NOT (mailable AND TRUE)", Not(And((Flag(MAILABLE), Constant(True))))),
    ("NOT orders = 1", Not(Compare(ORDERS, "=", ONE))),
    ("NOT NOT mailable", Not(Not(Flag(MAILABLE)))),
    ("\"home-city\" = 'x'", Compare(Attribute("home-city", "text"), "=", Literal("text", "x"))),
    ('"2nd" = 1', Compare(Attribute("2nd", "number"), "=", ONE)),
    ('"and" = 1', Compare(Attribute("and", "number"), "=", ONE)),
    ('"odd "" name" = 1', Compare(Attribute('odd " name', "number"), "=", ONE)),
    ("date = DATE '2026-01-01'", Compare(Attribute("date", "date"), "=", Literal("date", date(2026, 1, 1)))),
]

WRITTEN_OTHERWISE = [
    ("orders=1", "orders = 1"),
    ("orders != 1", "orders <> 1"),
    ("ORDERS_ IS NULL OR orders=1", None),
    ("orders = 1.0", "orders = 1"),
    ("orders = 1.", "orders = 1"),
    ("orders = .50", "orders = 0.5"),
    ("orders = -0.0", "orders = 0"),
    ("orders = 100e-2", "orders = 1"),
    ("orders = 1E3", "orders = 1000"),
    ("orders = - 5", "orders = -5"),
    ("orders = 9007199254740992", "orders = 9007199254740992"),
    ("orders = 9223372036854775808", "orders = 9.223372036854776e+18"),
    ("\t not\r\n( mailable )", "NOT mailable"),
    ("not orders in (1, 1.0, 2, 1)", "orders NOT IN (1, 2)"),
    ("NOT city LIKE 'a'", "city NOT LIKE 'a'"),
    ("NOT (orders BETWEEN 1 AND 2)", "orders NOT BETWEEN 1 AND 2"),
    ("NOT city IS NOT NULL", "NOT city IS NOT NULL"),
    ("NOT city IS NULL", "city IS NOT NULL"),
    ("NOT city NOT IN ('a')", "NOT city NOT IN ('a')"),
    ("(((orders))) = ((1))", "orders = 1"),
    ("orders in ((1), (2))", "orders IN (1, 2)"),
    ("mailable AND (TRUE AND (FALSE AND member))", "mailable AND TRUE AND FALSE AND member"),
    ("mailable OR (TRUE OR FALSE)", "mailable OR TRUE OR FALSE"),
    ("(mailable AND TRUE) OR (FALSE)", "mailable AND TRUE OR FALSE"),
    ("orders between 1 and 2 and mailable", "orders BETWEEN 1 AND 2 AND mailable"),
    ("lower ( city ) = 'x' and Contains ( tags , 'x' )", "LOWER(city) = 'x' AND CONTAINS(tags, 'x')"),
    ("last_order < current_date-interval'0'day", "last_order < CURRENT_DATE"),
    ("last_order = date'2026-01-31'", "last_order = DATE '2026-01-31'"),
    ('"orders" = 1', "orders = 1"),
    ("lower(\"home-city\") = 'x'", "LOWER(\"home-city\") = 'x'"),
    ("seen = timestamp '2026-01-31 10:30'", "seen = TIMESTAMP '2026-01-31T10:30:00Z'"),
    ("seen = timestamp '2026-01-31'", "seen = TIMESTAMP '2026-01-31T00:00:00Z'"),
    ("seen = timestamp '2026-01-31T10:30:00.5+02:30'", "seen = TIMESTAMP '2026-01-31T08:00:00.500000Z'"),
    ("seen = timestamp '2026-01-31T23:30:00-01:00'", "seen = TIMESTAMP '2026-02-01T00:30:00Z'"),
]


@pytest.mark.parametrize(("text", "condition"), TREES)
def test_parse__construct__gives_its_node_and_is_written_as_it_was(text: str, condition: object) -> None:
    rule = parse(text, CATALOGUE)
    assert rule == Rule(condition)  # type: ignore[arg-type]
    assert to_text(rule) == text


@pytest.mark.parametrize(("text", "canonical"), [pair for pair in WRITTEN_OTHERWISE if pair[1]])
def test_parse__written_otherwise__comes_to_the_canonical_text(text: str, canonical: str) -> None:
    rule = parse(text, CATALOGUE)
    assert to_text(rule) == canonical
    assert parse(canonical, CATALOGUE) == rule
    assert hash(parse(canonical, CATALOGUE)) == hash(rule)


def test_parse__bare_type_names__are_a_catalogue() -> None:
    rule = parse("size > 3 AND colour = 'any word'", {"size": "number", "colour": "enum"})
    assert to_text(rule) == "size > 3 AND colour = 'any word'"


def test_parse__unknown_type_in_catalogue__is_an_error_of_the_caller() -> None:
    with pytest.raises(ValueError, match="does not exist"):
        parse("size > 3", {"size": "decimal"})


@pytest.mark.parametrize("key", ["select", "case", "limit", "day", "lower", "contains", "now", "timestamp", "distinct"])
def test_parse__attribute_named_like_sql__needs_no_quotes_when_the_catalogue_has_it(key: str) -> None:
    rule = parse(f"{key} = 1 OR {key} IS NULL", {key: "number"})
    assert to_text(rule) == f"{key} = 1 OR {key} IS NULL"


@pytest.mark.parametrize("joiner", [" AND ", " OR "])
def test_parse__longest_chain__is_one_flat_node(joiner: str) -> None:
    rule = parse(joiner.join(["orders = 1"] * (LIMITS.nodes - 1)), CATALOGUE)
    assert isinstance(rule.condition, And | Or)
    assert len(rule.condition.conditions) == LIMITS.nodes - 1
    assert parse(to_text(rule), CATALOGUE) == rule


def test_parse__deepest_nesting__is_read_and_written() -> None:
    text = "mailable"
    for level in range(LIMITS.depth - 1):
        text = f"NOT {text}" if level % 3 == 0 else f"({text}) {'AND' if level % 3 == 1 else 'OR'} TRUE"
    rule = parse(text, CATALOGUE)
    assert parse(to_text(rule), CATALOGUE) == rule


def test_parse__longest_list__is_read() -> None:
    values = ", ".join(str(number) for number in range(LIMITS.list_items))
    rule = parse(f"orders IN ({values})", CATALOGUE)
    assert isinstance(rule.condition, In)
    assert len(rule.condition.values) == LIMITS.list_items
