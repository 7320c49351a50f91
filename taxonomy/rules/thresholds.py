"""The values in a rule that people tune: found in the tree, named by place, and put in again with another value."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from math import isfinite
from typing import Literal as OneOf

from taxonomy.rules.limits import LIMITS
from taxonomy.rules.nodes import (
    FLIPPED,
    And,
    Attribute,
    Between,
    Compare,
    Condition,
    Constant,
    Literal,
    Not,
    Operand,
    Operator,
    Or,
    RelativeDate,
    Rule,
    all_of,
    any_of,
)
from taxonomy.rules.text import timestamp_text
from taxonomy.rules.values import canonical_number, whole_number

Kind = OneOf["number", "date", "timestamp", "days"]
Value = int | float | date | datetime
LOW, HIGH = "from", "to"
OPERATORS: tuple[str, ...] = (*FLIPPED, LOW, HIGH)
_WRITTEN = {
    "number": "Give a number.",
    "days": f"Give whole days from 0 to {LIMITS.days_back:,}.",
    "date": "Give a date, for example 2026-01-31.",
    "timestamp": "Give an instant, for example 2026-01-31T08:00:00Z.",
}
_END_OPERATORS: dict[str, Operator] = {LOW: ">=", HIGH: "<="}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value stands: the n-th time (from 1, in reading order) that the attribute is compared so.

    `operator` is seen from the attribute: 3 <= orders is orders >= 3. `from` and `to` are the ends of a BETWEEN.
    """

    attribute: str
    operator: str
    occurrence: int = 1


@dataclass(frozen=True, slots=True)
class Candidate:
    """One value of a rule that may have a name: its place, what it is, and what it says now (days: whole days back)."""

    place: Place
    kind: Kind
    value: Value

    @property
    def comparison(self) -> Operator:
        """The comparison of the attribute with the value; an end of a BETWEEN is one of its two comparisons."""
        return _END_OPERATORS.get(self.place.operator) or self.place.operator  # type: ignore[return-value]


def candidates(rule: Rule) -> list[Candidate]:
    """Every number, date, timestamp and number of days in the rule that an attribute is compared with, in order."""
    return [candidate for candidate, _ in _found(rule.condition)]


def candidate_at(rule: Rule, place: Place) -> Candidate | None:
    """The value at the place, or None where the rule has none."""
    return next((found for found in candidates(rule) if found.place == place), None)


def with_value(rule: Rule, place: Place, value: Value) -> Rule:
    """The rule with another value at the place. Raises ValueError where there is no such place or value."""
    candidate = _required(rule, place)
    operand = _operand(candidate.kind, value)

    def put(condition: Compare | Between, side: str) -> Condition:
        return replace(condition, **{side: operand})  # type: ignore[arg-type]

    return Rule(_changed(rule.condition, place, put))


def with_filling(rule: Rule, place: Place, filling: Condition) -> Rule:
    """The rule with the comparison at the place replaced by another condition, and TRUE and FALSE worked out.

    A BETWEEN is taken apart into its two comparisons first, which says the same. The rule is TRUE for the same
    customers as before wherever the filling answers as the comparison did.
    """
    _required(rule, place)

    def fill(condition: Compare | Between, side: str) -> Condition:
        if isinstance(condition, Compare):
            return filling
        kept = (
            Compare(condition.operand, "<=", condition.high)
            if side == "low"
            else Compare(condition.operand, ">=", condition.low)
        )
        both = all_of([filling, kept])
        return Not(both) if condition.negated else both

    return Rule(_worked_out(_changed(rule.condition, place, fill)))


def value_as_json(value: Value) -> int | float | str:
    """The value as it is stored and sent: a number, or a date or timestamp as text."""
    if isinstance(value, datetime):
        return timestamp_text(value)
    return value.isoformat() if isinstance(value, date) else value


def value_from(kind: Kind, given: object) -> Value:
    """The value that was written as JSON or as the text of a field; raises ValueError saying what to write."""
    if kind in ("date", "timestamp"):
        form = date if kind == "date" else datetime
        try:
            read = form.fromisoformat(given if isinstance(given, str) else "")
        except ValueError:
            raise ValueError(_WRITTEN[kind]) from None
        value: object = read.astimezone(UTC) if isinstance(read, datetime) and read.tzinfo else read
    else:
        try:
            value = float(given) if isinstance(given, str) and len(given) <= LIMITS.number_characters else given
        except ValueError:
            raise ValueError(_WRITTEN[kind]) from None
    operand = _operand(kind, value)  # type: ignore[arg-type]
    return operand.days_back if isinstance(operand, RelativeDate) else operand.value  # type: ignore[return-value, union-attr]


# --- the walk ---------------------------------------------------------------------------------------------------------


