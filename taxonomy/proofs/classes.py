"""The values of one attribute sorted into classes: values in a class answer alike to everything that is asked."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from taxonomy.proofs.lines import Line
from taxonomy.proofs.shapes import Atom

_LAST_CHARACTER = "\U0010ffff"


@dataclass(frozen=True, slots=True)
class Classes:
    """`answers[i]` are the answers of class i, one bit for each atom; `values[i]` is a plain value in it.

    Where `is_complete` is false there may be values that answer in other ways than any class.
    """

    answers: tuple[int, ...]
    values: tuple[Any, ...]
    is_complete: bool = True


class Cells:
    """The line cut at points: cell 2i is the gap before point i, cell 2i + 1 the point, the last one the gap after all.

    `artificial` points come from declared facts or end the range of a prefix: no rule names them.
    """

    def __init__(self, line: Line, atoms: Sequence[Atom]) -> None:
        self.line = line
        written: set[Any] = set()
        artificial: set[Any] = set()
        for atom in atoms:
            if atom.kind in ("=", "<", "<="):
                written.add(atom.value)
            elif atom.kind == "in":
                written |= atom.value
            elif atom.kind == "prefix":
                written.add(atom.value)
                after = after_prefix(atom.value)
                artificial |= set() if after is None else {after}
        artificial |= set(line.points)
        self.artificial = artificial - written
        self.points: list[Any] = sorted(written | artificial)
        self.count = 2 * len(self.points) + 1
        self.atoms = atoms

    def ranges(self, atom: Atom) -> list[tuple[int, int]]:
        """The cells in which a transparent atom holds, as half-open ranges in order."""
        if atom.kind == "any":
            return [(0, self.count)]
        if atom.kind == "in":
            return [(self.at(value), self.at(value) + 1) for value in sorted(atom.value)]
        start = self.at(atom.value)
        if atom.kind == "prefix":
            after = after_prefix(atom.value)
            return [(start, self.count if after is None else self.at(after))]
        return {"=": [(start, start + 1)], "<": [(0, start)], "<=": [(0, start + 1)]}[atom.kind]

    def at(self, value: Any) -> int:
        """The cell of a value."""
        place = bisect_left(self.points, value)
        is_point = place < len(self.points) and self.points[place] == value
        return 2 * place + is_point

    def answers(self) -> list[int]:
        """The answers of every cell, one bit for each atom."""
        turned = [0] * (self.count + 1)
        for bit, atom in enumerate(self.atoms):
            for start, end in self.ranges(atom):
                turned[start] ^= 1 << bit
                turned[end] ^= 1 << bit
        found, current = [], 0
        for turn in turned[:-1]:
            current ^= turn
            found.append(current)
        return found

    def value(self, cell: int) -> Any:
        """A plain value in the cell, or None where there is none."""
        place = cell // 2
        if cell % 2:
            return self.points[place] if self.line.allows(self.points[place]) else None
        low = self.points[place - 1] if place else None
        return self.line.between(low, self.points[place] if place < len(self.points) else None)

    def is_named(self, cell: int) -> bool:
        """Whether the cell is a value that a rule names."""
        return cell % 2 == 1 and self.points[cell // 2] not in self.artificial


def after_prefix(prefix: str) -> str | None:
    """The first text after all texts that begin so, or None where there is none."""
    kept = prefix.rstrip(_LAST_CHARACTER)
    if not kept:
        return None
    following = chr(ord(kept[-1]) + 1)
    # No text holds half of a surrogate pair.
    return kept[:-1] + ("\ue000" if following == "\ud800" else following)


def listed_classes(values: Sequence[Any], atoms: Sequence[Atom]) -> Classes:
    """The classes of an attribute whose values are all known."""
    found: dict[int, Any] = {}
    for value in values:
        answers = sum(1 << bit for bit, atom in enumerate(atoms) if atom.holds(value))
        found.setdefault(answers, value)
    return Classes(tuple(found), tuple(found.values()))


def ordered_classes(line: Line, atoms: Sequence[Atom]) -> Classes:
    """The classes of an attribute of which only transparent atoms ask, in the order of its values."""
    cells = Cells(line, atoms)
    answers = cells.answers()
    found: dict[int, Any] = {}
    firsts: dict[int, int] = {}
    is_settled: set[int] = set()
    for value in line.plain if line.type == "text" else ():
        if not cells.is_named(cells.at(value)):
            found.setdefault(answers[cells.at(value)], value)
    for cell, answer in enumerate(answers):
        if answer in is_settled or (answer in found and not cells.is_named(cell)):
            firsts.setdefault(answer, cell)
            continue
        value = cells.value(cell)
        if value is None:
            continue
        firsts.setdefault(answer, cell)
        found[answer] = value
        if cells.is_named(cell):
            is_settled.add(answer)
    order = sorted(firsts, key=firsts.__getitem__)
    return Classes(tuple(order), tuple(found[answer] for answer in order))
