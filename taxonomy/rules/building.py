"""Sketch to rule: what is right is built; what is not is told at its own part, and the rest still works."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from taxonomy.rules.checking import REFUSED, Checker, Draft, Reference
from taxonomy.rules.errors import NOWHERE, RuleError
from taxonomy.rules.limits import LIMITS
from taxonomy.rules.measures import check_size
from taxonomy.rules.nodes import And, Condition, Literal, Not, Or, RelativeDate, Rule, all_of, any_of, negation
from taxonomy.rules.operators import COMPARISONS, LABELS, NO_ENTRY, PATTERNS, positive
from taxonomy.rules.parsing import parse
from taxonomy.rules.sketch import Clause, Entry, Group, Part, Sketch
from taxonomy.rules.sketching import WILD
from taxonomy.rules.text import condition_text, to_text
from taxonomy.rules.types import Catalogue, facts_of
from taxonomy.rules.values import UnfitError, date_of, days_of, number_of, shown, text_of, timestamp_of

_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_MISSING = {
    "number": "Give a number.",
    "text": "Give a text.",
    "enum": "Choose a value.",
    "set": "Say which text it includes.",
    "date": "Give a date.",
    "timestamp": "Give a moment.",
}


@dataclass(frozen=True, slots=True)
class Flaw:
    """What is missing or wrong at one part; `is_unfinished` where something is still to be filled in."""

    detail: str
    is_unfinished: bool = False


@dataclass(frozen=True)
class Built:
    """What a sketch says: `rule` when all of it is right; `partial` without the parts that are not, if any is left."""

    rule: Rule | None
    partial: Rule | None
    flaws: dict[int, Flaw] = field(default_factory=dict)
    conditions: dict[int, Condition] = field(default_factory=dict)


class _UnfinishedError(Exception):
    """Something is still to be filled in."""


def build(sketch: Sketch, catalogue: Catalogue) -> Built:
    """The rule of a sketch over a catalogue, with every flaw at its part."""
    builder = _Builder(catalogue)
    condition = builder.part(sketch.root)
    partial = Rule(condition) if condition is not None else None
    if partial is not None:
        try:
            check_size(partial, NOWHERE)
        except RuleError as refused:
            builder.flaws[sketch.root.id] = Flaw(refused.detail)
            partial = None
    return Built(None if builder.flaws else partial, partial, builder.flaws, builder.conditions)


def text_of_sketch(sketch: Sketch, built: Built) -> str:
    """The text of a sketch; where it is not a rule yet, what there is of it, so that nothing typed is lost."""
    return to_text(built.rule) if built.rule is not None else _rough(sketch.root, built, is_root=True)


def lined_text(rule: Rule) -> str:
    """The text of a rule with a line for each of its outermost parts."""
    if not isinstance(rule.condition, And | Or):
        return to_text(rule)
    joint = "AND" if isinstance(rule.condition, And) else "OR"
    texts = (
        f"({condition_text(part)})" if isinstance(part, Or) else condition_text(part)
        for part in rule.condition.conditions
    )
    return f"\n{joint} ".join(texts)


class _Builder:
    """Builds parts downwards and notes what is wrong with them."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self.flaws: dict[int, Flaw] = {}
        self.conditions: dict[int, Condition] = {}

    def part(self, part: Part) -> Condition | None:
        """The condition of one part, or None after noting why it has none."""
        condition = self._group(part) if isinstance(part, Group) else self._clause(part)
        if condition is not None:
            self.conditions[part.id] = condition
        return condition

    def _group(self, group: Group) -> Condition | None:
        if not group.parts:
            self.flaws[group.id] = Flaw("Nothing stands in this group yet. Add a condition, or remove it.", True)
            return None
        found = [condition for part in group.parts if (condition := self.part(part)) is not None]
        if not found:
            return None
        if group.joiner == "none":
            return negation(any_of(found))
        return all_of(found) if group.joiner == "all" else any_of(found)

    def _clause(self, clause: Clause) -> Condition | None:
        try:
            return self._read(clause)
        except _UnfinishedError as missing:
            self.flaws[clause.id] = Flaw(str(missing), True)
        except UnfitError as unfit:
            self.flaws[clause.id] = Flaw(unfit.detail)
        except RuleError as refused:
            self.flaws[clause.id] = Flaw(refused.detail)
        return None

    def _read(self, clause: Clause) -> Condition:
        if clause.kind == "written":
            if not clause.text.strip():
                raise _UnfinishedError("Write the condition.")
            return parse(clause.text, self.catalogue).condition
        checker = Checker(self.catalogue)
        if clause.kind == "segment":
            if not clause.text:
                raise _UnfinishedError("Choose a segment.")
            condition = checker.in_segment(clause.text, NOWHERE)
            condition = Not(condition) if clause.operator == "not_in_segment" else condition
        else:
            condition = self._asked(clause, checker)
        checker.finish()
        return condition

    def _asked(self, clause: Clause, checker: Checker) -> Condition:
        if not clause.attribute:
            raise _UnfinishedError("Choose an attribute.")
        facts = facts_of(self.catalogue, clause.attribute)
        if facts is None:
            checker.attribute(clause.attribute, NOWHERE)
            return REFUSED
        operators = LABELS[facts.type]
        if clause.operator not in operators:
            raise _UnfinishedError(f"Choose how to ask; {shown(clause.attribute)} is of the type {facts.type}.")
        subject = Draft(Reference(clause.attribute, clause.lowered), NOWHERE)
        if clause.operator in NO_ENTRY:
            return _without_entry(clause.operator, subject, checker)
        wanted = 2 if positive(clause.operator)[0] == "between" else 1
        if len(clause.entries) < wanted:
            raise _UnfinishedError(_MISSING.get(facts.type, "Give a value."))
        return _with_entries(clause, subject, [_draft(entry, facts.type) for entry in clause.entries], checker)