def _found(condition: Condition) -> Iterator[tuple[Candidate, str]]:
    """Each candidate with the side of its condition that holds it, in reading order."""
    counts: dict[tuple[str, str], int] = {}
    for leaf in _leaves(condition):
        for attribute, operator, side, operand in _sides(leaf):
            kind, value = _kind_and_value(operand)
            occurrence = counts[attribute.key, operator] = counts.get((attribute.key, operator), 0) + 1
            yield Candidate(Place(attribute.key, operator, occurrence), kind, value), side


def _leaves(condition: Condition) -> Iterator[Condition]:
    waiting = [condition]
    while waiting:
        node = waiting.pop()
        if isinstance(node, And | Or):
            waiting.extend(reversed(node.conditions))
        elif isinstance(node, Not):
            waiting.append(node.condition)
        else:
            yield node


def _sides(condition: Condition) -> Iterator[tuple[Attribute, str, str, Literal | RelativeDate]]:
    """(attribute, operator seen from it, side, operand) for each value that the condition itself compares with."""
    if isinstance(condition, Compare):
        if isinstance(condition.left, Attribute) and _is_value(condition.right):
            yield condition.left, condition.operator, "right", condition.right  # type: ignore[misc]
        elif isinstance(condition.right, Attribute) and _is_value(condition.left):
            yield condition.right, FLIPPED[condition.operator], "left", condition.left  # type: ignore[misc]
    elif isinstance(condition, Between) and isinstance(condition.operand, Attribute):
        for operator, side, operand in ((LOW, "low", condition.low), (HIGH, "high", condition.high)):
            if _is_value(operand):
                yield condition.operand, operator, side, operand  # type: ignore[misc]


def _is_value(operand: Operand) -> bool:
    if isinstance(operand, Literal):
        return operand.type in ("number", "date", "timestamp")
    return isinstance(operand, RelativeDate)


def _kind_and_value(operand: Literal | RelativeDate) -> tuple[Kind, Value]:
    if isinstance(operand, RelativeDate):
        return "days", operand.days_back
    return operand.type, operand.value  # type: ignore[return-value]


def _operand(kind: Kind, value: Value) -> Operand:
    is_number = isinstance(value, int | float) and not isinstance(value, bool) and _is_finite(value)
    if kind == "days":
        if not is_number or value != int(value) or not 0 <= value <= LIMITS.days_back:  # type: ignore[arg-type, operator]
            raise ValueError(_WRITTEN[kind])
        return RelativeDate(int(value))  # type: ignore[arg-type]
    if kind == "number":
        if not is_number:
            raise ValueError(_WRITTEN[kind])
        return Literal("number", whole_number(value) if isinstance(value, int) else canonical_number(value))  # type: ignore[arg-type]
    if kind == "timestamp":
        if not isinstance(value, datetime) or value.tzinfo is None:
            raise ValueError(_WRITTEN[kind])
    elif not isinstance(value, date) or isinstance(value, datetime):
        raise ValueError(_WRITTEN[kind])
    return Literal(kind, value)


def _is_finite(value: float) -> bool:
    try:
        return isfinite(value)
    except OverflowError:
        return False


def _required(rule: Rule, place: Place) -> Candidate:
    candidate = candidate_at(rule, place)
    if candidate is None:
        raise ValueError(f"The rule does not compare {place.attribute} so: {place.operator}, time {place.occurrence}.")
    return candidate


def _changed(condition: Condition, place: Place, change: Callable[[Compare | Between, str], Condition]) -> Condition:
    counts: dict[tuple[str, str], int] = {}

    def visit(node: Condition) -> Condition:
        if isinstance(node, And):
            return all_of(visit(part) for part in node.conditions)
        if isinstance(node, Or):
            return any_of(visit(part) for part in node.conditions)
        if isinstance(node, Not):
            return Not(visit(node.condition))
        for attribute, operator, side, _ in _sides(node):
            counts[attribute.key, operator] = counts.get((attribute.key, operator), 0) + 1
            if place == Place(attribute.key, operator, counts[attribute.key, operator]):
                return change(node, side)  # type: ignore[arg-type]
        return node

    return visit(condition)


def _worked_out(condition: Condition) -> Condition:
    """The condition without constants inside groups: what decides nothing goes, what decides everything stays alone."""
    if isinstance(condition, Not):
        inner = _worked_out(condition.condition)
        return Constant(not inner.value) if isinstance(inner, Constant) else Not(inner)
    if not isinstance(condition, And | Or):
        return condition
    decides = isinstance(condition, Or)
    kept = []
    for part in map(_worked_out, condition.conditions):
        if part == Constant(decides):
            return part
        if part != Constant(not decides):
            kept.append(part)
    if not kept:
        return Constant(not decides)
    return any_of(kept) if decides else all_of(kept)
