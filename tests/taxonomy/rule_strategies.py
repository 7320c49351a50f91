"""Random catalogues, rules and customers for properties: small pools, so that rules and customers often meet."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from taxonomy.rules import AttributeFacts, Rule
from taxonomy.rules.nodes import (
    Attribute,
    Between,
    Compare,
    Condition,
    Constant,
    Contains,
    Flag,
    In,
    InSegment,
    IsNull,
    Like,
    Literal,
    Lower,
    Operand,
    RelativeDate,
    all_of,
    any_of,
    negation,
)
from taxonomy.rules.types import EQUATABLE, ORDERED, TEXTUAL
from taxonomy.rules.values import HIDDEN, canonical_number

AS_OF = datetime(2026, 3, 1, 0, 30, tzinfo=UTC)
SEGMENTS = ("vip", "new-customers", "2_a")
KEYS = ("orders", "home_city", "2nd-visit", "and", "Case", "naïve", 'quo"te', "date", "a b", "x")
TYPES = ("number", "text", "boolean", "date", "timestamp", "enum", "set")
CHOICES = ("", "A", "a", "Bakery", "é", "Ω", "10", "9", "a%b", "it's")
TEXTS = (
    "",
    "a",
    "A",
    "b",
    "ab",
    "aB",
    "a b",
    "é",
    "e\u0301",
    "ß",
    "ẞ",
    "%",
    "_",
    "\\",
    "a%b",
    "a_b",
    "it's",
    '"',
    "😀",
    "\ue000",
)
EVERY_TEXT = st.sampled_from(TEXTS) | st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=6
)
NUMBERS = (0, 1, -1, 2, 0.5, -0.5, 0.1, 3, 1e308, -1e308, 5e-324, 2**53, -(2**53), 1e22, 1.7976931348623157e308)
DATES = (
    date(1, 1, 1),
    date(9999, 12, 31),
    date(2024, 2, 29),
    date(2026, 2, 28),
    date(2026, 3, 1),
    date(2026, 3, 2),
    date(2025, 12, 1),
    date(1970, 1, 1),
)
INSTANTS = (
    datetime(1, 1, 1, tzinfo=UTC),
    datetime(9999, 12, 31, 23, 59, 59, 999999, UTC),
    datetime(1969, 12, 31, 23, 59, 59, 999999, UTC),
    datetime(1970, 1, 1, tzinfo=UTC),
    AS_OF,
    AS_OF + timedelta(microseconds=1),
)
PATTERN_PIECES = (
    "%",
    "_",
    "a",
    "b",
    "A",
    "é",
    "😀",
    "\\%",
    "\\_",
    "\\\\",
    "\\a",
    ".",
    "*",
    "[",
    "(",
    "$",
    "^",
    " ",
    "'",
    "|",
)


def _shown(text: str) -> bool:
    return not HIDDEN.search(text)


def _of(type_: str) -> st.SearchStrategy[Any]:
    numbers = st.sampled_from(NUMBERS) | st.floats(allow_nan=False, allow_infinity=False) | st.integers(-5, 5)
    values: dict[str, st.SearchStrategy[Any]] = {
        "number": numbers,
        "text": EVERY_TEXT,
        "enum": st.sampled_from(CHOICES),
        "boolean": st.booleans(),
        "date": st.sampled_from(DATES) | st.dates(),
        "timestamp": st.sampled_from(INSTANTS) | st.datetimes(timezones=st.just(UTC)),
        "set": st.lists(EVERY_TEXT, max_size=3),
    }
    return values[type_]


@st.composite
def catalogues(draw: st.DrawFn) -> dict[str, AttributeFacts]:
    """A catalogue with odd names; every type occurs in most of them, some twice."""
    keys = draw(st.permutations(KEYS))
    types = draw(st.permutations(TYPES + TYPES[:3]))
    size = draw(st.integers(3, len(KEYS)))
    return {
        key: AttributeFacts(type_, key.capitalize(), choices=CHOICES if type_ == "enum" else ())  # type: ignore[arg-type]
        for key, type_ in list(zip(keys, types, strict=True))[:size]
    }


@st.composite
def customers(draw: st.DrawFn, catalogue: dict[str, AttributeFacts]) -> dict[str, Any]:
    """One customer; a third of the values are missing."""
    row = {}
    for key, facts in catalogue.items():
        missing = draw(st.integers(0, 2)) == 0
        row[key] = None if missing else draw(_of(facts.type))
    return row


def memberships() -> st.SearchStrategy[dict[str, bool | None]]:
    """What other segments answer for a customer."""
    return st.fixed_dictionaries({key: st.sampled_from([True, False, None]) for key in SEGMENTS})


@st.composite
def rules(draw: st.DrawFn, catalogue: dict[str, AttributeFacts], depth: int = 3) -> Rule:
    """A rule over the catalogue, in the form that checking gives."""
    return Rule(draw(_conditions(catalogue, depth)))


@st.composite
def _conditions(draw: st.DrawFn, catalogue: dict[str, AttributeFacts], depth: int) -> Condition:
    if depth == 0 or draw(st.integers(0, 3)) == 0:
        return draw(_clauses(catalogue))
    joiner = draw(st.sampled_from([all_of, any_of, negation]))
    if joiner is negation:
        return negation(draw(_conditions(catalogue, depth - 1)))
    parts = [draw(_conditions(catalogue, depth - 1)) for _ in range(draw(st.integers(2, 3)))]
    return joiner(parts)  # type: ignore[arg-type]


@st.composite
def _clauses(draw: st.DrawFn, catalogue: dict[str, AttributeFacts]) -> Condition:
    attribute = draw(_attributes(catalogue, TYPES))
    kind = draw(st.sampled_from(["compare", "compare", "between", "in", "like", "null", "other"]))
    negated = draw(st.booleans())
    if kind == "null":
        return IsNull(attribute, negated)
    if kind == "compare" and attribute.type in EQUATABLE:
        operators = ["=", "<>", "<", "<=", ">", ">="] if attribute.type in ORDERED else ["=", "<>"]
        operator = draw(st.sampled_from(operators))
        sides = [draw(_reading(attribute)), draw(_beside(catalogue, attribute))]
        left, right = (sides[1], sides[0]) if draw(st.booleans()) else sides
        if "text" in (_type(left), _type(right)) and _type(left) != _type(right):
            left, right = attribute, Literal("text", draw(st.sampled_from(CHOICES)))
        return Compare(left, operator, right)
    if kind == "between" and attribute.type in ORDERED and attribute.type != "enum":
        operand = draw(_reading(attribute))
        return Between(operand, draw(_beside(catalogue, attribute)), draw(_beside(catalogue, attribute)), negated)
    if kind == "in" and attribute.type in EQUATABLE:
        values = dict.fromkeys(draw(st.lists(_written(attribute.type), min_size=1, max_size=4)))
        return In(attribute, tuple(values), negated)
    if kind == "like" and attribute.type in TEXTUAL:
        pieces = draw(st.lists(st.sampled_from(("%", "_", "a", "b") * 8 + PATTERN_PIECES), max_size=5))
        return Like(draw(_reading(attribute)), "".join(pieces), negated)
    if attribute.type == "boolean":
        return Flag(attribute)
    if attribute.type == "set":
        return Contains(attribute, draw(EVERY_TEXT.filter(_shown)))
    return draw(st.sampled_from([Constant(True), Constant(False), *map(InSegment, SEGMENTS)]))


@st.composite
def _attributes(draw: st.DrawFn, catalogue: dict[str, AttributeFacts], types: Sequence[str]) -> Attribute:
    keys = [key for key, facts in catalogue.items() if facts.type in types]
    key = draw(st.sampled_from(keys))
    return Attribute(key, catalogue[key].type)


@st.composite
def _reading(draw: st.DrawFn, attribute: Attribute) -> Attribute | Lower:
    return Lower(attribute) if attribute.type == "text" and draw(st.integers(0, 3)) == 0 else attribute


@st.composite
def _beside(draw: st.DrawFn, catalogue: dict[str, AttributeFacts], attribute: Attribute) -> Operand:
    choice = draw(st.integers(0, 3))
    if choice == 0:
        return draw(_attributes(catalogue, [attribute.type]))
    if choice == 1 and attribute.type == "date":
        return RelativeDate(draw(st.sampled_from([0, 1, 90, 365, 36600])))
    type_ = "text" if attribute.type == "enum" else attribute.type
    return Literal(type_, draw(_written(attribute.type)))  # type: ignore[arg-type]


def _written(type_: str) -> st.SearchStrategy[Any]:
    if type_ == "number":
        return _of("number").map(lambda value: canonical_number(float(value)))
    return _of(type_).filter(_shown) if type_ == "text" else _of(type_)


def _type(operand: Operand) -> str:
    if isinstance(operand, Attribute | Literal):
        return operand.type
    return "text" if isinstance(operand, Lower) else "date"
