"""Rule to versioned JSON, the form that is stored and compared; and its digest."""

from __future__ import annotations

import hashlib
import json
from datetime import date, datetime
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
    RelativeDate,
    Rule,
    Scalar,
)
from taxonomy.rules.text import timestamp_text

FORMAT = 1
Json = dict[str, Any]


def to_tree(rule: Rule) -> Json:
    """The rule as plain JSON values; `from_tree` gives an equal rule back."""
    return {"format": FORMAT, "rule": _condition(rule.condition)}


def digest(rule: Rule) -> str:
    """SHA-256 (hex) of the canonical JSON of the tree: equal for equal rules, on every machine."""
    canonical = json.dumps(to_tree(rule), sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)
    return hashlib.sha256(canonical.encode("ascii")).hexdigest()


def _condition(condition: Condition) -> Json:
    match condition:
        case And(parts):
            return {"kind": "and", "conditions": [_condition(part) for part in parts]}
        case Or(parts):
            return {"kind": "or", "conditions": [_condition(part) for part in parts]}
        case Not(part):
            return {"kind": "not", "condition": _condition(part)}
        case Compare(left, operator, right):
            return {"kind": "compare", "left": _operand(left), "operator": operator, "right": _operand(right)}
        case Between(operand, low, high, negated):
            ends = {"low": _operand(low), "high": _operand(high)}
            return {"kind": "between", "operand": _operand(operand), **ends, "negated": negated}
        case In(operand, values, negated):
            listed = [_scalar(value) for value in values]
            return {"kind": "in", "operand": _operand(operand), "values": listed, "negated": negated}
        case Like(operand, pattern, negated):
            return {"kind": "like", "operand": _operand(operand), "pattern": pattern, "negated": negated}
        case IsNull(attribute, negated):
            return {"kind": "is_null", "attribute": _operand(attribute), "negated": negated}
        case Flag(attribute):
            return {"kind": "flag", "attribute": _operand(attribute)}
        case Constant(truth):
            return {"kind": "constant", "value": truth}
        case Contains(attribute, text):
            return {"kind": "contains", "attribute": _operand(attribute), "value": text}
        case InSegment(key):
            return {"kind": "in_segment", "key": key}
        case _:
            raise TypeError(f"{type(condition).__name__} is no condition of a rule.")


def _operand(operand: Operand) -> Json:
    match operand:
        case Attribute(key, type_):
            return {"kind": "attribute", "key": key, "type": type_}
        case Literal(kind, value):
            return {"kind": "literal", "type": kind, "value": _scalar(value)}
        case Lower(attribute):
            return {"kind": "lower", "attribute": _operand(attribute)}
        case RelativeDate(days_back):
            return {"kind": "relative_date", "days_back": days_back}
        case _:
            raise TypeError(f"{type(operand).__name__} is no operand of a rule.")


def _scalar(value: Scalar) -> str | int | float | bool:
    if isinstance(value, datetime):
        return timestamp_text(value)
    return value.isoformat() if isinstance(value, date) else value
