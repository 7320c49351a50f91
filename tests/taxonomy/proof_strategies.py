"""Small rules over small domains, and every customer who could matter to them: proofs are held against all of them."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import product
from typing import Any

from hypothesis import strategies as st

from taxonomy.proofs import Witness
from taxonomy.rules import AttributeFacts, Rule, attributes_used, matches
from taxonomy.rules.nodes import (
    FLIPPED,
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
    RelativeDate,
    all_of,
    any_of,
    negation,
)

DAY = date(2026, 3, 1)
INSTANT = datetime(2026, 3, 1, tzinfo=UTC)
NEXT = 1.0000000000000002
ORDERED = ("=", "<>", "<", "<=", ">", ">=")
TODAYS = (DAY, DAY + timedelta(days=2))

FACTS: dict[str, AttributeFacts] = {
    "n": AttributeFacts("number"),
    "m": AttributeFacts("number", is_always_known=True),
    "whole": AttributeFacts("number", minimum=0, maximum=3, is_whole=True),
    "count": AttributeFacts("number", is_whole=True, not_before="whole"),
    "t": AttributeFacts("text"),
    "u": AttributeFacts("text", is_always_known=True),
    "e": AttributeFacts("enum", choices=("a", "A", "ab")),
    "f": AttributeFacts("enum", choices=("A", "b")),
    "d": AttributeFacts("date"),
    "later": AttributeFacts("date", minimum=DAY - timedelta(days=1), not_before="d"),
    "i": AttributeFacts("timestamp"),
    "flag": AttributeFacts("boolean"),
    "sure": AttributeFacts("boolean", is_always_known=True),
    "s": AttributeFacts("set"),
    "c": AttributeFacts("set", choices=("a", "b")),
}
_LETTERS = "abAé"
_TEXTS = ["", *_LETTERS, *(x + y for x in _LETTERS for y in _LETTERS), "aab", "aba", "abb", "bab", "Aab", "zz"]
_SETS = [frozenset(), frozenset("a"), frozenset("b"), frozenset("ab"), frozenset("z")]
_NUMBERS = [-1, 0, 0.25, 0.5, 1, NEXT, 1.25, 1.5, 1.75, 2, 3, 4]
DOMAINS: dict[str, list[Any]] = {
    "n": _NUMBERS,
    "m": _NUMBERS,
    "whole": [0, 1, 2, 3],
    "count": [-1, 0, 1, 2, 3, 4, 5],
    "t": _TEXTS,
    "u": _TEXTS,
    "e": ["a", "A", "ab"],
    "f": ["A", "b"],
    "d": [DAY + timedelta(days=days) for days in range(-5, 6)],
    "later": [DAY + timedelta(days=days) for days in range(-1, 7)],
    "i": [INSTANT + timedelta(microseconds=number) for number in range(-2, 4)],
    "flag": [True, False],
    "sure": [True, False],
    "s": _SETS,
    "c": _SETS[:4],
}
WRITTEN: dict[str, list[Any]] = {
    "number": [0, 1, NEXT, 1.5, 2],
    "text": ["", "a", "b", "ab", "A"],
    "date": [DAY, DAY + timedelta(days=1), DAY + timedelta(days=2)],
    "timestamp": [INSTANT, INSTANT + timedelta(microseconds=1)],
    "boolean": [True, False],
}


def kept_facts(row: dict[str, Any]) -> bool:
    """Whether a customer keeps to the declared facts that the domains do not see to."""
    for key, value in row.items():
        if value is None and FACTS[key].is_always_known:
            return False
        earlier = row.get(FACTS[key].not_before or "")
        if value is not None and earlier is not None and value < earlier:
            return False
    return True


def customers_of(*rules: Rule) -> Iterator[Witness]:
    """Every customer over the domains of what the rules read, on two days, in and out of the segment `vip`."""
    keys = sorted({key for rule in rules for key in attributes_used(rule)})
    domains = [[*([] if FACTS[key].is_always_known else [None]), *DOMAINS[key]] for key in keys]
    for values in product(*domains):
        row = dict(zip(keys, values, strict=True))
        if kept_facts(row):
            for today, vip in product(TODAYS, (True, False)):
                yield Witness(row, today, {"vip": vip})


def is_member(rule: Rule, customer: Witness) -> bool:
    """Whether the rule is TRUE for the customer."""
    return matches(rule, customer.attributes, customer.as_of, segments=customer.segments) is True


@st.composite
def rule_pairs(draw: st.DrawFn, *, attributes: int = 2, depth: int = 2, lowered: bool = True) -> tuple[Rule, Rule]:
    """Two rules over the same few attributes."""
    keys = draw(st.lists(st.sampled_from(sorted(FACTS)), min_size=1, max_size=attributes, unique=True))
    conditions = [draw(_conditions(keys, depth, lowered)) for _ in range(2)]
    return Rule(conditions[0]), Rule(conditions[1])


@st.composite
def _conditions(draw: st.DrawFn, keys: Sequence[str], depth: int, lowered: bool) -> Condition:
    if depth == 0 or draw(st.integers(0, 3)) == 0:
        return draw(_clauses(keys, lowered))
    joiner = draw(st.sampled_from([all_of, any_of, negation]))
    if joiner is negation:
        return negation(draw(_conditions(keys, depth - 1, lowered)))
    return joiner([draw(_conditions(keys, depth - 1, lowered)) for _ in range(draw(st.integers(2, 3)))])  # type: ignore[arg-type]


@st.composite
def _clauses(draw: st.DrawFn, keys: Sequence[str], lowered: bool) -> Condition:
    key = draw(st.sampled_from(keys))
    type_ = FACTS[key].type
    attribute, negated = Attribute(key, type_), draw(st.booleans())
    kind = draw(st.integers(0, 11))
    if kind == 0:
        return IsNull(attribute, negated)
    if kind == 1:
        return draw(st.sampled_from([Constant(True), Constant(False), InSegment("vip")]))
    if type_ == "set":
        return Contains(attribute, draw(st.sampled_from(["a", "b"])))
    if type_ == "boolean" and kind < 6:
        return Flag(attribute)
    is_text = type_ in ("text", "enum")
    operand = Lower(attribute) if lowered and is_text and draw(st.integers(0, 2)) == 0 else attribute
    if is_text and kind < 5:
        pieces = draw(st.lists(st.sampled_from(["%", "_", "a", "b", "A"]), max_size=3))
        return Like(operand, "".join(pieces), negated)
    written = WRITTEN["text" if is_text else type_]
    if type_ == "enum" and operand is attribute:
        written = list(FACTS[key].choices or ())
    if kind < 7:
        return In(
            operand, tuple(draw(st.lists(st.sampled_from(written), min_size=1, max_size=3, unique=True))), negated
        )
    literal = "text" if is_text else type_
    beside: list[Any] = [Literal(literal, value) for value in written]
    if type_ == "date":
        beside += [RelativeDate(0), RelativeDate(1), RelativeDate(3)]
    if operand is attribute:
        beside += [Attribute(other, type_) for other in keys if FACTS[other].type == type_]
    others = st.sampled_from(beside)
    if kind < 9 and type_ != "boolean":
        return Between(operand, draw(others), draw(others), negated)
    sign = draw(st.sampled_from(ORDERED if type_ != "boolean" else ORDERED[:2]))
    other = draw(others)
    return Compare(operand, sign, other) if draw(st.booleans()) else Compare(other, FLIPPED[sign], operand)
