"""Attributes that are compared with each other, or with CURRENT_DATE: whole numbers in the order of their values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from taxonomy.proofs.classes import Cells
from taxonomy.proofs.lines import FIRST_DAY, LAST_DAY, Line
from taxonomy.proofs.shapes import Atom, Ordered, Term
from taxonomy.proofs.solver import FALSE, TRUE, Formula, conj, disj, neg
from taxonomy.proofs.vocabulary import UnanswerableError
from taxonomy.rules.limits import LIMITS

_MOST_POINTS = 4_000
_MOST_ROUNDS = 6


def groups(keys: Iterable[str], links: Iterable[Sequence[str]]) -> list[list[str]]:
    """The keys that links join, directly or not; keys without a link are left out."""
    group_of: dict[str, list[str]] = {}
    for link in links:
        first = group_of.setdefault(link[0], [link[0]])
        for key in link[1:]:
            second = group_of.setdefault(key, [key])
            if second is not first:
                first += second
                group_of.update(dict.fromkeys(second, first))
    found = {id(group_of[key]): sorted(group_of[key]) for key in keys if key in group_of}
    return list(found.values())


class Scale:
    """The numbers that stand for the values of one group.

    Days and instants stand for themselves, since days are counted between them. Of other types only the order
    matters: a point, a value that is named anywhere in the group, has a multiple of `step`, and between two points
    there is one number for each attribute of the group, so that every order among them has a place. A gap that holds
    fewer values than that is listed, value by value, as points.
    """

    def __init__(self, members: Mapping[str, Line], atoms: Mapping[str, Sequence[Atom]]) -> None:
        self.members = members
        self.is_direct = any(line.type in ("date", "timestamp") for line in members.values())
        self.step = len(members) + 1
        transparent = [atom for key in members for atom in atoms.get(key, ()) if not atom.is_opaque]
        cells = Cells(next(iter(members.values())), transparent)
        self.points: list[Any] = sorted({*cells.points, *(point for line in members.values() for point in line.points)})
        if len(self.points) > _MOST_POINTS:
            raise UnanswerableError("There are too many values to be examined together.")
        if not self.is_direct:
            self._list_narrow_gaps()
        self.place = {point: number for number, point in enumerate(self.points)}

    def number(self, value: Any) -> int:
        """The number of a point."""
        return int(value) if self.is_direct else (self.place[value] + 1) * self.step

    def possible(self, name: str, line: Line) -> Formula:
        """That the number stands for a value that the attribute can have."""
        if self.is_direct:
            return _within(name, *line.ends)
        ranges: list[tuple[int, int]] = []
        for place in range(len(self.points) + 1):
            gap = (place * self.step + 1, (place + 1) * self.step - 1)
            if line.between(*self._ends(place)) is not None:
                _append(ranges, gap)
            if place < len(self.points) and line.allows(self.points[place]):
                _append(ranges, (gap[1] + 1, gap[1] + 1))
        return disj(_within(name, start, end) for start, end in ranges)

    def holds(self, name: str, atom: Atom) -> Formula:
        """That a transparent atom holds for the value that the number stands for."""
        if atom.kind == "any":
            return TRUE
        if atom.kind == "in":
            ranges: list[tuple[int, int]] = []
            for number in sorted(self.number(value) for value in atom.value):
                _append(ranges, (number, number))
            return disj(_within(name, start, end) for start, end in ranges)
        if atom.kind == "prefix":
            covered = [point for point in self.points if point.startswith(atom.value)]
            after = self.number(covered[-1]) + self.step - 1
            return _within(name, self.number(atom.value), after)
        return f"({atom.kind} {name} {_written(self.number(atom.value))})"

    def values(self, numbers: Mapping[str, int]) -> dict[str, Any]:
        """Values of the attributes with these numbers, in the same order and at the same points."""
        if self.is_direct:
            return dict(numbers)
        found: dict[str, Any] = {}
        for place in {number // self.step for number in numbers.values()}:
            inside = {key: number for key, number in numbers.items() if number // self.step == place}
            between = sorted({number for number in inside.values() if number % self.step})
            lines = [self.members[key] for key, number in inside.items() if number % self.step]
            # Where one of them is a whole number all of them can be: there is room for as many.
            line = max(lines, key=lambda line: line.is_whole, default=None)
            chosen = line.several_between(*self._ends(place), len(between)) if line else []
            standing: dict[int, Any] = dict(zip(between, chosen, strict=False))
            if place:
                standing[place * self.step] = self.points[place - 1]
            found |= {key: standing[number] for key, number in inside.items() if number in standing}
        return found

    def _list_narrow_gaps(self) -> None:
        for _ in range(_MOST_ROUNDS):
            narrow: set[Any] = set()
            for line in set(self.members.values()):
                for place in range(len(self.points) + 1):
                    values = line.several_between(*self._ends(place), self.step - 1)
                    narrow.update(values if len(values) < self.step - 1 else ())
            if not narrow:
                return
            self.points = sorted({*self.points, *narrow})
        raise UnanswerableError("The values lie too close to each other to be examined.")

    def _ends(self, place: int) -> tuple[Any, Any]:
        low = self.points[place - 1] if place else None
        return low, self.points[place] if place < len(self.points) else None


def today_line() -> Line:
    """The days that CURRENT_DATE may stand for: all from which any number of days that can be written may be taken."""
    return Line("date", FIRST_DAY + LIMITS.days_back, LAST_DAY)


def ordered_formula(ordered: Ordered, names: Mapping[str, str]) -> Formula:
    """That the comparison holds for the numbers with these names."""
    formula = f"({ordered.kind} {_term(ordered.left, names)} {_term(ordered.right, names)})"
    return formula if ordered.holds else neg(formula)


def _term(term: Term, names: Mapping[str, str]) -> Formula:
    if term.key is None:
        return _written(term.shift)
    return names[term.key] if not term.shift else f"(+ {names[term.key]} {_written(term.shift)})"


def _within(name: str, start: int, end: int) -> Formula:
    if start > end:
        return FALSE
    if start == end:
        return f"(= {name} {_written(start)})"
    return conj((f"(<= {_written(start)} {name})", f"(<= {name} {_written(end)})"))


def _append(ranges: list[tuple[int, int]], following: tuple[int, int]) -> None:
    if ranges and ranges[-1][1] + 1 == following[0]:
        ranges[-1] = (ranges[-1][0], following[1])
    else:
        ranges.append(following)


def _written(number: int) -> str:
    return str(number) if number >= 0 else f"(- {-number})"
