"""Rules with one part exchanged everywhere: a segment that became others, an attribute that another one replaces."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from taxonomy.rules.nodes import (
    And,
    Attribute,
    Between,
    Compare,
    Condition,
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
    Scalar,
    all_of,
    any_of,
)

Exchange = Callable[[Condition], Condition]


def rule_with_segment(rule: Rule, key: str, replacement: Condition) -> Rule:
    """The rule asking for the replacement wherever it asked for the segment."""
    return Rule(_mapped(rule.condition, lambda leaf: replacement if leaf == InSegment(key) else leaf))


def rule_with_attribute(rule: Rule, key: str, replacement: Attribute, values: Mapping[str, Any]) -> Rule:
    """The rule reading the replacement wherever it read `key`, each written value exchanged for its counterpart.

    `values` maps the text of an old value to the new one; what it does not name stays as it is written.
    """
    return Rule(_mapped(rule.condition, lambda leaf: _exchanged(leaf, key, replacement, values)))


def values_written(rule: Rule, key: str) -> list[str]:
    """The values that the rule compares the attribute with, as texts, in their order, each once."""
    found: list[str] = []

    def note(leaf: Condition) -> Condition:
        found.extend(str(value) for value in _values_of(leaf, key))
        return leaf

    _mapped(rule.condition, note)
    return list(dict.fromkeys(found))


def _mapped(condition: Condition, exchange: Exchange) -> Condition:
    if isinstance(condition, And):
        return all_of(_mapped(each, exchange) for each in condition.conditions)
    if isinstance(condition, Or):
        return any_of(_mapped(each, exchange) for each in condition.conditions)
    if isinstance(condition, Not):
        return Not(_mapped(condition.condition, exchange))
    return exchange(condition)


def _reads(operand: Operand, key: str) -> bool:
    attribute = operand.attribute if isinstance(operand, Lower) else operand
    return isinstance(attribute, Attribute) and attribute.key == key


def _exchanged(leaf: Condition, key: str, new: Attribute, values: Mapping[str, Any]) -> Condition:
    if isinstance(leaf, Contains) and leaf.attribute.key == key:
        return Contains(new, str(_counterpart(leaf.value, values)))
    if isinstance(leaf, Flag | IsNull) and leaf.attribute.key == key:
        return replace(leaf, attribute=new)
    if isinstance(leaf, Like | In) and _reads(leaf.operand, key):
        read: Attribute | Lower = Lower(new) if isinstance(leaf.operand, Lower) else new
        if isinstance(leaf, Like):
            return replace(leaf, operand=read)
        return In(read, tuple(dict.fromkeys(_counterpart(value, values) for value in leaf.values)), leaf.negated)
    if isinstance(leaf, Compare) and (_reads(leaf.left, key) or _reads(leaf.right, key)):
        sides = [_side(side, key, new, values) for side in (leaf.left, leaf.right)]
        return replace(leaf, left=sides[0], right=sides[1])
    if isinstance(leaf, Between) and any(_reads(each, key) for each in (leaf.operand, leaf.low, leaf.high)):
        operand, low, high = (_side(each, key, new, values) for each in (leaf.operand, leaf.low, leaf.high))
        return replace(leaf, operand=operand, low=low, high=high)
    return leaf


def _side(side: Operand, key: str, new: Attribute, values: Mapping[str, Any]) -> Operand:
    if isinstance(side, Literal):
        return replace(side, value=_counterpart(side.value, values))
    return _operand(side, key, new)


def _operand(operand: Operand, key: str, new: Attribute) -> Operand:
    if not _reads(operand, key):
        return operand
    return Lower(new) if isinstance(operand, Lower) else new


def _counterpart(value: Scalar, values: Mapping[str, Any]) -> Scalar:
    # A moment is written with a T by JSON and with a blank by people.
    ways = (str(value), value.isoformat()) if isinstance(value, datetime) else (str(value),)
    found: Scalar = next((values[way] for way in ways if way in values), value)
    return found


def _values_of(leaf: Condition, key: str) -> list[Scalar]:
    if isinstance(leaf, In) and _reads(leaf.operand, key):
        return list(leaf.values)
    if isinstance(leaf, Contains) and leaf.attribute.key == key:
        return [leaf.value]
    if isinstance(leaf, Compare) and (_reads(leaf.left, key) or _reads(leaf.right, key)):
        return [side.value for side in (leaf.left, leaf.right) if isinstance(side, Literal)]
    if isinstance(leaf, Between) and _reads(leaf.operand, key):
        return [side.value for side in (leaf.low, leaf.high) if isinstance(side, Literal)]
    return []
