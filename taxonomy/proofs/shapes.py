"""Conditions cut down to what a proof asks: one attribute's value alone, two values beside each other, or neither."""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

from taxonomy.rules.nodes import (
    FLIPPED,
    Attribute,
    Between,
    Compare,
    Condition,
    Flag,
    In,
    Like,
    Literal,
    Lower,
    Operand,
    RelativeDate,
    Scalar,
)
from taxonomy.rules.patterns import matcher, read_pattern
from taxonomy.rules.types import AttributeType
from taxonomy.rules.values import canonical_number, lower_case

# The unknown day that CURRENT_DATE stands for is held like an attribute; no attribute has this key.
TODAY = "\x00today"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
# operator -> the one of =, <, <= that says it, and whether that has to hold
_SAID_BY = {"=": ("=", True), "<>": ("=", False), "<": ("<", True), ">=": ("<", False), "<=": ("<=", True)}
_SAID_BY[">"] = ("<=", False)
_HOLDS: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "<": operator.lt,
    "<=": operator.le,
    "in": lambda value, members: value in members,
    "prefix": str.startswith,
    "like": lambda value, pattern: matcher(pattern)(value),
    "any": lambda value, _: True,
}


@dataclass(frozen=True, slots=True)
class Atom:
    """A question about the value of one attribute alone, which is known: = < <= in prefix like, or any.

    Values are coded: dates as day numbers, timestamps as microseconds since 1970, numbers as floats.
    """

    key: str
    kind: str
    value: Any
    lowered: bool = False

    @property
    def is_opaque(self) -> bool:
        """Whether the answer does not follow from where the value stands in the order of values."""
        return self.lowered or self.kind == "like"

    def holds(self, value: Any) -> bool:
        """The answer for a coded value."""
        return _HOLDS[self.kind](lower_case(value) if self.lowered else value, self.value)


@dataclass(frozen=True, slots=True)
class Asked:
    """An atom that holds, or one that does not; UNKNOWN where the attribute is missing."""

    atom: Atom
    holds: bool


class Term(NamedTuple):
    """A value of an attribute (or TODAY) plus a number of days; without a key the number itself."""

    key: str | None
    shift: int = 0


@dataclass(frozen=True, slots=True)
class Ordered:
    """left = right, left < right or left <= right holds, or does not."""

    left: Term
    kind: str
    right: Term
    holds: bool

    @property
    def keys(self) -> tuple[str, ...]:
        """What is compared, CURRENT_DATE included."""
        return tuple(term.key for term in (self.left, self.right) if term.key is not None)


@dataclass(frozen=True, slots=True)
class Free:
    """A condition over these attributes that the encoding does not look into; UNKNOWN where one is missing."""

    keys: tuple[str, ...]
    condition: Condition


@dataclass(frozen=True, slots=True)
class Both:
    """All parts (holds), or the negation of that: how BETWEEN reads."""

    parts: tuple[Shape, ...]
    holds: bool


Shape = bool | Asked | Ordered | Free | Both


def shape_of(condition: Condition) -> Shape:
    """What a condition that reads values asks."""
    match condition:
        case Compare():
            return _compared(condition)
        case Between(operand, low, high, negated):
            ends = (Compare(operand, ">=", low), Compare(operand, "<=", high))
            return Both(tuple(_compared(end) for end in ends), not negated)
        case In(operand, values, negated):
            members = frozenset(code(_type(operand), value) for value in values)
            return Asked(_atom(operand, "in", members), not negated)
        case Like(operand, pattern, negated):
            return Asked(_atom(operand, *_pattern_question(pattern)), not negated)
        case Flag(attribute):
            return Asked(Atom(attribute.key, "=", True), True)
        case _:
            raise TypeError(f"{type(condition).__name__} reads no value.")


def code(type_: str, value: Any) -> Any:
    """A value as proofs hold it."""
    if type_ == "number":
        return float(value)
    if type_ == "timestamp":
        return (value - _EPOCH) // _MICROSECOND
    return value.toordinal() if type_ == "date" else value


def decode(type_: AttributeType, coded: Any) -> Scalar:
    """The value that a code stands for."""
    if type_ == "number":
        return canonical_number(coded)
    if type_ == "timestamp":
        return _EPOCH + timedelta(microseconds=coded)
    if type_ == "date":
        return date.fromordinal(coded)
    plain: Scalar = coded
    return plain


def _compared(condition: Compare) -> Shape:
    left, sign, right = condition.left, condition.operator, condition.right
    if not isinstance(left, Attribute | Lower) and isinstance(right, Attribute | Lower):
        left, sign, right = right, FLIPPED[sign], left
    kind, holds = _SAID_BY[sign]
    if isinstance(left, Attribute | Lower) and isinstance(right, Literal):
        return Asked(_atom(left, kind, code(_type(left), right.value)), holds)
    if isinstance(left, Attribute | Lower) and left == right:
        return Asked(_atom(left, "any", None), (kind != "<") is holds)
    if isinstance(left, Literal) and isinstance(right, Literal):
        return _HOLDS[kind](left.value, right.value) is holds
    first, second = _term(left), _term(right)
    if first is None or second is None:
        read = (side.attribute if isinstance(side, Lower) else side for side in (left, right))
        return Free(tuple({side.key: None for side in read if isinstance(side, Attribute)}), condition)
    if first.key == second.key:
        return _HOLDS[kind](first.shift, second.shift) is holds
    return Ordered(first, kind, second, holds)


def _term(operand: Operand) -> Term | None:
    if isinstance(operand, Attribute):
        return Term(operand.key)
    if isinstance(operand, RelativeDate):
        return Term(TODAY, -operand.days_back)
    return Term(None, code("date", operand.value)) if isinstance(operand, Literal) else None


def _atom(operand: Attribute | Lower, kind: str, value: Any) -> Atom:
    if isinstance(operand, Lower):
        return Atom(operand.attribute.key, kind, value, lowered=kind != "any")
    return Atom(operand.key, kind, value)


def _pattern_question(pattern: str) -> tuple[str, Any]:
    read = read_pattern(pattern)
    if read.is_plain and len(read.pieces) == 1:
        return "=", read.texts[0]
    if not any(read.pieces):
        return "any", None
    if read.is_plain and len(read.pieces) == 2 and not read.pieces[1]:
        return "prefix", read.texts[0]
    return "like", pattern


def _type(operand: Attribute | Lower) -> str:
    return operand.type if isinstance(operand, Attribute) else "text"