def _without_entry(operator: str, subject: Draft, checker: Checker) -> Condition:
    if operator in ("known", "unknown"):
        return checker.is_null(subject, operator == "known")
    flag = checker.alone(subject)
    return flag if operator == "true" else Not(flag)


def _with_entries(clause: Clause, subject: Draft, entries: list[Draft], checker: Checker) -> Condition:
    operator, negated = positive(clause.operator)
    if operator in COMPARISONS:
        return checker.compare(subject, COMPARISONS[operator], entries[0])
    if operator == "between":
        return checker.between(subject, entries[0], entries[1], negated)
    if operator == "in":
        return checker.within(subject, entries, negated)
    if operator in PATTERNS:
        pattern = _pattern_of(operator, clause.text)
        return checker.like(subject, Draft(Literal("text", text_of(pattern)), NOWHERE), negated)
    found = checker.contains(subject, entries[0])
    return Not(found) if negated else found


def _pattern_of(operator: str, text: str) -> str:
    if operator == "like":
        return text
    plain = "".join(f"\\{sign}" if sign in WILD else sign for sign in text)
    before = "" if operator == "starts" else "%"
    return before + plain + ("" if operator == "ends" else "%")


def _draft(entry: Entry, type_: str) -> Draft:
    if entry.form == "attribute":
        if not entry.text:
            raise _UnfinishedError("Choose the attribute to compare with.")
        return Draft(Reference(entry.text), NOWHERE)
    if entry.form == "days":
        return Draft(RelativeDate(_days(entry.text)), NOWHERE)
    if type_ not in ("text", "enum", "set") and not entry.text.strip():
        raise _UnfinishedError(_MISSING.get(type_, "Give a value."))
    return Draft(_literal(entry.text, type_), NOWHERE)


def _literal(written: str, type_: str) -> Literal:
    if type_ == "number":
        if not _NUMBER.fullmatch(written.strip()):
            raise UnfitError("invalid_number", f"“{shown(written)}” is not a number; write it as in 1200 or 0.5.")
        return Literal("number", number_of(written.strip().removeprefix("+")))
    try:
        if type_ == "date":
            return Literal("date", date_of(written.strip()))
        if type_ == "timestamp":
            return Literal("timestamp", timestamp_of(written.strip()))
    except UnfitError:
        form = "2026-01-31" if type_ == "date" else "2026-01-31T10:30"
        noun = "a date" if type_ == "date" else "a moment"
        raise UnfitError(f"invalid_{type_}", f"“{shown(written)}” is not {noun}; write it as in {form}.") from None
    return Literal("text", text_of(written))


def _days(written: str) -> int:
    if not written.strip():
        raise _UnfinishedError("Give a number of days.")
    try:
        return days_of(written.strip())
    except UnfitError:
        most = LIMITS.days_back
        raise UnfitError("invalid_interval", f"Give a whole number of days from 0 to {most}.") from None


def _rough(part: Part, built: Built, *, is_root: bool = False) -> str:
    """A part as text, sound or not."""
    if isinstance(part, Clause):
        condition = built.conditions.get(part.id)
        return condition_text(condition) if condition is not None else _rough_clause(part)
    joiner = " AND " if part.joiner == "all" else " OR "
    inner = joiner.join(_rough_inside(child, built) for child in part.parts)
    if part.joiner == "none":
        return f"NOT ({inner})"
    return inner if is_root or len(part.parts) == 1 else f"({inner})"


def _rough_inside(part: Part, built: Built) -> str:
    """A part as text that may stand beside others."""
    text = _rough(part, built)
    joined = isinstance(part, Clause) and part.kind == "written" and re.search(r"(?i)\b(or|and)\b", text)
    return f"({text})" if joined else text


def _rough_clause(clause: Clause) -> str:
    values = ", ".join(entry.text for entry in clause.entries)
    if clause.kind == "written":
        return clause.text
    if clause.kind == "segment":
        return f"IN_SEGMENT('{values}')"
    sign = COMPARISONS.get(clause.operator, clause.operator.replace("_", " ").upper())
    return " ".join(word for word in (clause.attribute, sign, values) if word)
