"""One arrangement of a condition for finding what two rules share, whatever way each was written."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from taxonomy.rules.nodes import (
    FLIPPED,
    OPPOSITE,
    And,
    Attribute,
    Between,
    Compare,
    Condition,
    Constant,
    Flag,
    In,
    IsNull,
    Like,
    Literal,
    Lower,
    Not,
    Operator,
    Or,
    Scalar,
    all_of,
    any_of,
)

Group = And | Or


def arranged(condition: Condition) -> Condition:
    """A condition with the same answer, also UNKNOWN, for every customer, in which equal things look alike.

    NOT stands only before what has no opposite of its own; the attribute stands on the left; BETWEEN is its two ends;
    equalities of one operand are one list; a clause is said once, and TRUE in an AND or FALSE in an OR not at all.
    """
    return _arranged(condition, True)


def likeness(condition: Condition) -> str:
    """A text that two arranged conditions share exactly when they differ in nothing but order."""
    if isinstance(condition, And | Or):
        name = "and" if isinstance(condition, And) else "or"
        return f"{name}({','.join(sorted(map(likeness, condition.conditions)))})"
    if isinstance(condition, Not):
        return f"not({likeness(condition.condition)})"
    if isinstance(condition, In):
        return f"in({condition.operand!r},{condition.negated},{sorted(map(repr, condition.values))})"
    return repr(condition)


def _arranged(condition: Condition, positive: bool) -> Condition:
    match condition:
        case And(parts) | Or(parts):
            joiner: type[Group] = And if isinstance(condition, And) == positive else Or
            return _joined(joiner, [_arranged(part, positive) for part in parts])
        case Not(inner):
            return _arranged(inner, not positive)
        case Constant(truth):
            return Constant(truth == positive)
        case Compare(left, operator, right):
            return _compared(Compare(left, operator if positive else OPPOSITE[operator], right))
        case Between(operand, low, high, negated):
            ends = [_compared(Compare(operand, ">=", low)), _compared(Compare(operand, "<=", high))]
            if negated != positive:
                return And(tuple(ends))
            return Or(tuple(_arranged(end, False) for end in ends))
        case In() | Like() | IsNull():
            return _listed(replace(condition, negated=condition.negated == positive))
        case _:
            return condition if positive else Not(condition)


def _compared(clause: Compare) -> Condition:
    """The comparison with its attribute on the left; a boolean compared with a truth is the attribute alone."""
    left, operator, right = clause.left, clause.operator, clause.right
    read_right = isinstance(right, Attribute | Lower)
    if not isinstance(left, Attribute | Lower) or (read_right and repr(left) > repr(right)):
        left, operator, right = right, FLIPPED[operator], left
    if isinstance(left, Attribute) and left.type == "boolean" and isinstance(right, Literal):
        flag = Flag(left)
        return flag if (operator == "=") == bool(right.value) else Not(flag)
    return Compare(left, operator, right)


def _listed(clause: In | Like | IsNull) -> Condition:
    """A list of one value is an equality."""
    if not isinstance(clause, In) or len(clause.values) > 1:
        return clause
    operand, value = clause.operand, clause.values[0]
    kind = operand.type if isinstance(operand, Attribute) and operand.type not in ("enum", "set") else "text"
    return _compared(Compare(operand, "<>" if clause.negated else "=", Literal(kind, value)))  # type: ignore[arg-type]


def _joined(joiner: type[Group], parts: Iterable[Condition]) -> Condition:
    flat = [inner for part in parts for inner in (part.conditions if isinstance(part, joiner) else (part,))]
    neutral = Constant(joiner is And)
    kept = [part for part in _merged(joiner, flat) if part != neutral]
    if not kept:
        return neutral
    once = list({likeness(part): part for part in reversed(kept)}.values())[::-1]
    return all_of(once) if joiner is And else any_of(once)


def _merged(joiner: type[Group], parts: Sequence[Condition]) -> list[Condition]:
    """The parts with the equalities of one operand as one list: `=` in an OR, `<>` in an AND."""
    found: list[Condition] = []
    places: dict[str, int] = {}
    wanted: Operator = "=" if joiner is Or else "<>"
    for part in parts:
        values = _values(part, wanted)
        if not values or not isinstance(part, Compare | In):
            found.append(part)
            continue
        operand = part.left if isinstance(part, Compare) else part.operand
        place = places.setdefault(repr(operand), len(found))
        if place == len(found):
            found.append(part)
        elif isinstance(operand, Attribute | Lower):
            together = tuple(dict.fromkeys((*_values(found[place], wanted), *values)))
            found[place] = _listed(In(operand, together, negated=wanted == "<>"))
    return found


def _values(part: Condition, wanted: Operator) -> tuple[Scalar, ...]:
    """The values of an equality or a list with the wanted sign, none for anything else."""
    if isinstance(part, In):
        return part.values if part.negated == (wanted == "<>") else ()
    if isinstance(part, Compare) and part.operator == wanted and isinstance(part.right, Literal):
        return (part.right.value,)
    return ()
