"""Rule to sketch: every rule of the language has one, from which building gives the same rule again."""

from __future__ import annotations

from datetime import date, datetime

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
    RelativeDate,
    Rule,
    Scalar,
)
from taxonomy.rules.operators import BY_SIGN, LABELS
from taxonomy.rules.sketch import Clause, Entry, Group, Part, Sketch
from taxonomy.rules.text import condition_text, literal_text, timestamp_text

WILD = frozenset("%_\\")


def sketch_of(rule: Rule) -> Sketch:
    """The sketch of a rule; a condition that no typed input can express becomes a written clause."""
    drawing = _Drawing()
    drawn = drawing.part(rule.condition)
    if isinstance(drawn, Group) and drawn.joiner != "none":
        return Sketch(drawn)
    return Sketch(Group(drawing.last + 1, "all", (drawn,)))


def parts_from(rule: Rule, first_id: int) -> tuple[Part, ...]:
    """The parts of a rule to be put into a group that asks for all of them, numbered from `first_id` on."""
    drawn = _Drawing(first_id).part(rule.condition)
    return drawn.parts if isinstance(drawn, Group) and drawn.joiner == "all" else (drawn,)


def entry_text(value: Scalar) -> str:
    """A value as it stands in an input."""
    if isinstance(value, datetime):
        return timestamp_text(value)
    if isinstance(value, str):
        return value
    return value.isoformat() if isinstance(value, date) else literal_text(value)


def without_wildcards(pattern: str) -> str | None:
    """The text that a piece of a pattern stands for; None where it has a wildcard or an escape that needs none."""
    found: list[str] = []
    signs = iter(pattern)
    for sign in signs:
        if sign == "\\":
            sign = next(signs, "")
            if sign not in WILD:
                return None
        elif sign in WILD:
            return None
        found.append(sign)
    return "".join(found)


class _Drawing:
    """Draws conditions downwards and numbers them in reading order."""

    def __init__(self, first_id: int = 1) -> None:
        self.last = first_id - 1

    def number(self) -> int:
        """The next free id."""
        self.last += 1
        return self.last

    def part(self, condition: Condition) -> Part:
        """The group or clause of one condition."""
        if isinstance(condition, And | Or):
            joiner = "all" if isinstance(condition, And) else "any"
            return self._group(joiner, condition.conditions)
        clause = self._clause(condition)
        if clause is not None:
            return clause
        if isinstance(condition, Not):
            inner = condition.condition
            return self._group("none", inner.conditions if isinstance(inner, Or) else (inner,))
        return Clause(self.number(), "written", entries=(Entry(condition_text(condition)),))

    def _group(self, joiner: str, conditions: tuple[Condition, ...]) -> Group:
        number = self.number()
        return Group(number, joiner, tuple(self.part(part) for part in conditions))  # type: ignore[arg-type]

    def _clause(self, condition: Condition) -> Clause | None:
        """The clause of typed inputs that says the condition, if one does."""
        match condition:
            case Not(Flag(attribute)):
                return self._about(attribute, "false")
            case Not(Contains(attribute, text)):
                return self._about(attribute, "not_includes", Entry(text))
            case Not(InSegment(key)):
                return Clause(self.number(), "segment", operator="not_in_segment", entries=(Entry(key),))
            case InSegment(key):
                return Clause(self.number(), "segment", operator="in_segment", entries=(Entry(key),))
            case Flag(attribute):
                return self._about(attribute, "true")
            case Contains(attribute, text):
                return self._about(attribute, "includes", Entry(text))
            case IsNull(attribute, negated):
                return self._about(attribute, "known" if negated else "unknown")
            case Compare(Attribute() | Lower() as left, sign, right):
                return self._about(left, BY_SIGN[sign], _entry(right))
            case Between(Attribute() | Lower() as operand, low, high, negated):
                return self._about(operand, _named("between", negated), _entry(low), _entry(high))
            case In(operand, values, negated):
                return self._about(operand, _named("in", negated), *(Entry(entry_text(value)) for value in values))
            case Like(operand, pattern, negated):
                name, text = _pattern(pattern)
                return self._about(operand, _named(name, negated), Entry(text))
        return None

    def _about(self, operand: Attribute | Lower, operator: str, *entries: Entry | None) -> Clause | None:
        attribute = operand.attribute if isinstance(operand, Lower) else operand
        if operator not in LABELS[attribute.type] or None in entries:
            return None
        kept = tuple(entry for entry in entries if entry is not None)
        if isinstance(operand, Lower):
            if attribute.type != "text" or any(entry.form != "value" for entry in kept):
                return None
            return Clause(self.number(), "attribute", attribute.key, operator, kept, lowered=True)
        return Clause(self.number(), "attribute", attribute.key, operator, kept)


def _named(operator: str, negated: bool) -> str:
    return f"not_{operator}" if negated else operator


def _entry(operand: Operand) -> Entry | None:
    match operand:
        case Literal(_, value):
            return Entry(entry_text(value))
        case RelativeDate(days):
            return Entry(str(days), "days")
        case Attribute(key):
            return Entry(key, "attribute")
    return None


def _pattern(pattern: str) -> tuple[str, str]:
    """The operator and the text that say a pattern; the pattern itself where nothing simpler does."""
    begins, ends = pattern.startswith("%"), pattern.endswith("%") and len(pattern) > 1
    for name, fits, piece in (
        ("has", begins and ends, pattern[1:-1]),
        ("starts", ends, pattern[:-1]),
        ("ends", begins and len(pattern) > 1, pattern[1:]),
    ):
        text = without_wildcards(piece) if fits else None
        if text is not None:
            return name, text
    return "like", pattern
