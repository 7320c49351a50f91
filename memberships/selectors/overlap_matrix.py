"""How all segments, or those of a family, overlap: a matrix of counts, and the pairs that surprise most."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations
from typing import Any

from common.clock import now
from common.errors import Invalid
from customers.selectors import newest_build
from memberships.measures.overlaps import likeness, shared_counts
from memberships.policies import MembershipPolicy
from memberships.selectors.freshness import fresh_within_of
from memberships.selectors.masked_previews import rounded
from memberships.selectors.stamps import Ground, grounds, members_on, oldest_as_of
from taxonomy.choices import SegmentStatus
from taxonomy.selectors import newest_version, segments_for

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
    """The segments in order, and what each has in common with each other one: `pairs[(i, j)]` for i < j."""

    places: tuple[Place, ...]
    pairs: Mapping[tuple[int, int], Pair]
    population: int
    at: datetime
    as_of: datetime | None
    exact: bool
    fresh_within: int | None
    missing: tuple[str, ...]

    def surprising(self, limit: int = 20) -> list[Pair]:
        """The pairs that are farthest from chance, first."""
        found = [pair for pair in self.pairs.values() if pair.surprise > 0]
        return sorted(found, key=lambda pair: (-pair.surprise, pair.first.name, pair.second.name))[:limit]


def overlaps_for(*, viewer: Any, family: str = "", keys: Sequence[str] = (), at: datetime | None = None) -> Overlaps:
    """All segments in use against each other, or those directly below the family, or those named.

    For those who may not see customers counts are rounded, and what is computed of them is too. Raises MomentInFuture,
    and Invalid for a family or a key that is not there.
    """
    everything = list(segments_for(viewer).order_by("key"))
    rows = _chosen(everything, family, keys)
    found = grounds([row.key for row in rows], at)
    members = members_on(found)
    known = [row for row in rows if row.key in found]
    places = tuple(_place(row, found[row.key], len(members[row.key])) for row in known)
    shared = shared_counts([members[place.key] for place in places])
    population = max([_population(), *(place.size for place in places)])
    exact = MembershipPolicy().can(viewer, "view_members")
    parents = {row.key: row.parent.key if row.parent else "" for row in everything}
    above = {place.key: _above(place.key, parents) for place in places}
    return Overlaps(
        places=places,
        pairs={
            (i, j): _pair(places[i], places[j], int(shared[i, j]), population, exact, parents, above)
            for i, j in combinations(range(len(places)), 2)
        },
        population=population,
        at=at or now(),
        as_of=oldest_as_of(found.values()),
        exact=exact,
        fresh_within=None if at else fresh_within_of(found.values()),
        missing=tuple(row.key for row in rows if row.key not in found),
    )


def _chosen(everything: Sequence[Any], family: str, keys: Sequence[str]) -> list[Any]:
    """The segments in use that were asked for."""
    if family and all(row.key != family for row in everything):
        raise Invalid(f"There is no segment “{family[:63]}”.", code="unknown_family", pointer="/family")
    found = [row for row in everything if row.status == SegmentStatus.ACTIVE]
    if family:
        found = [row for row in found if row.parent is not None and row.parent.key == family]
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


def _pair(
    first: Place,
    second: Place,
    both: int,
    population: int,
    exact: bool,
    parents: Mapping[str, str],
    above: Mapping[str, frozenset[str]],
) -> Pair:
    if second.key in above[first.key] or first.key in above[second.key]:
        relation = NESTED
    else:
        relation = SIBLINGS if parents[first.key] == parents[second.key] != "" else APART
    shown = both if exact else rounded(both)
    counted = shown if isinstance(shown, int) else 0
    found = likeness(first.size, second.size, min(counted, first.size, second.size), population)
    is_telling = max(counted, found.expected) >= _FEWEST and (exact or isinstance(shown, int))
    return Pair(
        first,
        second,
        shown,
        found.jaccard if exact else _coarse(found.jaccard, shown),
        round(found.expected),
        (found.association if exact else _coarse(found.association, shown)) if is_telling else None,
        relation,
    )


def _coarse(figure: float | None, shown: int | str) -> float | None:
    return round(figure, 2) if figure is not None and isinstance(shown, int) else None


def _place(row: Any, ground: Ground, size: int) -> Place:
    version = newest_version(row)
    return Place(row.key, ground.name, version.definition_owner.display_name if version else "", size, ground)
