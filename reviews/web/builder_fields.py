"""What a page of the editor sends: the values of all inputs, and the one deed that was asked for."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from common.errors import Invalid
from reviews.selectors.rule_states import Catalogue, State, reading_of, state_of, state_of_text
from taxonomy.rules import RuleError, parse
from taxonomy.rules import editing as shape
from taxonomy.rules import filling as fill
from taxonomy.rules.operators import LABELS
from taxonomy.rules.pasting import pasted_values
from taxonomy.rules.reshaping import EditError
from taxonomy.rules.sketch import ENTRY_FORMS, Clause, Entry, Group, Sketch, SketchError, find, from_json, parts_of

_ENTRY = re.compile(r"e-(\d{1,9})-(\d{1,5})")
_NUMBER = re.compile(r"\d{1,9}")


@dataclass(frozen=True)
class Deed:
    """What was asked: a name (`remove`, `undo`, `fill`), what it is about, and the page that asks."""

    name: str
    words: tuple[str, ...]
    seen: int
    tab: str
    touch: str
    fields: Mapping[str, str]

    def number(self, place: int = 0) -> int:
        """The part (or position) that the deed names at a place."""
        word = self.words[place] if place < len(self.words) else ""
        if not _NUMBER.fullmatch(word):
            raise Invalid("It is not said which part of the rule is meant.", pointer="/op")
        return int(word)


def deed_of(request: HttpRequest) -> Deed:
    """The deed in a request of the editor."""
    name, *words = (request.POST.get("op") or "").split()[:5] or ["fill"]
    seen = request.POST.get("revision", "")
    return Deed(
        name,
        tuple(words),
        int(seen) if _NUMBER.fullmatch(seen) else 0,
        re.sub(r"[^\w-]", "", request.POST.get("tab", ""))[:36],
        request.POST.get("touch", "")[:60],
        request.POST.dict(),
    )


def change_of(deed: Deed, catalogue: Catalogue) -> Callable[[State], State]:
    """The change of a state that a deed asks for: the inputs are taken first, then the deed is done."""

    def change(state: State) -> State:
        try:
            return _changed(state, deed, catalogue)
        except (EditError, SketchError) as refused:
            raise Invalid(str(refused), code="edit_refused") from refused

    return change


def same_shape(old: State, new: State) -> bool:
    """Whether the page of one state can show the other too, because only typed texts differ."""
    if old["text"] is not None or new["text"] is not None:
        return (old["text"] is None) == (new["text"] is None)
    before, after = (_skeleton(from_json(state["sketch"]).root) for state in (old, new))
    return before == after


def _skeleton(part: Group | Clause) -> tuple[Any, ...]:
    if isinstance(part, Group):
        return part.id, part.joiner, tuple(_skeleton(child) for child in part.parts)
    listed = part.operator in ("in", "not_in")
    held = part.entries if listed else tuple((e.form, e.form == "attribute" and e.text) for e in part.entries)
    forms = held if listed else tuple(form for form in held if form != ("value", False))
    return part.id, part.kind, part.attribute, part.operator, part.lowered, part.kind == "segment" and part.text, forms


def _changed(state: State, deed: Deed, catalogue: Catalogue) -> State:
    if deed.name == "mine":
        return _handed_over(deed.fields.get("mine", ""))
    if "text" in deed.fields:
        typed = deed.fields["text"].replace("\r\n", "\n")
        if typed != reading_of(state, catalogue).lined:
            state = state_of_text(typed, catalogue, from_json(state["sketch"]))
        return state if deed.name in ("fill", "view") else _done(state, deed, catalogue)
    sketch = _filled(from_json(state["sketch"]), deed.fields, catalogue)
    if sketch != from_json(state["sketch"]):
        state = state_of(sketch)
    return state if deed.name in ("fill", "view") else _done(state, deed, catalogue)


def _handed_over(document: str) -> State:
    """The state that the page kept while two pages disagreed."""
    try:
        state = json.loads(document)
        sketch, text = from_json(state["sketch"]), state["text"]
    except (ValueError, TypeError, KeyError, RecursionError):
        raise Invalid("What you kept cannot be read any more. Go on with the other one.", pointer="/mine") from None
    return state_of(sketch, text if isinstance(text, str) else None)


# --- inputs ----------------------------------------------------------------------------------------------------------


def _filled(sketch: Sketch, fields: Mapping[str, str], catalogue: Catalogue) -> Sketch:
    """The sketch with what stands in the inputs; inputs of parts that are gone say nothing."""
    for part, _ in list(parts_of(sketch)):
        if isinstance(part, Group):
            joiner: Any = fields.get(f"j-{part.id}", part.joiner)
            sketch = shape.set_joiner(sketch, part.id, joiner) if joiner != part.joiner else sketch
        else:
            sketch = _filled_clause(sketch, part, fields, catalogue)
    return sketch


def _filled_clause(sketch: Sketch, clause: Clause, fields: Mapping[str, str], catalogue: Catalogue) -> Sketch:
    key = fields.get(f"a-{clause.id}", clause.attribute)
    if clause.kind == "attribute" and key != clause.attribute:
        old, new = catalogue.get(clause.attribute), catalogue.get(key)
        if new is None:
            raise EditError("There is no such attribute. Choose one of the list.")
        return fill.set_attribute(sketch, clause.id, key, new.type, old.type if old else "")
    operator = fields.get(f"o-{clause.id}", clause.operator)
    if operator != clause.operator and _takes(clause, operator, catalogue):
        sketch = fill.set_operator(sketch, clause.id, operator)
        clause = _clause(sketch, clause.id)
    if f"l-{clause.id}" in fields and (fields[f"l-{clause.id}"] == "yes") != clause.lowered:
        sketch = fill.set_lowered(sketch, clause.id, not clause.lowered)
    if clause.operator in ("in", "not_in"):
        return sketch
    return _filled_entries(sketch, clause, fields)


def _filled_entries(sketch: Sketch, clause: Clause, fields: Mapping[str, str]) -> Sketch:
    for place in range(2):
        name = f"e-{clause.id}-{place}"
        if name not in fields:
            continue
        held = clause.entries[place] if place < len(clause.entries) else Entry()
        form: Any = fields.get(f"f-{clause.id}-{place}", held.form)
        if form != held.form and form in ENTRY_FORMS:
            sketch = fill.set_entry(sketch, clause.id, place, Entry("", form))
        elif fields[name] != held.text and not _is_moment(fields[name], held.text):
            sketch = fill.set_entry(sketch, clause.id, place, Entry(fields[name].replace("\r\n", "\n"), held.form))
    return sketch


def _is_moment(typed: str, held: str) -> bool:
    """Whether an input of a moment shows what is held: it knows no zone, and leaves seconds out that are none."""
    return bool(typed) and held.endswith("Z") and held.removesuffix("Z") in (typed, f"{typed}:00")


def _takes(clause: Clause, operator: str, catalogue: Catalogue) -> bool:
    facts = catalogue.get(clause.attribute)
    type_ = clause.kind if clause.kind == "segment" else facts.type if facts else ""
    return operator in LABELS.get(type_, {})


def _clause(sketch: Sketch, number: int) -> Clause:
    found = find(sketch, number)
    if found is None or not isinstance(found[0], Clause):
        raise EditError("This condition is not there any more. Look at the rule again.")
    return found[0]


# --- deeds -----------------------------------------------------------------------------------------------------------


def _done(state: State, deed: Deed, catalogue: Catalogue) -> State:
    sketch = from_json(state["sketch"])
    if deed.name in _PLAIN:
        return state_of(_PLAIN[deed.name](sketch, deed.number()))
    if deed.name in _WORDED:
        return state_of(_WORDED[deed.name](sketch, deed))
    if deed.name in _OF_CATALOGUE:
        return state_of(_OF_CATALOGUE[deed.name](sketch, deed, catalogue))
    raise Invalid("The editor knows no such deed. Reload the page.", pointer="/op")


def _pasted(sketch: Sketch, deed: Deed, catalogue: Catalogue) -> Sketch:
    text = deed.fields.get("paste", "")
    try:
        return shape.insert_rule(sketch, sketch.root.id, parse(text, catalogue))
    except RuleError as refused:
        place = f" (line {refused.line}, column {refused.column})" if refused.line else ""
        raise EditError(f"What you pasted is no rule: {refused.detail}{place}") from refused


def _listed(sketch: Sketch, deed: Deed, catalogue: Catalogue) -> Sketch:
    clause = _clause(sketch, deed.number())
    facts = catalogue.get(clause.attribute)
    given = deed.fields.get(f"n-{clause.id}", "")
    values = pasted_values(given, facts.type if facts else "text", (facts.choices or ()) if facts else ())
    return fill.add_entries(sketch, clause.id, values)


def _fielded(sketch: Sketch, deed: Deed, catalogue: Catalogue) -> Sketch:
    clause = _clause(sketch, deed.number())
    try:
        return fill.replace_with_rule(sketch, clause.id, parse(clause.text, catalogue))
    except RuleError as refused:
        raise EditError(f"It cannot be turned into fields yet: {refused.detail}") from refused


_PLAIN: dict[str, Callable[[Sketch, int], Sketch]] = {
    "add": shape.add_clause,
    "add-group": shape.add_group,
    "remove": shape.remove,
    "duplicate": shape.duplicate,
    "wrap": shape.wrap,
    "unwrap": shape.unwrap,
    "negate": shape.negate,
    "up": shape.move_up,
    "down": shape.move_down,
    "in": shape.move_in,
    "out": shape.move_out,
    "clear-values": fill.clear_entries,
}
_WORDED: dict[str, Callable[[Sketch, Deed], Sketch]] = {
    "add-segment": lambda sketch, deed: shape.add_clause(sketch, deed.number(), "segment"),
    "add-written": lambda sketch, deed: shape.add_clause(sketch, deed.number(), "written"),
    "move": lambda sketch, deed: shape.move_to(sketch, deed.number(0), deed.number(1), deed.number(2)),
    "drop-value": lambda sketch, deed: fill.remove_entry(sketch, deed.number(0), deed.number(1)),
}
_OF_CATALOGUE: dict[str, Callable[[Sketch, Deed, Catalogue], Sketch]] = {
    "paste": _pasted,
    "add-values": _listed,
    "to-fields": _fielded,
}
