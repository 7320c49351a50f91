"""The editor of a rule as its page shows it: every part with its inputs, its flaw and what can be done to it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from customers.choices import Dimension
from customers.selectors import AttributeLine, attribute_lines_for, distribution_for
from reviews.models import RuleDraft
from reviews.selectors.rule_states import Reading, history_in, reading_of
from taxonomy.rules import AttributeFacts, to_words
from taxonomy.rules.building import Flaw
from taxonomy.rules.history import History
from taxonomy.rules.operators import LABELS, LISTS, NO_ENTRY, RANGES
from taxonomy.rules.sketch import Clause, Entry, Group, Part
from taxonomy.rules.words import condition_words
from taxonomy.selectors import rule_catalogue_for, tree_for

SHOWN_VALUES = 40
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_MOMENT = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d)?)Z?")
_FORMS = {"value": "this value", "days": "days before today", "attribute": "another attribute"}


@dataclass(frozen=True)
class EntryRow:
    """One input: `control` is number, text, date, moment, days, choice, segment or attribute; `label` its name."""

    place: int
    text: str
    form: str
    control: str
    label: str = ""


@dataclass(frozen=True)
class PartRow:
    """One part with all that its inputs need; a group has `parts`."""

    id: int
    number: str
    is_group: bool
    kind: str = "group"
    joiner: str = ""
    attribute: str = ""
    label: str = ""
    type: str = ""
    facts: AttributeFacts | None = None
    dimension: str = ""
    line: AttributeLine | None = None
    operator: str = ""
    operators: list[tuple[str, str]] = field(default_factory=list)
    entries: list[EntryRow] = field(default_factory=list)
    forms: list[tuple[str, str]] = field(default_factory=list)
    is_list: bool = False
    more: int = 0
    lowered: bool = False
    flaw: Flaw | None = None
    words: str = ""
    common: list[str] = field(default_factory=list)
    deeds: frozenset[str] = frozenset()
    parts: list["PartRow"] = field(default_factory=list)

    @property
    def can_lower(self) -> bool:
        """Whether capitals can be made to count as small letters."""
        return (
            self.type == "text" and self.operator not in NO_ENTRY and all(row.form == "value" for row in self.entries)
        )


@dataclass(frozen=True)
class Editor:
    """A draft as its page shows it."""

    draft: RuleDraft
    reading: Reading
    history: History
    root: PartRow
    words: str
    unfinished: int
    wrong: int

    @property
    def rows(self) -> list[PartRow]:
        """The rows of all parts, in reading order."""
        return list(_flat(self.root))

    @property
    def first_fault(self) -> str:
        """Why the rule cannot be sent yet, or nothing."""
        if self.reading.fault is not None:
            return self.reading.fault.detail
        return next((row.flaw.detail for row in self.rows if row.flaw), "")


def editor_for(viewer: Any, draft: RuleDraft) -> Editor:
    """The draft with everything that its views show, over the attributes that the viewer may see."""
    history = history_in(draft)
    rows = _Rows(viewer, reading_of(history.step.state, rule_catalogue_for(viewer)))
    reading = rows.reading
    empty_root = reading.sketch.root.id if not reading.sketch.root.parts else None
    flaws = [flaw for part, flaw in reading.built.flaws.items() if part != empty_root]
    return Editor(
        draft=draft,
        reading=reading,
        history=history,
        root=rows.part(reading.sketch.root, "", 0, 1, None),
        words=to_words(reading.rule, rows.catalogue) if reading.rule else "",
        unfinished=sum(flaw.is_unfinished for flaw in flaws),
        wrong=sum(not flaw.is_unfinished for flaw in flaws) + (reading.fault is not None),
    )


def _flat(row: PartRow) -> Iterator[PartRow]:
    yield row
    for part in row.parts:
        yield from _flat(part)


class _Rows:
    """Makes rows of parts, downwards; what several rows need is read once."""

    def __init__(self, viewer: Any, reading: Reading) -> None:
        self.viewer = viewer
        self.reading = reading
        self.catalogue = rule_catalogue_for(viewer)
        self.lines = {line.attribute.key: line for line in attribute_lines_for(viewer=viewer)}
        self.segments = {row.key: row.name for row in tree_for(viewer)}

    def part(self, part: Part, number: str, place: int, count: int, above: Group | None) -> PartRow:
        """The row of one part; `number` is its place in words, as 2.1."""
        deeds = self._deeds(part, place, count, above)
        if isinstance(part, Clause):
            return self._clause(part, number, deeds)
        inner = [
            self.part(child, f"{number}{'.' if number else ''}{at + 1}", at, len(part.parts), part)
            for at, child in enumerate(part.parts)
        ]
        # A rule that is still empty is no fault: what to do first stands where its size will be.
        flaw = self.reading.built.flaws.get(part.id) if above or part.parts else None
        return PartRow(part.id, number, True, joiner=part.joiner, flaw=flaw, deeds=deeds, parts=inner)

    def _deeds(self, part: Part, place: int, count: int, above: Group | None) -> frozenset[str]:
        if above is None:
            return frozenset()
        beside = above.parts[max(0, place - 1) : place] + above.parts[place + 1 : place + 2]
        possible = {
            "up": place > 0,
            "down": place < count - 1,
            "in": any(isinstance(other, Group) for other in beside),
            "out": above.id != self.reading.sketch.root.id,
            "unwrap": isinstance(part, Group),
        }
        return frozenset(deed for deed, can in possible.items() if can)

    def _clause(self, clause: Clause, number: str, deeds: frozenset[str]) -> PartRow:
        flaw = self.reading.built.flaws.get(clause.id)
        facts = self.catalogue.get(clause.attribute) if clause.kind == "attribute" else None
        type_ = facts.type if facts else clause.kind if clause.kind != "attribute" else ""
        line = self.lines.get(clause.attribute) if facts else None
        entries = self._entries(clause, type_, facts)
        return PartRow(
            clause.id,
            number,
            is_group=False,
            kind=clause.kind,
            attribute=clause.attribute,
            label=(facts.label or clause.attribute) if facts else clause.attribute,
            type=type_,
            facts=facts,
            dimension=Dimension(line.attribute.dimension).label if line and line.attribute.dimension else "",
            line=line,
            operator=clause.operator,
            operators=list(LABELS.get(type_, {}).items()),
            entries=entries[:SHOWN_VALUES],
            forms=self._forms(clause, type_),
            is_list=clause.operator in LISTS,
            more=max(0, len(entries) - SHOWN_VALUES),
            lowered=clause.lowered,
            flaw=flaw,
            words=self._words(clause),
            common=self._common(clause, facts),
            deeds=deeds,
        )

    def _words(self, clause: Clause) -> str:
        condition = self.reading.built.conditions.get(clause.id)
        return condition_words(condition, self.catalogue) if condition is not None else ""

    def _forms(self, clause: Clause, type_: str) -> list[tuple[str, str]]:
        if clause.operator in LISTS | NO_ENTRY or clause.lowered or clause.operator in LABELS["set"]:
            return []
        comparing = clause.operator in {"eq", "ne", "lt", "le", "gt", "ge"} | RANGES
        if clause.kind != "attribute" or not comparing or not type_:
            return []
        others = sum(facts.type == type_ for facts in self.catalogue.values())
        names = ["value", *(["days"] if type_ == "date" else []), *(["attribute"] if others > 1 else [])]
        return [(name, _FORMS[name]) for name in names] if len(names) > 1 else []

    def _entries(self, clause: Clause, type_: str, facts: AttributeFacts | None) -> list[EntryRow]:
        if clause.operator in NO_ENTRY:
            return []
        wanted = len(clause.entries) if clause.operator in LISTS else 2 if clause.operator in RANGES else 1
        padded = [*clause.entries, *[Entry()] * (wanted - len(clause.entries))][: max(wanted, len(clause.entries))]
        return [self._entry(clause, place, entry, type_, facts) for place, entry in enumerate(padded)]

    def _entry(self, clause: Clause, place: int, entry: Entry, type_: str, facts: AttributeFacts | None) -> EntryRow:
        label = entry.text
        if entry.form == "attribute":
            other = self.catalogue.get(entry.text)
            label = (other.label or entry.text) if other else entry.text
        elif clause.kind == "segment":
            label = self.segments.get(entry.text, entry.text)
        return EntryRow(place, *_controlled(clause, entry, type_, facts), label)

    def _common(self, clause: Clause, facts: AttributeFacts | None) -> list[str]:
        """Values that many customers have, to choose from while typing."""
        if facts is None or facts.type not in ("text", "set"):
            return []
        return [str(value) for value, _ in distribution_for(self.viewer, clause.attribute).top[:20]]


def _controlled(clause: Clause, entry: Entry, type_: str, facts: AttributeFacts | None) -> tuple[str, str, str]:
    """Text, form and control of one input. A text that its own control could not hold stands in a plain one."""
    if entry.form != "value":
        return entry.text, entry.form, entry.form
    if clause.kind != "attribute":
        return entry.text, "value", clause.kind
    if type_ in ("enum", "set") and facts is not None and facts.choices:
        return entry.text, "value", "choice"
    if type_ == "number":
        return entry.text, "value", "number"
    if type_ == "date" and (not entry.text or _DATE.fullmatch(entry.text)):
        return entry.text, "value", "date"
    moment = _MOMENT.fullmatch(entry.text)
    if type_ == "timestamp" and (not entry.text or moment):
        return moment[1] if moment else "", "value", "moment"
    return entry.text, "value", "text"
