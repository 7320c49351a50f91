"""Segments that mean the same, or nearly so, anywhere in the tree."""

import dataclasses
from collections.abc import Mapping
from typing import Any

from taxonomy import policies
from taxonomy.choices import ProofQuestion, ProofVerdict, SweepState, VersionState
from taxonomy.models import Proof, ProofSweep, SegmentVersion
from taxonomy.selectors.answering import questions_about
from taxonomy.selectors.evidence import Evidence, PairCounts, evidence_about, shown_pair
from taxonomy.selectors.proving import grounds

NEARLY = 0.95
"""The share of common members from which two segments count as nearly the same."""


@dataclasses.dataclass(frozen=True)
class Likeness:
    """Two segments side by side, with their counts as far as the viewer may know them.

    `is_hidden` where the members are counted but a count is too small for the viewer.
    """

    first: SegmentVersion
    second: SegmentVersion
    reason: str = ""
    counts: PairCounts | None = None
    is_hidden: bool = False

    @property
    def percent_alike(self) -> float | None:
        """The share of common members, in percent."""
        return 100 * self.counts.alike if self.counts else None


@dataclasses.dataclass(frozen=True)
class Duplicates:
    """`equal`: proved to mean the same. `undecided`: may mean the same, nobody knows. `near`: not proved equal, but
    nearly all members in common. `is_counted` is false where no members stand to compare. `is_answered`: the newest
    round answered for the rules and facts as they stand, so that what is not listed is certainly not equal."""

    equal: tuple[Likeness, ...]
    undecided: tuple[Likeness, ...]
    near: tuple[Likeness, ...]
    is_counted: bool
    is_answered: bool


def duplicates_for(viewer: Any) -> Duplicates:
    """All pairs of segments in use that mean the same, may do so, or have nearly the same members."""
    policies.segments.require(viewer, "view")
    rows = SegmentVersion.objects.filter(state=VersionState.ACTIVE).select_related("segment__parent")
    versions = {row.segment.key: row for row in rows}
    asked = questions_about(grounds())
    stored = Proof.objects.filter(question=ProofQuestion.EQUAL).select_related("first", "second")
    found = {(row.first.key, row.second.key): row for row in stored if row.second}
    current = {pair: row for pair, row in found.items() if asked.digests.get(("equal", *pair)) == row.digest}
    evidence = evidence_about({}, sorted(versions))
    equal = {pair: row for pair, row in current.items() if row.verdict == ProofVerdict.PROVED}
    near = {pair: counts for pair, counts in evidence.pairs.items() if counts.alike >= NEARLY and pair not in equal}
    return Duplicates(
        equal=_likenesses(equal, versions, evidence, viewer),
        undecided=_likenesses(
            {pair: row for pair, row in current.items() if row.verdict == ProofVerdict.UNDECIDED},
            versions,
            evidence,
            viewer,
        ),
        near=tuple(_likeness(versions, pair, "", counts, viewer) for pair, counts in _most_alike_first(near)),
        is_counted=bool(evidence.seen),
        is_answered=ProofSweep.objects.filter(state=SweepState.DONE, digest=asked.digest).exists(),
    )


def _most_alike_first(pairs: Mapping[tuple[str, str], PairCounts]) -> list[tuple[tuple[str, str], PairCounts]]:
    return sorted(pairs.items(), key=lambda item: (-item[1].alike, item[0]))


def _likenesses(
    rows: Mapping[tuple[str, str], Proof], versions: Mapping[str, SegmentVersion], evidence: Evidence, viewer: Any
) -> tuple[Likeness, ...]:
    return tuple(
        _likeness(versions, pair, row.reason, evidence.pairs.get(pair), viewer) for pair, row in sorted(rows.items())
    )


def _likeness(
    versions: Mapping[str, SegmentVersion],
    pair: tuple[str, str],
    reason: str,
    counts: PairCounts | None,
    viewer: Any,
) -> Likeness:
    first, second = versions[pair[0]], versions[pair[1]]
    shown = shown_pair(viewer, counts) if counts else None
    return Likeness(first, second, reason, shown, is_hidden=counts is not None and shown is None)
