"""From where to where: members of several segments at two instants, as a table of bitmaps that adds up."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from pyroaring import BitMap

SEVERAL = "*several"
REST = "*rest"
OUTSIDE = "*outside"


@dataclass(frozen=True)
class Side:
    """One instant. `states`: name -> who, no customer in two of them; `sizes`: the whole size of each segment;
    `shared`: how many of each segment's members are in another one too, and are counted under SEVERAL."""

    states: Mapping[str, BitMap]
    sizes: Mapping[str, int]
    shared: Mapping[str, int]

    @cached_property
    def everybody(self) -> BitMap:
        return BitMap().union(*self.states.values())


def side_of(parts: Mapping[str, BitMap], whole: BitMap | None = None) -> Side:
    """The states of one instant: in one part alone, in SEVERAL of them, and in the whole but in no part (REST)."""
    seen, several = BitMap(), BitMap()
    for members in parts.values():
        several |= seen & members
        seen |= members
    states = {key: members - several for key, members in parts.items()}
    states[SEVERAL] = several
    if whole is not None:
        states[REST] = whole - seen
    sizes = {key: len(members) for key, members in parts.items()}
    shared = {key: members.intersection_cardinality(several) for key, members in parts.items()}
    return Side(states, sizes, shared)


@dataclass(frozen=True)
class Transitions:
    """Who moved from which state before to which state after. `names`: the states in order, OUTSIDE last."""

    before: Side
    after: Side
    names: Sequence[str]

    def cell(self, row: str, column: str) -> BitMap:
        """Those who were in `row` and are in `column`; nobody for outside to outside, which has no end."""
        if row == OUTSIDE and column == OUTSIDE:
            return BitMap()
        if row == OUTSIDE:
            return self.after.states.get(column, BitMap()) - self.before.everybody
        was = self.before.states.get(row, BitMap())
        if column == OUTSIDE:
            return was - self.after.everybody
        return was & self.after.states.get(column, BitMap())

    def counts(self) -> Iterator[tuple[str, list[int]]]:
        """(row, its counts in the order of the columns), row by row."""
        for row in self.names:
            yield row, [len(self.cell(row, column)) for column in self.names]

    def breaches(self) -> list[str]:
        """Sentences for sums that are not the sizes; none, unless something is wrong."""
        table = dict(self.counts())
        before = {name: sum(row) for name, row in table.items()}
        after = {name: sum(row[place] for row in table.values()) for place, name in enumerate(self.names)}
        return [
            f"{key} {when}: {totals[key]} alone and {side.shared[key]} in several are not {size}."
            for when, side, totals in (("before", self.before, before), ("after", self.after, after))
            for key, size in side.sizes.items()
            if totals[key] + side.shared[key] != size
        ]


def transitions(before: Side, after: Side, order: Sequence[str]) -> Transitions:
    """The table; states that are empty at both instants are left out, but for the segments themselves."""
    extra = [name for name in (SEVERAL, REST) if before.states.get(name, BitMap()) or after.states.get(name, BitMap())]
    return Transitions(before, after, [*order, *extra, OUTSIDE])
