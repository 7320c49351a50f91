"""What can be typed into the clauses of a rule being written: each operation takes a sketch and gives another."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from taxonomy.rules.limits import LIMITS
from taxonomy.rules.nodes import Rule
from taxonomy.rules.operators import LISTS, NO_ENTRY, RANGES, first_operator
from taxonomy.rules.reshaping import EditError, with_change, with_clause
from taxonomy.rules.sketch import Clause, Entry, Group, Sketch, next_id
from taxonomy.rules.sketching import parts_from


def set_attribute(sketch: Sketch, clause_id: int, key: str, type_: str, old_type: str = "") -> Sketch:
    """With another attribute; operator and entries stay where the types are the same."""

    def change(clause: Clause) -> Clause:
        if clause.kind == "attribute" and old_type == type_ and clause.operator:
            return replace(clause, attribute=key)
        return Clause(clause.id, "attribute", key, first_operator(type_))

    return with_clause(sketch, clause_id, change)


def set_operator(sketch: Sketch, clause_id: int, operator: str) -> Sketch:
    """With another operator, and as many of the entries as it takes."""

    def change(clause: Clause) -> Clause:
        entries = clause.entries
        if operator in NO_ENTRY:
            return replace(clause, operator=operator, entries=(), lowered=False)
        if operator in LISTS:
            entries = tuple(entry for entry in entries if entry.form == "value" and entry.text)
        elif operator not in RANGES:
            entries = entries[:1]
        return replace(clause, operator=operator, entries=entries)

    return with_clause(sketch, clause_id, change)


def set_entry(sketch: Sketch, clause_id: int, place: int, entry: Entry) -> Sketch:
    """With another entry at a place; an emptied one is still to be filled in, and so is one before it."""

    def change(clause: Clause) -> Clause:
        kept = list(clause.entries)
        if place < len(kept) and kept[place] == entry:
            return clause
        if place >= len(kept) and not entry.text and entry.form == "value":
            return clause
        kept += [Entry()] * (place + 1 - len(kept))
        kept[place] = replace(entry, text=entry.text.lower()) if clause.lowered else entry
        while kept and kept[-1] == Entry():
            kept.pop()
        return replace(clause, entries=tuple(kept))

    if not 0 <= place < LIMITS.list_items:
        raise EditError("There is no such place in a list.")
    return with_clause(sketch, clause_id, change)


def add_entries(sketch: Sketch, clause_id: int, texts: Iterable[str]) -> Sketch:
    """With further values in a list, each once."""

    def change(clause: Clause) -> Clause:
        given = (text.lower() if clause.lowered else text for text in texts)
        entries = tuple(dict.fromkeys((*clause.entries, *map(Entry, given))))
        if len(entries) > LIMITS.list_items:
            raise EditError(f"A list may hold at most {LIMITS.list_items} values.")
        return replace(clause, entries=entries)

    return with_clause(sketch, clause_id, change)


def remove_entry(sketch: Sketch, clause_id: int, place: int) -> Sketch:
    """Without the value at a place of a list."""

    def change(clause: Clause) -> Clause:
        return replace(clause, entries=(*clause.entries[:place], *clause.entries[place + 1 :]))

    return with_clause(sketch, clause_id, change)


def clear_entries(sketch: Sketch, clause_id: int) -> Sketch:
    """With an empty list."""
    return with_clause(sketch, clause_id, lambda clause: replace(clause, entries=()))


def set_lowered(sketch: Sketch, clause_id: int, lowered: bool) -> Sketch:
    """Asking the text in lower case or as it is; what was typed follows."""

    def change(clause: Clause) -> Clause:
        entries = tuple(replace(entry, text=entry.text.lower()) if lowered else entry for entry in clause.entries)
        return replace(clause, lowered=lowered, entries=entries)

    return with_clause(sketch, clause_id, change)


def replace_with_rule(sketch: Sketch, clause_id: int, rule: Rule) -> Sketch:
    """With the parts of a rule in the place of a clause."""
    parts = parts_from(rule, next_id(sketch) + 1)
    joined = parts if len(parts) == 1 else (Group(next_id(sketch), "all", parts),)
    return with_change(sketch, clause_id, lambda part: joined)
