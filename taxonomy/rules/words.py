"""Rule to plain business English, made from the same tree that is evaluated."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import TypedDict

from taxonomy.rules.nodes import (
    FLIPPED,
    OPPOSITE,
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
    Operator,
    Or,
    RelativeDate,
    Rule,
    Scalar,
)
from taxonomy.rules.patterns import read_pattern
from taxonomy.rules.types import Catalogue, facts_of

_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_PLAIN_TEXT = re.compile(r"\w[\w.&+/'-]*(?: [\w.&+/'-]+)*")
_RESERVED_WORDS = frozenset({"and", "or", "not", "is", "inclusive"})
_VERBS: dict[str, dict[str, str]] = {
    "number": {
        "=": "is",
        "<>": "is not",
        "<": "is less than",
        "<=": "is at most",
        ">": "is more than",
        ">=": "is at least",
    },
    "text": {
        "=": "is",
        "<>": "is not",
        "<": "comes before",
        "<=": "is or comes before",
        ">": "comes after",
        ">=": "is or comes after",
    },
    "date": {
        "=": "is",
        "<>": "is not",
        "<": "is before",
        "<=": "is on or before",
        ">": "is after",
        ">=": "is on or after",
    },
    "timestamp": {
        "=": "is",
        "<>": "is not",
        "<": "is before",
        "<=": "is at or before",
        ">": "is after",
        ">=": "is at or after",
    },
    "boolean": {"=": "is", "<>": "is not"},
}
_VERBS["enum"] = _VERBS["text"]


class WordTree(TypedDict):
    """A condition in words for a page: a clause has no children; a group joins its children by and, or, or not."""

    words: str
    joiner: str
    children: list[WordTree]


def to_words(rule: Rule, catalogue: Catalogue) -> str:
    """The rule as one sentence without capital and full stop; groups inside groups stand in parentheses."""
    return condition_words(rule.condition, catalogue)


def to_word_tree(rule: Rule, catalogue: Catalogue) -> list[WordTree]:
    """The rule in words as a nested list: one entry, which is a clause or a group of entries."""
    return [_word_tree(rule.condition, catalogue)]


def value_words(value: Scalar, unit: str = "") -> str:
    """A value as a sentence says it, with its unit after it."""
    written = f"{value:,}" if isinstance(value, int | float) and not isinstance(value, bool) else scalar_words(value)
    return f"{written}%" if unit == "%" else f"{written} {unit}".strip()


def condition_words(condition: Condition, catalogue: Catalogue) -> str:
    """One condition as part of a sentence."""
    if isinstance(condition, And | Or):
        joiner = " and " if isinstance(condition, And) else " or "
        return joiner.join(_grouped(part, catalogue) for part in condition.conditions)
    if isinstance(condition, Not):
        opposite = _opposite_words(condition.condition, catalogue)
        return opposite or f"it is not true that {_grouped(condition.condition, catalogue)}"
    return _Words(catalogue).clause(condition)


def _word_tree(condition: Condition, catalogue: Catalogue) -> WordTree:
    if isinstance(condition, And | Or):
        children = [_word_tree(part, catalogue) for part in condition.conditions]
        if isinstance(condition, And):
            return {"words": "all of these", "joiner": "and", "children": children}
        return {"words": "at least one of these", "joiner": "or", "children": children}
    if isinstance(condition, Not) and not _opposite_words(condition.condition, catalogue):
        return {"words": "not this", "joiner": "not", "children": [_word_tree(condition.condition, catalogue)]}
    return {"words": condition_words(condition, catalogue), "joiner": "", "children": []}


def _grouped(condition: Condition, catalogue: Catalogue) -> str:
    words = condition_words(condition, catalogue)
    return f"({words})" if isinstance(condition, And | Or) else words


def _opposite_words(condition: Condition, catalogue: Catalogue) -> str | None:
    """NOT condition as a clause of its own, where one says exactly the same; UNKNOWN stays UNKNOWN in each."""
    words = _Words(catalogue)
    match condition:
        case Compare(left, operator, right):
            return words.clause(Compare(left, OPPOSITE[operator], right))
        case Flag(attribute):
            return f"{words.label(attribute)} is false"
        case Contains(attribute, text):
            return f"{words.label(attribute)} does not include {text_words(text)}"
        case InSegment(key):
            return f"is not in the segment {text_words(key)}"
        case _:
            return None


class _Words:
    """Clauses in words over one catalogue."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue

    def clause(self, condition: Condition) -> str:
        """A condition that is no group."""
        match condition:
            case Compare(left, operator, right):
                return self._compared(left, operator, right)
            case Between(operand, low, high, negated):
                ends = f"{self._value(low, operand)} and {self._value(high, operand)} inclusive"
                return f"{self._subject(operand)} {_is(negated)} between {ends}"
            case In(operand, values, negated):
                listed = ", ".join(scalar_words(value) for value in values)
                unit = self._unit(operand)
                one_of = "" if len(values) == 1 else " one of"
                return f"{self._subject(operand)} {_is(negated)}{one_of} {listed}{unit}"
            case Like(operand, pattern, negated):
                return f"{self._subject(operand)} {_pattern_words(pattern, negated)}"
            case IsNull(attribute, negated):
                return f"{self.label(attribute)} is {'known' if negated else 'not known'}"
            case Flag(attribute):
                return f"{self.label(attribute)} is true"
            case Constant(truth):
                return "everyone" if truth else "no one"
            case Contains(attribute, text):
                return f"{self.label(attribute)} includes {text_words(text)}"
            case InSegment(key):
                return f"is in the segment {text_words(key)}"
            case _:
                raise TypeError(f"{type(condition).__name__} is no clause of a rule.")

    def label(self, attribute: Attribute) -> str:
        """What people call the attribute within a sentence."""
        return label_words(attribute.key, self.catalogue)

    def _compared(self, left: Operand, operator: Operator, right: Operand) -> str:
        if not isinstance(left, Attribute | Lower):
            left, operator, right = right, FLIPPED[operator], left
        kind = left.type if isinstance(left, Attribute) else "text"
        return f"{self._subject(left)} {_VERBS[kind][operator]} {self._value(right, left)}"

    def _subject(self, operand: Operand) -> str:
        if isinstance(operand, Lower):
            return f"{self.label(operand.attribute)} in lower case"
        return self.label(operand) if isinstance(operand, Attribute) else self._value(operand, operand)

    def _value(self, operand: Operand, beside: Operand) -> str:
        if isinstance(operand, Literal):
            return scalar_words(operand.value) + self._unit(beside)
        if isinstance(operand, RelativeDate):
            days = operand.days_back
            return "today" if not days else "yesterday" if days == 1 else f"{days} days ago"
        return self._subject(operand)

    def _unit(self, operand: Operand) -> str:
        """The unit of an attribute to put after a number, unless its label says it already."""
        if not isinstance(operand, Attribute) or operand.type != "number":
            return ""
        facts = facts_of(self.catalogue, operand.key)
        if facts is None or not facts.unit or facts.unit.lower() in facts.label.lower().split():
            return ""
        return "%" if facts.unit == "%" else f" {facts.unit}"


