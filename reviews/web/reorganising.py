"""The form that re-organises the taxonomy: a pasted table or rows, every fault at its line, the tree that it makes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django import forms

from common.errors import DomainError
from reviews.web.forms import Content
from reviews.web.operations import OperationForm, segment_choices
from reviews.web.pasted import lines_of
from taxonomy.choices import TIER_DEPTHS, Tier
from taxonomy.selectors import TreeRow, tree_for

ROOT = "-"
_TIERS = {spelling.casefold(): tier.value for tier in Tier for spelling in (tier.value, tier.label)}


@dataclass(frozen=True)
class Wish:
    """What somebody wants of one segment, and where they wrote it: the field, and the line of the pasted table."""

    field: str
    line: int | None
    segment: str
    changes: dict[str, str | None]

    def told(self, fault: str) -> str:
        """The fault, with the line where it stands."""
        return fault if self.line is None else f"Line {self.line}: {fault}"


@dataclass
class Node:
    """One segment as it would stand, with what it was in words."""

    row: TreeRow
    name: str
    tier: str
    was: str
    is_touched: bool
    children: list["Node"] = field(default_factory=list)


@dataclass(frozen=True)
class Shape:
    """The taxonomy with wishes granted: name, parent and tier of every segment."""

    rows: dict[str, TreeRow]
    wishes: dict[str, Wish]

    def parent(self, key: str) -> str | None:
        """What it would stand below."""
        changes = self.wishes[key].changes if key in self.wishes else {}
        return changes["parent"] if "parent" in changes else self.rows[key].parent_key

    def tier(self, key: str) -> str:
        """The tier that it would be of."""
        wish = self.wishes.get(key)
        return str((wish.changes.get("tier") if wish else None) or self.rows[key].tier)

    def name(self, key: str) -> str:
        """What it would be called."""
        wish = self.wishes.get(key)
        return str((wish.changes.get("name") if wish else None) or self.rows[key].name)

    def above(self, key: str) -> list[str]:
        """What it would stand below, nearest first; where that turns in a circle it ends with the key itself."""
        found: list[str] = []
        parent = self.parent(key)
        while parent in self.rows and parent not in found:
            found.append(parent)
            parent = None if parent == key else self.parent(parent)
        return found

    def faults(self) -> list[tuple[Wish, str]]:
        """Circles, and tiers that are not deeper than the one above, each with the wish that makes them."""
        circles = [wish for key, wish in self.wishes.items() if "parent" in wish.changes and key in self.above(key)]
        found = [(wish, f"{wish.segment} would stand below itself.") for wish in circles]
        for key in self.rows:
            parent = self.parent(key)
            wish = self.wishes.get(key) or (self.wishes.get(parent) if parent else None)
            if parent not in self.rows or wish is None or wish in circles:
                continue
            if TIER_DEPTHS[self.tier(key)] <= TIER_DEPTHS[self.tier(parent)]:
                here, there = (Tier(self.tier(each)).label.lower() for each in (key, parent))
                fault = f"{key} would be a {here} below {parent}, a {there}. Give {key} a deeper tier as well."
                found.append((wish, fault))
        return found

    def nodes(self) -> list[Node]:
        """The branches that are touched, nested: what is above, what is beside and what is below each."""
        near = {each for key in self.wishes for each in (self.parent(key), self.rows[key].parent_key) if each}
        shown = {
            key
            for key in self.rows
            if key in self.wishes or self.parent(key) in near or any(each in self.wishes for each in self.above(key))
        } | near
        shown |= {above for key in shown & self.rows.keys() for above in self.above(key)}
        nodes = {key: self._node(key) for key in self.rows if key in shown}
        roots: list[Node] = []
        for key, node in sorted(nodes.items(), key=lambda item: (item[1].name.casefold(), item[0])):
            parent = self.parent(key)
            (nodes[parent].children if parent in nodes else roots).append(node)
        return roots

    def _node(self, key: str) -> Node:
        row, was = self.rows[key], []
        if self.name(key) != row.name:
            was.append(f"was called “{row.name}”")
        if self.parent(key) != row.parent_key:
            was.append(f"stood below {row.parent_key}" if row.parent_key else "was a root")
        if self.tier(key) != row.tier:
            was.append(f"was a {Tier(row.tier).label.lower()}")
        return Node(row, self.name(key), self.tier(key), ", ".join(was), key in self.wishes)


class ReorganiseForm(OperationForm):
    """Other places and other names for many segments."""

    FEWEST = {"rows": 1}
    ROWS = {
        "rows": (
            "Or row by row",
            "A segment, what it shall stand below, and what it shall be called. What is empty stays as it is.",
            {"segment": "Segment", "parent": "New parent", "name": "New name", "tier": "New tier"},
        )
    }
    table = forms.CharField(
        label="Paste a table",
        required=False,
        max_length=60_000,
        widget=forms.Textarea(attrs={"rows": 6, "class": "reviews-rule", "spellcheck": "false", "wrap": "off"}),
        help_text="One line for each segment: segment key, new parent, new name, new tier. From a spreadsheet, or "
        "parted by semicolons or commas. An empty cell stays as it is; - as the parent makes it a root.",
    )

    def __init__(self, *args: Any, viewer: Any, **options: Any) -> None:
        rows = tree_for(viewer)
        self._rows = {row.key: row for row in rows}
        self._wishes: list[Wish] = []
        super().__init__(*args, viewer=viewer, **options)

    def row_field(self, column: str, label: str) -> forms.Field:
        if column == "name":
            return super().row_field(column, label)
        stays, *segments = segment_choices(self._rows.values(), "Stays where it is")
        choices = {
            "segment": [("", "Choose a segment"), *segments],
            "parent": [stays, (ROOT, "Nothing: it becomes a root"), *segments],
            "tier": [("", "Stays as it is"), *Tier.choices],
        }
        return forms.ChoiceField(label=label, required=False, choices=choices[column])

    def initial_rows(self, name: str) -> list[dict[str, Any]]:
        written = self._start.get("rows") or []
        return [{**row, "parent": row["parent"] or ROOT} if "parent" in row else row for row in written]

    def find_faults(self) -> None:
        self._wishes = [*self._pasted(), *self._typed()]
        if not self._wishes and not self.errors:
            self.add_error("table", "Paste a table, or choose a segment in a row.")
        seen: dict[str, Wish] = {}
        for wish in self._wishes:
            if fault := self._fault_of(wish, seen):
                self.add_error(wish.field, wish.told(fault))
            seen.setdefault(wish.segment, wish)
        if not self.errors:
            for wish, fault in Shape(self._rows, seen).faults():
                self.add_error(wish.field, wish.told(fault))

    def _pasted(self) -> list[Wish]:
        lines = lines_of(self.cleaned_data.get("table") or "")
        for line in (line for line in lines if line.spare):
            told = f"Line {line.number}: {4 + line.spare} cells. There are four: segment key, parent, name, tier."
            self.add_error("table", told)
        return [self._wish("table", line.number, line.cells) for line in lines]

    def _typed(self) -> list[Wish]:
        return [self._wish(f"rows-{place}-segment", None, row) for place, row in self.typed_rows("rows")]

    def _wish(self, where: str, line: int | None, cells: Mapping[str, str]) -> Wish:
        changes: dict[str, str | None] = {name: cells[name] for name in ("name", "parent", "tier") if cells[name]}
        if changes.get("parent") == ROOT:
            changes["parent"] = None
        if "tier" in changes:
            changes["tier"] = _TIERS.get(cells["tier"].casefold(), cells["tier"])
        return Wish(where, line, cells["segment"], changes)

    def _fault_of(self, wish: Wish, seen: Mapping[str, Wish]) -> str:
        parent, tier = wish.changes.get("parent"), wish.changes.get("tier")
        if not wish.segment:
            return "Name the segment."
        if wish.segment not in self._rows:
            return f"There is no segment in use with the key {wish.segment}."
        if wish.segment in seen:
            return f"{wish.segment} is named twice."
        if not wish.changes:
            return f"Say what shall change of {wish.segment}: its parent, its name or its tier."
        if parent is not None and parent not in self._rows:
            return f"There is no segment in use with the key {parent} to stand below."
        if tier is not None and tier not in TIER_DEPTHS:
            return f"“{tier}” is no tier. Choose one of: {', '.join(Tier.values)}."
        if len(wish.changes.get("name") or "") > 120:
            return "This name is longer than 120 characters."
        return ""

    def new_key(self) -> str:
        return self._wishes[0].segment if self._wishes else ""

    def content(self) -> Content:
        return {"rows": [{"segment": wish.segment, **wish.changes} for wish in self._wishes]}

    def tree(self) -> list[Any]:
        return Shape(self._rows, {wish.segment: wish for wish in self._wishes}).nodes()

    def place_errors(self, error: DomainError) -> None:
        """Put a refusal at the line or the row that its pointer counts (/proposed/rows/3/parent)."""
        for item in error.errors:
            parts = str(item.get("pointer") or "").split("/")
            number = int(parts[3]) if parts[1:3] == ["proposed", "rows"] and parts[3:4] and parts[3].isdecimal() else -1
            wish = self._wishes[number] if 0 <= number < len(self._wishes) else None
            self.add_error(wish.field if wish else None, wish.told(item["detail"]) if wish else item["detail"])
