"""Rule to text: the one canonical way to write a rule, with no parenthesis that is not needed."""

from __future__ import annotations

import re
from datetime import date, datetime

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
    Scalar,
)
from taxonomy.rules.scanning import RESERVED

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def to_text(rule: Rule) -> str:
    """The rule in its canonical text; parsing it again gives an equal rule."""
    return condition_text(rule.condition)


def condition_text(condition: Condition) -> str:
    """One condition in the canonical text."""
    if isinstance(condition, Or):
        return " OR ".join(condition_text(part) for part in condition.conditions)
    if isinstance(condition, And):
        return " AND ".join(_grouped(part, (Or,)) for part in condition.conditions)
    if isinstance(condition, Not):
        return "NOT " + _grouped(condition.condition, (Or, And))
    return _single_text(condition)


def name_text(key: str) -> str:
    """An attribute's key as it stands in a rule: in double quotes where it is no plain name, or a reserved word."""
    if _PLAIN.fullmatch(key) and key.upper() not in RESERVED:
        return key
    return '"' + key.replace('"', '""') + '"'


def literal_text(value: Scalar) -> str:
    """A value as it stands in a rule."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, datetime):
        return f"TIMESTAMP '{timestamp_text(value)}'"
    if isinstance(value, date):
        return f"DATE '{value.isoformat()}'"
    return "'" + value.replace("'", "''") + "'" if isinstance(value, str) else repr(value)


def timestamp_text(value: datetime) -> str:
    """An instant in UTC as ISO 8601, with a Z."""
    return value.replace(tzinfo=None).isoformat() + "Z"


def _grouped(condition: Condition, weaker: tuple[type[Condition], ...]) -> str:
    text = condition_text(condition)
    return f"({text})" if isinstance(condition, weaker) else text


def _single_text(condition: Condition) -> str:
    match condition:
        case Compare(left, operator, right):
            return f"{operand_text(left)} {operator} {operand_text(right)}"
        case Between(operand, low, high, negated):
            return f"{operand_text(operand)} {_not(negated)}BETWEEN {operand_text(low)} AND {operand_text(high)}"
        case In(operand, values, negated):
            return f"{operand_text(operand)} {_not(negated)}IN ({', '.join(map(literal_text, values))})"
        case Like(operand, pattern, negated):
            return f"{operand_text(operand)} {_not(negated)}LIKE {literal_text(pattern)}"
        case IsNull(attribute, negated):
            return f"{name_text(attribute.key)} IS {_not(negated)}NULL"
        case Flag(attribute):
            return name_text(attribute.key)
        case Constant(truth):
            return literal_text(truth)
        case Contains(attribute, text):
            return f"CONTAINS({name_text(attribute.key)}, {literal_text(text)})"
        case InSegment(key):
            return f"IN_SEGMENT({literal_text(key)})"
        case _:
            raise TypeError(f"{type(condition).__name__} is no condition of a rule.")


def operand_text(operand: Operand) -> str:
    """One operand in the canonical text."""
    if isinstance(operand, Attribute):
        return name_text(operand.key)
    if isinstance(operand, Literal):
        return literal_text(operand.value)
    if isinstance(operand, Lower):
        return f"LOWER({name_text(operand.attribute.key)})"
    return "CURRENT_DATE" + (f" - INTERVAL '{operand.days_back}' DAY" if operand.days_back else "")


def _not(negated: bool) -> str:
    return "NOT " if negated else ""
