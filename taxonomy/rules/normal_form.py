"""One form for rules that differ only in how they are put: for telling equality at once, before anything is proved."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from taxonomy.rules.evaluation import COMPARISONS
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
    Operand,
    Operator,
    Or,
    RelativeDate,
    Rule,
    Scalar,
)
from taxonomy.rules.patterns import read_pattern
from taxonomy.rules.text import condition_text, operand_text
from taxonomy.rules.tree import digest
from taxonomy.rules.values import canonical_number


def canonical(rule: Rule) -> Rule:
    """The rule in its one form for comparison: it answers TRUE, FALSE and UNKNOWN exactly as the given one does.

    NOT stands before what cannot take it in, BETWEEN is two comparisons, an IN of one value is a comparison and
    comparisons of one operand with values are an IN, attributes stand on the left, operands and values are in order and
    without duplicates, TRUE and FALSE are worked in. Never more than about twice as many nodes; not for storing.
    """
    return Rule(_form(rule.condition, negated=False))


def canonical_digest(rule: Rule) -> str:
    """SHA-256 (hex) of the canonical form: equal digests mean equal answers; unequal ones prove nothing."""
    return digest(canonical(rule))


def _form(condition: Condition, *, negated: bool) -> Condition:
    """The form of the condition, or of its negation."""
    match condition:
        case Not(part):
            return _form(part, negated=not negated)
        case And(parts) | Or(parts):
            is_and = isinstance(condition, And) is not negated
            return _joined(is_and, [_form(part, negated=negated) for part in parts])
        case Compare(left, operator, right):
            return _compare(left, OPPOSITE[operator] if negated else operator, right)
        case Between(operand, low, high, outside):
            is_inside = outside is negated
            ends = [
                _compare(operand, ">=" if is_inside else "<", low),
                _compare(operand, "<=" if is_inside else ">", high),
            ]
            return _joined(is_inside, ends)
        case In(operand, values, outside):
            return _within(operand, values, outside is not negated)
        case Like(operand, pattern, unlike):
            return _like(operand, pattern, unlike is not negated)
        case IsNull(attribute, known):
            return IsNull(attribute, known is not negated)
        case Constant(truth):
            return Constant(truth is not negated)
        case _:
            return Not(condition) if negated else condition


def _compare(left: Operand, operator: Operator, right: Operand) -> Condition:
    first, second = _operand(left), _operand(right)
    if _place(first) > _place(second) or (first == second and operator in (">", ">=")):
        first, operator, second = second, FLIPPED[operator], first
    if isinstance(first, Literal) and isinstance(second, Literal):
        return Constant(COMPARISONS[operator](first.value, second.value))
    if isinstance(first, RelativeDate) and isinstance(second, RelativeDate):
        return Constant(COMPARISONS[operator](second.days_back, first.days_back))
    if isinstance(first, Attribute) and isinstance(second, Literal) and isinstance(second.value, bool):
        flag = Flag(first)
        return flag if second.value is (operator == "=") else Not(flag)
    return Compare(first, operator, second)


def _operand(operand: Operand) -> Operand:
    if isinstance(operand, Literal) and operand.type == "number":
        return Literal("number", canonical_number(float(operand.value)))  # type: ignore[arg-type]
    return operand


def _place(operand: Operand) -> tuple[bool, str]:
    """What reads an attribute stands on the left; two that do are in the order of their texts."""
    return not isinstance(operand, Attribute | Lower), operand_text(operand)


def _within(operand: Attribute | Lower, values: Iterable[Scalar], negated: bool) -> Condition:
    kept = tuple(sorted({_number(value) for value in values}))  # type: ignore[type-var]
    if len(kept) > 1:
        return In(operand, kept, negated)
    kind = operand.type if isinstance(operand, Attribute) and operand.type not in ("enum", "set") else "text"
    return _compare(operand, "<>" if negated else "=", Literal(kind, kept[0]))  # type: ignore[arg-type]


def _number(value: Scalar) -> Scalar:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return canonical_number(float(value)) if is_number else value  # type: ignore[arg-type]


def _like(operand: Attribute | Lower, pattern: str, negated: bool) -> Condition:
    """The pattern with no escape that is not needed; one without wildcards is a comparison."""
    read = read_pattern(pattern)
    if read.is_plain and len(read.pieces) == 1:
        return Compare(operand, "<>" if negated else "=", Literal("text", read.texts[0]))
    pieces = ("".join(_escaped(character) for character in piece) for piece in read.pieces)
    return Like(operand, "%".join(pieces), negated)


def _escaped(character: str | None) -> str:
    if character is None:
        return "_"
    return "\\" + character if character in "%_\\" else character


def _joined(is_and: bool, parts: Iterable[Condition]) -> Condition:
    """The parts joined: flat, in order, each once; what decides the whole decides it, what adds nothing is gone."""
    kind: type[And] | type[Or] = And if is_and else Or
    flat: list[Condition] = []
    for part in parts:
        flat.extend(part.conditions if isinstance(part, kind) else (part,))
    if Constant(not is_and) in flat:
        return Constant(not is_and)
    left = [part for part in flat if part != Constant(is_and)]
    ordered = {condition_text(part): part for part in _listed(left, negated=is_and)}
    found = tuple(ordered[text] for text in sorted(ordered))
    if len(found) > 1:
        return kind(found)
    return found[0] if found else Constant(is_and)


def _listed(parts: Iterable[Condition], *, negated: bool) -> Iterator[Condition]:
    """x = 1 OR x = 2 as x IN (1, 2); in an AND x <> 1 AND x <> 2 as x NOT IN (1, 2)."""
    lists: dict[Attribute | Lower, set[Scalar]] = {}
    for part in parts:
        match part:
            case Compare(Attribute() | Lower() as operand, operator, Literal(_, value)) if operator == (
                "<>" if negated else "="
            ):
                lists.setdefault(operand, set()).add(value)
            case In(operand, values, is_negated) if is_negated is negated:
                lists.setdefault(operand, set()).update(values)
            case _:
                yield part
    for operand, values_found in lists.items():
        yield _within(operand, values_found, negated)