def label_words(key: str, catalogue: Catalogue) -> str:
    """What people call the attribute within a sentence; a capital only where the whole word has them."""
    facts = facts_of(catalogue, key)
    label = facts.label if facts is not None and facts.label else re.sub(r"[_-]+", " ", key)
    first = label.split(" ", 1)[0]
    return label[:1].lower() + label[1:] if first[1:].islower() or len(first) == 1 else label


def _is(negated: bool) -> str:
    return "is not" if negated else "is"


def _pattern_words(pattern: str, negated: bool) -> str:
    read = read_pattern(pattern)
    if read.is_plain:
        first, *middle, last = read.texts if len(read.texts) > 1 else (*read.texts, "")
        if len(read.texts) == 1:
            return f"{_is(negated)} {text_words(first)}"
        if first and not middle and not last:
            return f"{'does not start' if negated else 'starts'} with {text_words(first)}"
        if last and not middle and not first:
            return f"{'does not end' if negated else 'ends'} with {text_words(last)}"
        if len(middle) == 1 and not first and not last:
            return f"{'does not contain' if negated else 'contains'} {text_words(middle[0])}"
    verb = "does not match" if negated else "matches"
    return f"{verb} the pattern “{pattern}” (% any text, _ any one character)"


def scalar_words(value: Scalar) -> str:
    """A value as it stands in a sentence."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        seconds = value.strftime(":%S.%f") if value.microsecond else value.strftime(":%S") if value.second else ""
        return f"{_day_words(value)} {value:%H:%M}{seconds} UTC"
    if isinstance(value, date):
        return _day_words(value)
    return text_words(value) if isinstance(value, str) else repr(value)


def _day_words(day: date) -> str:
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def text_words(text: str) -> str:
    """A text as it is where that cannot be misread, in curly quotes elsewhere."""
    plain = _PLAIN_TEXT.fullmatch(text) and not _RESERVED_WORDS & set(text.lower().split(" "))
    return text if plain and not text[:1].isdigit() else f"“{text}”"
