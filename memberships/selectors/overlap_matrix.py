"""How all segments, or those of a family, overlap: a matrix of counts, and the pairs that surprise most."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations
from typing import Any

import numpy as np
import numpy.typing as npt

from common.clock import now
from common.errors import Invalid
from customers.selectors import newest_build
from memberships.measures.overlaps import associations, likeness, shared_counts
from memberships.policies import MembershipPolicy
from memberships.selectors.freshness import fresh_within_of
from memberships.selectors.masked_previews import rounded
from memberships.selectors.stamps import Ground, grounds, members_on, oldest_as_of
from taxonomy.choices import SegmentStatus
from taxonomy.selectors import newest_versions_for

NESTED, SIBLINGS, APART = "nested", "siblings", "apart"
# Fewer in both, and fewer expected, than this say nothing.
_FEWEST = 5


@dataclass(frozen=True)
class Place:
    """One segment of the matrix. Sizes are exact and open to everybody."""

    key: str
    name: str
    owner: str
    size: int
    ground: Ground


@dataclass(frozen=True)
class Pair:
    """Two segments. `both` is a number, rounded where not exact, or words; `expected`: how many would be in both by
    chance; `association` -1 to 1. `relation`: nested (one stands below the other), siblings or apart."""

    first: Place
    second: Place
    both: int | str
    jaccard: float | None
    expected: int
    association: float | None
    relation: str

    @property
    def surprise(self) -> float:
        """How far from chance; 0 where the taxonomy itself says that they overlap or do not."""
        if self.relation == NESTED or self.association is None:
            return 0.0
        if self.relation == SIBLINGS and self.association < 0:
            return 0.0
        return abs(self.association)

    @property
    def shade(self) -> int:
        """0 to 5: how dark the cell is."""
        return 0 if not self.jaccard else min(5, 1 + int(self.jaccard * 4.999))


@dataclass(frozen=True)
class Overlaps:
    """The segments in order, and what each has in common with each other one."""

    places: tuple[Place, ...]
    shared: npt.NDArray[np.int64]
    lines: Mapping[str, tuple[str, frozenset[str]]]
    population: int
    at: datetime
    as_of: datetime | None
    exact: bool
    fresh_within: int | None
    missing: tuple[str, ...]

    def pair(self, first: int, second: int) -> Pair:
        """Two of the segments, by their places."""
        return _pair(self, self.places[first], self.places[second], int(self.shared[first, second]))

    def pairs(self) -> Iterator[Pair]:
        """All of them."""
        return (self.pair(first, second) for first, second in combinations(range(len(self.places)), 2))

    def surprising(self, limit: int = 20) -> list[Pair]:
        """The pairs that are farthest from chance, first."""
        found: list[Pair] = []
        for first, second in self._by_distance():
            pair = self.pair(first, second)
            if pair.surprise > 0:
                found.append(pair)
            # Rounded counts move pairs a little; all of them are looked at then.
            if self.exact and len(found) == limit:
                break
        return sorted(found, key=lambda pair: (-pair.surprise, pair.first.name, pair.second.name))[:limit]

    def _by_distance(self) -> list[tuple[int, int]]:
        """The places of all pairs, farthest from chance first."""
        sizes = np.array([place.size for place in self.places], np.int64)
        distance = np.nan_to_num(np.abs(associations(sizes, self.shared, self.population)))
        rows, columns = np.triu_indices(len(self.places), 1)
        order = np.argsort(-distance[rows, columns], kind="stable")
        return list(zip(rows[order].tolist(), columns[order].tolist(), strict=True))


def overlaps_for(*, viewer: Any, family: str = "", keys: Sequence[str] = (), at: datetime | None = None) -> Overlaps:
    """All segments in use against each other, or those directly below the family, or those named.

    For those who may not see customers counts are rounded, and what is computed of them is too. Raises MomentInFuture,
    and Invalid for a family or a key that is not there.
    """
    everything = _segments(viewer)
    rows = _chosen(everything, family, keys)
    found = grounds([row.key for row in rows], at)
    members = members_on(found)
    places = tuple(_place(row, found[row.key], len(members[row.key])) for row in rows if row.key in found)
    parents = {row.key: row.parent for row in everything}
    return Overlaps(
        places=places,
        shared=shared_counts([members[place.key] for place in places]),
        lines={place.key: (parents[place.key], _above(place.key, parents)) for place in places},
        population=max([_population(), *(place.size for place in places)]),
        at=at or now(),
        as_of=oldest_as_of(found.values()),
        exact=MembershipPolicy().can(viewer, "view_members"),
        fresh_within=None if at else fresh_within_of(found.values()),
        missing=tuple(row.key for row in rows if row.key not in found),
    )


@dataclass(frozen=True)
class _Segment:
    key: str
    parent: str
    status: str
    owner: str


def _segments(viewer: Any) -> list[_Segment]:
    """All segments, by key; only what is needed of them, as versions are wide."""
    rows = (
        newest_versions_for(viewer)
        .order_by("segment__key")
        .values_list("segment__key", "segment__parent__key", "segment__status", "definition_owner__display_name")
    )
    return [_Segment(key, parent or "", status, owner) for key, parent, status, owner in rows]


def _chosen(everything: Sequence[_Segment], family: str, keys: Sequence[str]) -> list[_Segment]:
    """The segments in use that were asked for."""
    if family and all(row.key != family for row in everything):
        raise Invalid(f"There is no segment “{family[:63]}”.", code="unknown_family", pointer="/family")
    found = [row for row in everything if row.status != SegmentStatus.RETIRED]
    if family:
        found = [row for row in found if row.parent == family]
    if missing := set(keys) - {row.key for row in found}:
        detail = f"There is no segment “{min(missing)[:63]}” in use here."
        raise Invalid(detail, code="unknown_segment", pointer="/keys")
    return [row for row in found if row.key in keys] if keys else found


def _population() -> int:
    build = newest_build()
    return build.alive_count if build else 0


def _above(key: str, parents: Mapping[str, str]) -> frozenset[str]:
    found: list[str] = []
    while (key := parents.get(key, "")) and key not in found:
        found.append(key)
    return frozenset(found)


def _pair(found: Overlaps, first: Place, second: Place, both: int) -> Pair:
    (first_parent, above_first), (second_parent, above_second) = found.lines[first.key], found.lines[second.key]
    if second.key in above_first or first.key in above_second:
        relation = NESTED
    else:
        relation = SIBLINGS if first_parent == second_parent != "" else APART
    shown = both if found.exact else rounded(both)
    counted = min(shown, first.size, second.size) if isinstance(shown, int) else 0
    alike = likeness(first.size, second.size, counted, found.population)
    is_telling = max(counted, alike.expected) >= _FEWEST and isinstance(shown, int)
    exact = found.exact
    return Pair(
        first,
        second,
        shown,
        alike.jaccard if exact else _coarse(alike.jaccard, shown),
        round(alike.expected),
        (alike.association if exact else _coarse(alike.association, shown)) if is_telling else None,
        relation,
    )


def _coarse(figure: float | None, shown: int | str) -> float | None:
    return round(figure, 2) if figure is not None and isinstance(shown, int) else None


def _place(row: _Segment, ground: Ground, size: int) -> Place:
    return Place(row.key, ground.name, row.owner, size, ground)
