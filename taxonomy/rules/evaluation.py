"""The reference meaning of a rule: what it answers for one customer, in SQL's three-valued logic."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from operator import eq, ge, gt, le, lt, ne
from typing import Any

from taxonomy.rules.nodes import (
    And,
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
    Not,
    Operand,
    Or,
    Rule,
)
from taxonomy.rules.patterns import matcher
from taxonomy.rules.values import customer_value, lower_case

Truth = bool | None
Segments = Mapping[str, Truth] | Callable[[str], Truth]

COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {"=": eq, "<>": ne, "<": lt, "<=": le, ">": gt, ">=": ge}


def matches(
    rule: Rule, attributes: Mapping[str, Any], as_of: datetime | date, *, segments: Segments | None = None
) -> Truth:
    """Whether the rule is true (True), false (False) or UNKNOWN (None) for a customer with these attribute values.

    A key that is missing, or None, is NULL. `as_of` resolves CURRENT_DATE to its UTC date (a naive instant is UTC).
    `segments` answers IN_SEGMENT. Raises WrongValueError for a value that is not of its attribute's type, and
    LookupError where the answer for a segment is needed but not given.
    """
    return Evaluation(attributes, as_of, segments).truth(rule.condition)


def utc_date(as_of: datetime | date) -> date:
    """The date that CURRENT_DATE stands for."""
    if not isinstance(as_of, datetime):
        return as_of
    return (as_of.astimezone(UTC) if as_of.tzinfo is not None else as_of).date()


class Evaluation:
    """One customer at one instant, against which conditions are evaluated."""

    __slots__ = ("attributes", "segments", "today")

    def __init__(self, attributes: Mapping[str, Any], as_of: datetime | date, segments: Segments | None) -> None:
        self.attributes = attributes
        self.today = utc_date(as_of)
        self.segments = segments

    def truth(self, condition: Condition) -> Truth:
        """What a condition answers."""
        return _TRUTHS[type(condition)](self, condition)

    def value(self, operand: Operand) -> Any:
        """What an operand yields; None is NULL."""
        kind = type(operand)
        if kind is Attribute:
            raw = self.attributes.get(operand.key)  # type: ignore[union-attr]
            return None if raw is None else customer_value(operand.type, operand.key, raw)  # type: ignore[union-attr]
        if kind is Literal:
            return operand.value  # type: ignore[union-attr]
        if isinstance(operand, Lower):
            text = self.value(operand.attribute)
            return None if text is None else lower_case(text)
        return self.today - timedelta(days=operand.days_back)  # type: ignore[union-attr]

    def segment(self, key: str) -> Truth:
        """Whether the customer is in another segment."""
        if self.segments is None:
            raise LookupError(f"The rule asks for the segment {key}, but no answer for segments was given.")
        return self.segments(key) if callable(self.segments) else self.segments[key]


def _and(evaluation: Evaluation, condition: And) -> Truth:
    answer: Truth = True
    for part in condition.conditions:
        truth = evaluation.truth(part)
        if truth is False:
            return False
        if truth is None:
            answer = None
    return answer


def _or(evaluation: Evaluation, condition: Or) -> Truth:
    answer: Truth = False
    for part in condition.conditions:
        truth = evaluation.truth(part)
        if truth:
            return True
        if truth is None:
            answer = None
    return answer


def _not(evaluation: Evaluation, condition: Not) -> Truth:
    truth = evaluation.truth(condition.condition)
    return None if truth is None else not truth


def _compare(evaluation: Evaluation, condition: Compare) -> Truth:
    left, right = evaluation.value(condition.left), evaluation.value(condition.right)
    return None if left is None or right is None else COMPARISONS[condition.operator](left, right)


def _between(evaluation: Evaluation, condition: Between) -> Truth:
    value = evaluation.value(condition.operand)
    low, high = evaluation.value(condition.low), evaluation.value(condition.high)
    if value is None:
        return None
    # One end can decide alone: 5 BETWEEN 7 AND NULL is false, not UNKNOWN.
    if (low is not None and value < low) or (high is not None and value > high):
        return condition.negated
    return None if low is None or high is None else not condition.negated


def _in(evaluation: Evaluation, condition: In) -> Truth:
    value = evaluation.value(condition.operand)
    return None if value is None else (value in condition.members) is not condition.negated


def _like(evaluation: Evaluation, condition: Like) -> Truth:
    value = evaluation.value(condition.operand)
    return None if value is None else matcher(condition.pattern)(value) is not condition.negated


def _is_null(evaluation: Evaluation, condition: IsNull) -> Truth:
    return (evaluation.attributes.get(condition.attribute.key) is None) is not condition.negated


def _flag(evaluation: Evaluation, condition: Flag) -> Truth:
    truth: Truth = evaluation.value(condition.attribute)
    return truth


def _constant(evaluation: Evaluation, condition: Constant) -> Truth:
    return condition.value


def _contains(evaluation: Evaluation, condition: Contains) -> Truth:
    members = evaluation.value(condition.attribute)
    return None if members is None else condition.value in members


def _in_segment(evaluation: Evaluation, condition: InSegment) -> Truth:
    return evaluation.segment(condition.key)


_TRUTHS: dict[type, Callable[[Evaluation, Any], Truth]] = {
    And: _and,
    Or: _or,
    Not: _not,
    Compare: _compare,
    Between: _between,
    In: _in,
    Like: _like,
    IsNull: _is_null,
    Flag: _flag,
    Constant: _constant,
    Contains: _contains,
    InSegment: _in_segment,
}
