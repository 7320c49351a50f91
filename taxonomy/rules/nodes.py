"""The typed tree of a rule: conditions, the operands they compare, and the three ways to join conditions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Literal as OneOf

from taxonomy.rules.types import AttributeType, LiteralType

Scalar = int | float | str | bool | date | datetime
Operator = OneOf["=", "<>", "<", "<=", ">", ">="]

FLIPPED: dict[str, Operator] = {"=": "=", "<>": "<>", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
OPPOSITE: dict[str, Operator] = {"=": "<>", "<>": "=", "<": ">=", "<=": ">", ">": "<=", ">=": "<"}


@dataclass(frozen=True, slots=True)
class Attribute:
    """The value of one attribute of the customer, of the type it had when the rule was checked."""

    key: str
    type: AttributeType


@dataclass(frozen=True, slots=True)
class Literal:
    """A value written in the rule. Timestamps are aware and in UTC; whole numbers are int, others float."""

    type: LiteralType
    value: Scalar


@dataclass(frozen=True, slots=True)
class Lower:
    """The text of an attribute in lower case."""

    attribute: Attribute


@dataclass(frozen=True, slots=True)
class RelativeDate:
    """The UTC date of the run's as-of instant, less a number of days."""

    days_back: int = 0


Operand = Attribute | Literal | Lower | RelativeDate


@dataclass(frozen=True, slots=True)
class And:
    """True where all conditions are; at least two, none of them an And."""

    conditions: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """True where one condition is; at least two, none of them an Or."""

    conditions: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """True where the condition is false; UNKNOWN stays UNKNOWN."""

    condition: Condition


@dataclass(frozen=True, slots=True)
class Compare:
    """left operator right; at least one side reads an attribute."""

    left: Operand
    operator: Operator
    right: Operand


@dataclass(frozen=True, slots=True)
class Between:
    """low <= operand AND operand <= high, both ends included."""

    operand: Operand
    low: Operand
    high: Operand
    negated: bool = False


@dataclass(frozen=True, slots=True)
class In:
    """The operand equals one of the values, which are of its type, without duplicates, as they were written."""

    operand: Attribute | Lower
    values: tuple[Scalar, ...]
    negated: bool = False
    members: frozenset[Scalar] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Keep the values as a set too: a list may hold thousands, and membership is asked for each customer."""
        object.__setattr__(self, "members", frozenset(self.values))


@dataclass(frozen=True, slots=True)
class Like:
    """The whole text matches the pattern: % any text, _ any one character, backslash takes the next literally."""

    operand: Attribute | Lower
    pattern: str
    negated: bool = False


@dataclass(frozen=True, slots=True)
class IsNull:
    """The attribute has no value. Never UNKNOWN."""

    attribute: Attribute
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Flag:
    """A boolean attribute standing alone."""

    attribute: Attribute


@dataclass(frozen=True, slots=True)
class Constant:
    """TRUE or FALSE standing alone."""

    value: bool


@dataclass(frozen=True, slots=True)
class Contains:
    """The set attribute holds the text."""

    attribute: Attribute
    value: str


@dataclass(frozen=True, slots=True)
class InSegment:
    """The customer is in the segment with this key."""

    key: str


Condition = And | Or | Not | Compare | Between | In | Like | IsNull | Flag | Constant | Contains | InSegment


@dataclass(frozen=True, slots=True)
class Rule:
    """A checked rule: equal rules compare equal and hash alike, wherever they came from."""

    condition: Condition


def all_of(conditions: Iterable[Condition]) -> Condition:
    """The conditions joined by AND, flat; one condition stays itself."""
    flat: list[Condition] = []
    for condition in conditions:
        flat.extend(condition.conditions if isinstance(condition, And) else (condition,))
    return flat[0] if len(flat) == 1 else And(tuple(flat))


def any_of(conditions: Iterable[Condition]) -> Condition:
    """The conditions joined by OR, flat; one condition stays itself."""
    flat: list[Condition] = []
    for condition in conditions:
        flat.extend(condition.conditions if isinstance(condition, Or) else (condition,))
    return flat[0] if len(flat) == 1 else Or(tuple(flat))


def negation(condition: Condition) -> Condition:
    """NOT condition, in the one form that a rule keeps: x NOT IN (...) rather than NOT x IN (...)."""
    if isinstance(condition, Between | In | Like | IsNull) and not condition.negated:
        return replace(condition, negated=True)
    return Not(condition)
