"""A rule while it is being edited: groups and clauses as they were typed, which may be unfinished or wrong."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal, cast, get_args

from taxonomy.rules.limits import LIMITS

Joiner = Literal["all", "any", "none"]
EntryForm = Literal["value", "days", "attribute"]
ClauseKind = Literal["attribute", "segment", "written"]

JOINERS: tuple[str, ...] = get_args(Joiner)
ENTRY_FORMS: tuple[str, ...] = get_args(EntryForm)
CLAUSE_KINDS: tuple[str, ...] = get_args(ClauseKind)
FORMAT = 1


class SketchError(ValueError):
    """What came in is no sketch, or larger than a rule may be."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One value as it was typed: the value itself, days before the run's day, or the key of another attribute."""

    text: str = ""
    form: EntryForm = "value"


@dataclass(frozen=True, slots=True)
class Clause:
    """One condition being written.

    An `attribute` clause asks one attribute with an operator and its entries, in lower case where `lowered`; a
    `segment` clause holds the key of a segment as its one entry; a `written` clause holds the text of any condition.
    """

    id: int
    kind: ClauseKind = "attribute"
    attribute: str = ""
    operator: str = ""
    entries: tuple[Entry, ...] = ()
    lowered: bool = False

    @property
    def text(self) -> str:
        """The first entry as it was typed, or nothing."""
        return self.entries[0].text if self.entries else ""


@dataclass(frozen=True, slots=True)
class Group:
    """Parts of which all, at least one, or none must hold."""

    id: int
    joiner: Joiner = "all"
    parts: tuple[Part, ...] = ()


Part = Clause | Group


@dataclass(frozen=True, slots=True)
class Sketch:
    """The whole rule being written; every part has an id of its own."""

    root: Group = field(default_factory=lambda: Group(1))


def parts_of(sketch: Sketch) -> Iterator[tuple[Part, Group | None]]:
    """Every part with the group it stands in, in reading order; the root first, in none."""
    waiting: list[tuple[Part, Group | None]] = [(sketch.root, None)]
    while waiting:
        part, above = waiting.pop()
        yield part, above
        if isinstance(part, Group):
            waiting.extend((child, part) for child in reversed(part.parts))


def find(sketch: Sketch, part_id: int) -> tuple[Part, Group | None] | None:
    """The part with this id and the group it stands in."""
    return next((found for found in parts_of(sketch) if found[0].id == part_id), None)


def next_id(sketch: Sketch) -> int:
    """An id that no part has."""
    return max(part.id for part, _ in parts_of(sketch)) + 1


def to_json(sketch: Sketch) -> dict[str, Any]:
    """The sketch as plain JSON values; `from_json` gives an equal sketch back."""
    return {"format": FORMAT, "root": _part_json(sketch.root)}


def _part_json(part: Part) -> dict[str, Any]:
    if isinstance(part, Group):
        return {"id": part.id, "joiner": part.joiner, "parts": [_part_json(child) for child in part.parts]}
    told: dict[str, Any] = {"id": part.id, "kind": part.kind}
    if part.kind == "attribute":
        told |= {"attribute": part.attribute, "operator": part.operator}
    elif part.operator:
        told["operator"] = part.operator
    if part.entries:
        told["entries"] = [entry.text if entry.form == "value" else [entry.text, entry.form] for entry in part.entries]
    if part.lowered:
        told["lowered"] = True
    return told


def from_json(document: Any) -> Sketch:
    """The sketch that a document of `to_json` states; raises SketchError for anything else, and beyond the limits."""
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise SketchError("This is not a rule being written.")
    reader = _Reader()
    root = reader.part(document.get("root"), 0)
    if not isinstance(root, Group):
        raise SketchError("A rule begins with a group.")
    return Sketch(root)


class _Reader:
    """Reads parts downwards, never deeper nor more than a rule may hold."""

    def __init__(self) -> None:
        self.seen: set[int] = set()
        self.characters = 0

    def part(self, node: Any, depth: int) -> Part:
        """The part that one node states."""
        number = node.get("id") if isinstance(node, dict) else None
        if type(number) is not int or not 0 < number < 10**9 or number in self.seen:
            raise SketchError("Every part of a rule has a number of its own.")
        self.seen.add(number)
        if len(self.seen) > LIMITS.nodes or depth > LIMITS.depth:
            raise SketchError("This is more than a rule may hold.")
        return self._group(node, number, depth) if "parts" in node else self._clause(node, number)

    def _group(self, node: dict[str, Any], number: int, depth: int) -> Group:
        parts = node["parts"]
        if node.get("joiner") not in JOINERS or not isinstance(parts, list):
            raise SketchError("A group says all, any or none, and lists its parts.")
        return Group(number, cast(Joiner, node["joiner"]), tuple(self.part(child, depth + 1) for child in parts))

    def _clause(self, node: dict[str, Any], number: int) -> Clause:
        entries = node.get("entries", [])
        if node.get("kind") not in CLAUSE_KINDS or not isinstance(entries, list):
            raise SketchError("A clause asks an attribute, a segment, or is written.")
        if len(entries) > LIMITS.list_items:
            raise SketchError("A list in a rule may not be that long.")
        return Clause(
            number,
            cast(ClauseKind, node["kind"]),
            self.text(node.get("attribute", "")),
            self.text(node.get("operator", "")),
            tuple(self._entry(entry) for entry in entries),
            node.get("lowered") is True,
        )

    def _entry(self, told: Any) -> Entry:
        if isinstance(told, list) and len(told) == 2 and told[1] in ENTRY_FORMS:
            return Entry(self.text(told[0]), cast(EntryForm, told[1]))
        return Entry(self.text(told))

    def text(self, told: Any) -> str:
        """A text, as long as all texts together stay within what a rule may hold."""
        if not isinstance(told, str):
            raise SketchError("Here a text should stand.")
        self.characters += len(told)
        if self.characters > LIMITS.text_bytes:
            raise SketchError("This is more text than a rule may hold.")
        return told
