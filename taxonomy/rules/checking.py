"""Checked construction of conditions: names against the catalogue, types against operators, values against types."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar, cast

from taxonomy.rules.errors import Fault, Place, RuleError
from taxonomy.rules.limits import LIMITS
from taxonomy.rules.nodes import (
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
    Operand,
    Operator,
    RelativeDate,
    Scalar,
)
from taxonomy.rules.patterns import has_dangling_escape
from taxonomy.rules.types import EQUATABLE, ORDERED, TEXTUAL, TYPE_NAMES, AttributeFacts, Catalogue, facts_of
from taxonomy.rules.values import UnfitError, segment_key_of, shown, text_of

REFUSED = Constant(False)
MOST_FAULTS = 50
MOST_SUGGESTIONS = 10
_ONLY_VALUES = "This compares values with each other; compare an attribute, or write TRUE or FALSE."
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Reference:
    """A name that is still to be looked up in the catalogue; `lowered` where it stands in LOWER(...)."""

    key: str
    lowered: bool = False


@dataclass(frozen=True, slots=True)
class Draft:
    """An operand as it was written, and where."""

    content: Reference | Literal | RelativeDate
    place: Place


class Checker:
    """Builds conditions from drafts and collects what is wrong with them.

    Every method answers a condition; where it had to record a fault that condition means nothing, and `finish` refuses
    the whole rule.
    """

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self.faults: list[Fault] = []

    def fault(self, code: str, detail: str, place: Place, suggestion: str | None = None) -> Constant:
        """Record a fault; a rule that is wrong all over is refused before the list of faults grows long."""
        self.faults.append(Fault(code, detail, place, suggestion))
        if len(self.faults) >= MOST_FAULTS:
            self.finish()
        return REFUSED

    def finish(self) -> None:
        """Refuse the rule if any fault was recorded, naming them in the order in which they stand."""
        if self.faults:
            raise RuleError(sorted(self.faults, key=lambda fault: (fault.place.line or 0, fault.place.column or 0)))

    def attempt(self, read: Callable[[str], _T], written: str, place: Place) -> _T | None:
        """Read a written value, recording why where it cannot be."""
        try:
            return read(written)
        except UnfitError as unfit:
            self.fault(unfit.code, unfit.detail, place)
            return None

    def closest(self, written: str, known: Sequence[str]) -> str | None:
        """The known name that is most like the written one, if any is; only for the first faults, as it takes time."""
        return closest(written, known) if len(self.faults) < MOST_SUGGESTIONS else None

    # --- operands -----------------------------------------------------------------------------------------------

    def attribute(self, key: str, place: Place) -> Attribute | None:
        """The attribute of that name, or None after recording that there is none."""
        facts = facts_of(self.catalogue, key)
        if facts is not None:
            return Attribute(key, facts.type)
        close = self.closest(key.lower(), list(self.catalogue))
        detail = f"There is no attribute {shown(key)}."
        if close:
            detail += f" Did you mean {close}?"
        self.fault("unknown_attribute", detail, place, close)
        return None

    def operand(self, draft: Draft) -> Operand | None:
        """The operand that a draft stands for, or None after recording what is wrong."""
        content = draft.content
        if not isinstance(content, Reference):
            return content
        attribute = self.attribute(content.key, draft.place)
        if attribute is None or not content.lowered:
            return attribute
        if attribute.type in TEXTUAL:
            return Lower(attribute)
        self.fault("wrong_type", f"LOWER takes a text, but {_named(attribute)}.", draft.place)
        return None

    def reading(self, draft: Draft, construct: str) -> Attribute | Lower | None:
        """The operand where it must read an attribute."""
        operand = self.operand(draft)
        if operand is None or isinstance(operand, Attribute | Lower):
            return operand
        self.fault("no_attribute", f"{construct} needs an attribute on its left, not a value.", draft.place)
        return None

    # --- conditions ---------------------------------------------------------------------------------------------

    def compare(self, left: Draft, operator: Operator, right: Draft) -> Condition:
        """left operator right."""
        first, second = self.operand(left), self.operand(right)
        if first is None or second is None:
            return REFUSED
        if not isinstance(first, Attribute | Lower) and not isinstance(second, Attribute | Lower):
            return self.fault("no_attribute", _ONLY_VALUES, left.place)
        if not self.takes(first, operator, left.place) or not self.agree(first, second, left.place, right.place):
            return REFUSED
        return Compare(first, operator, second)

    def between(self, draft: Draft, low: Draft, high: Draft, negated: bool) -> Condition:
        """operand [NOT] BETWEEN low AND high."""
        operand, least, most = self.operand(draft), self.operand(low), self.operand(high)
        if operand is None or least is None or most is None:
            return REFUSED
        if not any(isinstance(side, Attribute | Lower) for side in (operand, least, most)):
            return self.fault("no_attribute", _ONLY_VALUES, draft.place)
        if not self.takes(operand, "BETWEEN", draft.place):
            return REFUSED
        fits = self.agree(operand, least, draft.place, low.place)
        fits = self.agree(operand, most, draft.place, high.place) and fits
        return Between(operand, least, most, negated) if fits else REFUSED

    def within(self, draft: Draft, items: Sequence[Draft], negated: bool) -> Condition:
        """operand [NOT] IN (items); a value that is listed twice is kept once."""
        operand = self.reading(draft, "IN")
        values: dict[Scalar, None] = {}
        fits = operand is not None and self.takes(operand, "IN", draft.place)
        for item in items:
            if not isinstance(item.content, Literal):
                fits = False
                self.fault("not_a_value", "A list after IN may hold only values: numbers, texts, dates.", item.place)
            elif fits and operand is not None:
                fits = self.agree(operand, item.content, draft.place, item.place)
                values[item.content.value] = None
        return In(operand, tuple(values), negated) if fits and operand is not None else REFUSED

    def like(self, draft: Draft, pattern: Draft, negated: bool) -> Condition:
        """operand [NOT] LIKE pattern."""
        operand, written = self.reading(draft, "LIKE"), pattern.content
        if not isinstance(written, Literal) or not isinstance(written.value, str):
            return self.fault("not_a_value", "LIKE takes a pattern written as a text: LIKE 'abc%'.", pattern.place)
        if has_dangling_escape(written.value):
            return self.fault(
                "invalid_pattern", "The pattern ends in a backslash; write \\\\ for a backslash itself.", pattern.place
            )
        if len(written.value) > LIMITS.pattern_characters:
            return self.fault(
                "invalid_pattern", f"A pattern may have at most {LIMITS.pattern_characters} characters.", pattern.place
            )
        if operand is None or not self.takes(operand, "LIKE", draft.place):
            return REFUSED
        return Like(operand, written.value, negated)

    def is_null(self, draft: Draft, negated: bool) -> Condition:
        """attribute IS [NOT] NULL."""
        operand = self.reading(draft, "IS NULL")
        if isinstance(operand, Lower):
            return self.fault("wrong_type", "Ask the attribute itself: write IS NULL without LOWER.", draft.place)
        return REFUSED if operand is None else IsNull(operand, negated)

    def alone(self, draft: Draft) -> Condition:
        """A boolean attribute, TRUE or FALSE standing for a whole condition."""
        operand = self.operand(draft)
        if operand is None:
            return REFUSED
        if isinstance(operand, Attribute) and operand.type == "boolean":
            return Flag(operand)
        if isinstance(operand, Literal) and isinstance(operand.value, bool):
            return Constant(operand.value)
        return self.fault(
            "not_a_condition",
            f"{_named(operand)} and cannot stand alone; compare it with something, as in orders >= 3.",
            draft.place,
        )

    def contains(self, draft: Draft, value: Draft) -> Condition:
        """CONTAINS(set, 'text')."""
        operand, written = self.operand(draft), value.content
        if operand is None:
            return REFUSED
        if not isinstance(operand, Attribute) or operand.type != "set":
            return self.fault("wrong_type", f"CONTAINS takes a set, but {_named(operand)}.", draft.place)
        if not isinstance(written, Literal) or not isinstance(written.value, str):
            return self.fault("not_a_value", "CONTAINS takes a text as its second part.", value.place)
        if not self.is_choice(operand, written.value, value.place):
            return REFUSED
        return Contains(operand, written.value)

    def in_segment(self, key: str, place: Place) -> Condition:
        """IN_SEGMENT('key')."""
        found = self.attempt(segment_key_of, key, place)
        return REFUSED if found is None else InSegment(found)

    # --- types --------------------------------------------------------------------------------------------------

    def takes(self, operand: Operand, operator: str, place: Place) -> bool:
        """Whether the type of the operand takes the operator; records it where not."""
        type_ = type_of(operand)
        allowed = EQUATABLE if operator in ("=", "<>", "IN") else TEXTUAL if operator == "LIKE" else ORDERED
        if type_ in allowed:
            return True
        hint = " Use CONTAINS." if type_ == "set" else ""
        detail = f"{operator} does not work on {TYPE_NAMES[type_]}: {_named(operand)}.{hint}"
        self.fault("operator_not_allowed", detail, place)
        return False

    def agree(self, left: Operand, right: Operand, left_place: Place, right_place: Place) -> bool:
        """Whether two operands are of one type, and a text one of the choices of the enum beside it."""
        for enum, literal, place in ((left, right, right_place), (right, left, left_place)):
            is_enum = isinstance(enum, Attribute) and enum.type == "enum"
            if is_enum and isinstance(literal, Literal) and isinstance(literal.value, str) and literal.type == "text":
                return self.is_choice(cast(Attribute, enum), literal.value, place)
        if type_of(left) == type_of(right):
            return True
        hint = ""
        if isinstance(right, Literal) and right.type == "text" and type_of(left) in ("date", "timestamp"):
            hint = f" Write {type_of(left).upper()} before it."
        self.fault("wrong_type", f"{_named(left)}, but {_named(right)}; they cannot be compared.{hint}", right_place)
        return False

    def is_choice(self, attribute: Attribute, value: str, place: Place) -> bool:
        """Whether the text is one of the declared choices of the attribute; records it where not."""
        facts = facts_of(self.catalogue, attribute.key) or AttributeFacts(attribute.type)
        open_set = attribute.type == "set" and not facts.choices
        if facts.choices is None or open_set or value in facts.choices:
            return True
        close = self.closest(value, facts.choices)
        listed = ", ".join(f"'{choice}'" for choice in facts.choices[:8]) + (", …" if len(facts.choices) > 8 else "")
        ending = f"Did you mean '{close}'?" if close else f"Its choices are {listed}." if listed else "It has none."
        detail = f"'{shown(value)}' is not one of the choices of {attribute.key}. {ending}"
        self.fault("unknown_choice", detail, place, close)
        return False


def closest(written: str, known: Sequence[str]) -> str | None:
    """The known word that is most like the written one, if any is."""
    return next(iter(difflib.get_close_matches(written[:64], known, n=1, cutoff=0.6)), None)


def type_of(operand: Operand) -> str:
    """The type of what an operand yields."""
    if isinstance(operand, Attribute | Literal):
        return operand.type
    return "text" if isinstance(operand, Lower) else "date"


def read_text(checker: Checker, written: str, place: Place) -> Literal:
    """A text literal, recording hidden characters."""
    checker.attempt(text_of, written, place)
    return Literal("text", written)


def _named(operand: Operand) -> str:
    if isinstance(operand, Attribute):
        return f"{operand.key} is {TYPE_NAMES[operand.type]}"
    if isinstance(operand, Lower):
        return f"LOWER({operand.attribute.key}) is a text"
    if isinstance(operand, RelativeDate):
        return "CURRENT_DATE is a date"
    value = operand.value
    return f"{shown(repr(value) if isinstance(value, str) else str(value))} is {TYPE_NAMES[operand.type]}"
