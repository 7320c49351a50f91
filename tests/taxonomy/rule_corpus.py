"""A corpus of rules and customers, always the same: every construct, over values that engines like to differ on."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

from taxonomy.compiler import segment_column
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
from taxonomy.rules.types import ORDERED
from taxonomy.rules.values import canonical_number

AS_OF = datetime(2024, 2, 29, 23, 59, 59, 999999, tzinfo=UTC)
SEGMENTS = ("vip", "2_a")
CHOICES = ("", "A", "a", "Bäckerei", "Ω", "10", "9", "a%b", "it's")
CATALOGUE = {
    "orders": AttributeFacts("number"),
    "2nd": AttributeFacts("number"),
    "city": AttributeFacts("text"),
    'quo"te`s': AttributeFacts("text"),
    "and": AttributeFacts("boolean"),
    "a.b c": AttributeFacts("boolean"),
    "date": AttributeFacts("date"),
    "first-order": AttributeFacts("date"),
    "seen": AttributeFacts("timestamp"),
    "naïve": AttributeFacts("timestamp"),
    "plan": AttributeFacts("enum", choices=CHOICES),
    "tags": AttributeFacts("set"),
}
NUMBERS = (
    0.0,
    -0.0,
    1.0,
    -1.0,
    0.1,
    0.1 + 0.2,
    0.3,
    1.5,
    1e16,
    2.0**53,
    -(2.0**53),
    2.0**53 - 1,
    1e22,
    5e-324,
    -5e-324,
)
NUMBERS += (2.2250738585072014e-308, 1.7976931348623157e308, -1.7976931348623157e308, 123456.789, 3.0, 7.0)
TEXTS = (
    "",
    "a",
    "A",
    "ab",
    "aB",
    "a b",
    " ",
    "é",
    "e\u0301",
    "ß",
    "ẞ",
    "SS",
    "İ",
    "i̇",
    "ı",
    "I",
    "Σ",
    "ΑΣ",
    "ας",
    "ασ",
)
TEXTS += (
    "%",
    "_",
    "\\",
    "a%b",
    "a_b",
    "a\\b",
    "it's",
    '"',
    "`",
    "😀",
    "😀b",
    "\ue000",
    "\U0010fffd",
    "z",
    "ab\nb",
    "null",
    "Z",
)
DATES = (date(1, 1, 1), date(9999, 12, 31), date(2024, 2, 29), date(2024, 2, 28), date(2024, 3, 1), date(1970, 1, 1))
DATES += (date(1582, 10, 4), date(1582, 10, 15), date(2023, 12, 1), date(1900, 2, 28))
INSTANTS = (
    datetime(1, 1, 1, tzinfo=UTC),
    datetime(9999, 12, 31, 23, 59, 59, 999999, UTC),
    datetime(1969, 12, 31, 23, 59, 59, 999999, UTC),
    datetime(1970, 1, 1, tzinfo=UTC),
    datetime(1582, 10, 10, 12, tzinfo=UTC),
    datetime(2024, 3, 31, 1, 30, tzinfo=UTC),
    AS_OF,
    AS_OF + timedelta(microseconds=1),
)
PATTERNS = (
    "%",
    "_",
    "",
    "a%",
    "%b",
    "%a%b%",
    "a_b",
    r"a\%b",
    r"a\_b",
    r"\\",
    r"a\\b",
    r"\a%",
    "_%_",
    "%%",
    "😀%",
    "_b",
)
PATTERNS += ("%É", "é", "e_", "%.%", "(%", "[a-z]%", "%\n%", "it's", "`", '%"%', "%s", "İ", "%ς", "i_")

_POOLS: dict[str, tuple[Any, ...]] = {
    "number": NUMBERS,
    "text": TEXTS,
    "enum": CHOICES,
    "boolean": (True, False),
    "date": DATES,
    "timestamp": INSTANTS,
}


def customers(count: int, seed: int = 1) -> list[dict[str, Any]]:
    """`count` customers, a third of whose values are missing, with the answers of other segments as columns."""
    draw = Random(seed)
    return [
        {key: None if draw.random() < 0.3 else _value(draw, facts.type) for key, facts in CATALOGUE.items()}
        | {segment_column(key): draw.choice((True, False, None)) for key in SEGMENTS}
        for _ in range(count)
    ]


def rules(count: int, seed: int = 1) -> list[Rule]:
    """`count` rules, from single conditions to three levels."""
    draw = Random(seed)
    return [Rule(_condition(draw, draw.choice((0, 0, 1, 2, 3)))) for _ in range(count)]


def _value(draw: Random, type_: str) -> Any:
    if type_ == "set":
        return draw.sample(TEXTS, draw.randint(0, 4))
    return draw.choice(_POOLS[type_])


def _condition(draw: Random, depth: int) -> Condition:
    if depth == 0:
        return draw.choice(_CLAUSES)(draw)
    kind = draw.choice(("and", "or", "not"))
    if kind == "not":
        return negation(_condition(draw, depth - 1))
    parts = [_condition(draw, depth - 1) for _ in range(draw.randint(2, 3))]
    return all_of(parts) if kind == "and" else any_of(parts)


def _attribute(draw: Random, *types: str) -> Attribute:
    key = draw.choice([key for key, facts in CATALOGUE.items() if not types or facts.type in types])
    return Attribute(key, CATALOGUE[key].type)


def _written(draw: Random, type_: str) -> Any:
    value = draw.choice([each for each in _POOLS[type_] if each != "ab\nb"])
    return canonical_number(value) if type_ == "number" else value


def _reading(draw: Random, attribute: Attribute) -> Attribute | Lower:
    return Lower(attribute) if attribute.type == "text" and draw.random() < 0.3 else attribute


def _beside(draw: Random, type_: str) -> Operand:
    if draw.random() < 0.25:
        return _attribute(draw, type_)
    if type_ == "date" and draw.random() < 0.3:
        return RelativeDate(draw.choice((0, 1, 90, 36_600)))
    return Literal("text" if type_ == "enum" else type_, _written(draw, type_))  # type: ignore[arg-type]


def _compare(draw: Random) -> Condition:
    attribute = _attribute(draw, "number", "text", "boolean", "date", "timestamp", "enum")
    operator = draw.choice(("=", "<>", "<", "<=", ">", ">=") if attribute.type in ORDERED else ("=", "<>"))
    sides: list[Operand] = [_reading(draw, attribute), _beside(draw, attribute.type)]
    draw.shuffle(sides)
    return Compare(sides[0], operator, sides[1])  # type: ignore[arg-type]


def _between(draw: Random) -> Condition:
    attribute = _attribute(draw, *ORDERED)
    ends = _beside(draw, attribute.type), _beside(draw, attribute.type)
    return Between(_reading(draw, attribute), *ends, draw.random() < 0.4)


def _within(draw: Random) -> Condition:
    attribute = _attribute(draw, "number", "text", "boolean", "date", "timestamp", "enum")
    values = dict.fromkeys(_written(draw, attribute.type) for _ in range(draw.choice((1, 2, 4, 20))))
    return In(_reading(draw, attribute), tuple(values), draw.random() < 0.4)


def _like(draw: Random) -> Condition:
    attribute = _attribute(draw, "text", "enum")
    return Like(_reading(draw, attribute), draw.choice(PATTERNS), draw.random() < 0.4)


_CLAUSES: tuple[Callable[[Random], Condition], ...] = (
    _compare,
    _compare,
    _compare,
    _between,
    _within,
    _like,
    _like,
    lambda draw: IsNull(_attribute(draw), draw.random() < 0.5),
    lambda draw: Flag(_attribute(draw, "boolean")),
    lambda draw: Contains(_attribute(draw, "set"), draw.choice(TEXTS[:-4])),
    lambda draw: InSegment(draw.choice(SEGMENTS)),
    lambda draw: Constant(draw.random() < 0.5),
)
