"""What real customers say about the rules in force: asked of the apps that know members."""

import dataclasses
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from common.providers import providers


@dataclasses.dataclass(frozen=True)
class PairCounts:
    """How many real customers are in both segments, and in one of the two only."""

    both: int
    only_first: int
    only_second: int

    @property
    def alike(self) -> float:
        """Those in both as a share of those in either (Jaccard), 0 to 1; two empty segments say nothing: 0."""
        either = self.both + self.only_first + self.only_second
        return self.both / either if either else 0.0


@dataclasses.dataclass(frozen=True)
class Seen:
    """Where the members of a segment were counted: by which run, on which build, as of when."""

    run_id: int
    build_number: int
    as_of: datetime


@dataclasses.dataclass(frozen=True)
class Evidence:
    """Exact counts over members that were found by the rules in force, over the same customers on the same day.

    `pairs` by keys in alphabetical order; `gaps` by parent: its members that are in none of its children; `seen` by
    segment. What is not known, or was found by an older rule, is left out.
    """

    pairs: Mapping[tuple[str, str], PairCounts] = dataclasses.field(default_factory=dict)
    gaps: Mapping[str, int] = dataclasses.field(default_factory=dict)
    seen: Mapping[str, Seen] = dataclasses.field(default_factory=dict)


def evidence_about(families: Mapping[str, Sequence[str]], keys: Sequence[str]) -> Evidence:
    """The counts for all pairs of `keys`, and for the families (parent -> children)."""
    found = Evidence({}, {}, {})
    for provider in providers("PROOF_EVIDENCE"):
        more: Evidence = provider(families, keys)
        found = Evidence({**found.pairs, **more.pairs}, {**found.gaps, **more.gaps}, {**found.seen, **more.seen})
    return found


def shown_count(viewer: Any, count: int) -> int | str:
    """The count as far as the viewer may know it: small ones could point at persons."""
    for provider in providers("SHOWN_COUNT"):
        return provider(viewer, count)  # type: ignore[no-any-return]
    return count


def shown_pair(viewer: Any, counts: PairCounts) -> PairCounts | None:
    """The counts of a pair, or None where one is too small for the viewer: sizes are open, so each tells the others."""
    every = (counts.both, counts.only_first, counts.only_second)
    return counts if all(isinstance(shown_count(viewer, count), int) for count in every) else None


def shown_both(viewer: Any, counts: PairCounts) -> int | str:
    """How many are in both, as far as the viewer may know it."""
    both = shown_count(viewer, counts.both)
    return both if isinstance(both, str) or shown_pair(viewer, counts) else "not shown"
