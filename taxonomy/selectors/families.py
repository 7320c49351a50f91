"""Families: a parent with its children, what it demands of them, and what is proved about it."""

import dataclasses
from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any

from taxonomy import policies
from taxonomy.choices import ProofQuestion, ProofVerdict, VersionState
from taxonomy.models import ProofSweep, SegmentVersion
from taxonomy.selectors.answering import Name, Questions, questions_about
from taxonomy.selectors.evidence import Evidence, Seen, evidence_about, shown_both, shown_count
from taxonomy.selectors.outcomes import Outcome, outcomes_of, sight_of
from taxonomy.selectors.proving import grounds
from taxonomy.selectors.segments import segment_for

NOTHING_DEMANDED = "nothing"
UNREADABLE = Outcome(
    ProofVerdict.UNDECIDED.value, "One of the rules cannot be read any more; propose a change of that rule."
)
CHILDLESS = Outcome(ProofVerdict.REFUTED.value, "It has no children that could cover it.")
_ASKED = (ProofQuestion.EXCLUSIVE.value, ProofQuestion.COVERING.value, ProofQuestion.FINDINGS.value)


@dataclasses.dataclass(frozen=True)
class Pair:
    """Two siblings: whether nobody can be in both, and how many real customers are."""

    first: SegmentVersion
    second: SegmentVersion
    outcome: Outcome
    both: int | str | None = None

    @property
    def keys(self) -> tuple[str, str]:
        """The keys in alphabetical order."""
        return self.first.segment.key, self.second.segment.key

    @property
    def both_said(self) -> str:
        """How many real customers are in both, for reading."""
        return _said(self.both)


@dataclasses.dataclass(frozen=True)
class Family:
    """One parent with its children by key. `pairs` in the order of keys; `covering`: whether every possible member of
    the parent is in a child; `gap` counts the real ones that are not. Counts are None where they are not known."""

    parent: SegmentVersion
    children: tuple[SegmentVersion, ...]
    pairs: tuple[Pair, ...]
    covering: Outcome
    findings: Mapping[str, Outcome]
    gap: int | str | None = None
    seen: Seen | None = None

    @property
    def key(self) -> str:
        """The parent's key."""
        return self.parent.segment.key

    @property
    def gap_said(self) -> str:
        """How many real customers are outside every child, for reading."""
        return _said(self.gap)

    @property
    def demands_exclusive(self) -> bool:
        """Whether no customer may be in two children."""
        return self.parent.axioms.get("exclusive") is True

    @property
    def demands_covering(self) -> bool:
        """Whether every member of the parent must be in a child."""
        return self.parent.axioms.get("covering") is True

    @property
    def exclusive_state(self) -> str:
        """All pairs together: refuted if one is, then undecided or waiting, else proved."""
        return _together([pair.outcome for pair in self.pairs])

    @property
    def state(self) -> str:
        """All that is demanded together; `nothing` where nothing is demanded."""
        found = []
        if self.demands_exclusive:
            found += [pair.outcome for pair in self.pairs]
        if self.demands_covering:
            found.append(self.covering)
        if not self.demands_exclusive and not self.demands_covering:
            return NOTHING_DEMANDED
        return _together(found)

    @property
    def refuted_pairs(self) -> int:
        """How many pairs can have a customer in common."""
        return sum(pair.outcome.is_refuted for pair in self.pairs)

    @property
    def open_pairs(self) -> int:
        """Of how many pairs nobody knows."""
        return sum(pair.outcome.is_open for pair in self.pairs)


def _said(count: int | str | None) -> str:
    return f"{count:,}" if isinstance(count, int) else count or "not known"


def _together(outcomes: Sequence[Outcome]) -> str:
    if any(outcome.is_refuted for outcome in outcomes):
        return ProofVerdict.REFUTED.value
    return next((outcome.state for outcome in outcomes if outcome.is_open), ProofVerdict.PROVED.value)


def families_for(viewer: Any) -> list[Family]:
    """All families, and the childless segments that demand something, by the parent's name; without counts."""
    policies.segments.require(viewer, "view")
    ground = grounds()
    asked = questions_about(ground, _ASKED)
    outcomes = outcomes_of(asked, sight_of(viewer, ground))
    versions = _in_force()
    below = _below(versions)
    found = [
        _family(versions[key], below.get(key, []), asked, outcomes)
        for key in versions
        if below.get(key) or any(versions[key].axioms.values())
    ]
    return sorted(found, key=lambda family: (family.parent.name.casefold(), family.key))


def family_for(*, viewer: Any, key: str) -> Family | None:
    """One family with its counts; None for a segment that is out of use. Raises `SegmentUnknown`."""
    segment_for(viewer=viewer, key=key)
    versions = _in_force()
    if key not in versions:
        return None
    children = _below(versions).get(key, [])
    keys = [child.segment.key for child in children]
    ground = grounds()
    asked = questions_about(ground, _ASKED)
    family = _family(versions[key], children, asked, outcomes_of(asked, sight_of(viewer, ground), {key, *keys}))
    return _counted(family, viewer, evidence_about({key: keys}, keys))


def families_around(*, viewer: Any, key: str) -> tuple[Family | None, Family | None]:
    """The family below a segment and the one that it stands in, without counts. Raises `SegmentUnknown`."""
    segment_for(viewer=viewer, key=key)
    versions = _in_force()
    if key not in versions:
        return None, None
    below = _below(versions)
    ground = grounds()
    asked = questions_about(ground, _ASKED)
    parent = versions[key].segment.parent
    above = parent.key if parent else ""
    near = {key, above, *(child.segment.key for child in (*below.get(key, []), *below.get(above, [])))}
    outcomes = outcomes_of(asked, sight_of(viewer, ground), near)
    found = [_family(versions[each], below.get(each, []), asked, outcomes) for each in (key, above) if each in versions]
    return found[0], found[1] if len(found) > 1 else None


def newest_sweep() -> ProofSweep | None:
    """The newest round of proofs, whatever its state."""
    return ProofSweep.objects.select_related("requested_by").order_by("-pk").first()


def _in_force() -> dict[str, SegmentVersion]:
    rows = SegmentVersion.objects.filter(state=VersionState.ACTIVE).select_related("segment__parent")
    return {row.segment.key: row for row in rows.order_by("segment__key")}


def _below(versions: Mapping[str, SegmentVersion]) -> dict[str, list[SegmentVersion]]:
    found: dict[str, list[SegmentVersion]] = {}
    for version in versions.values():
        if version.segment.parent:
            found.setdefault(version.segment.parent.key, []).append(version)
    return found


def _family(
    parent: SegmentVersion, children: list[SegmentVersion], asked: Questions, outcomes: Mapping[Name, Outcome]
) -> Family:
    key = parent.segment.key
    pairs = [
        Pair(first, second, outcomes.get(("exclusive", first.segment.key, second.segment.key), UNREADABLE))
        for first, second in combinations(children, 2)
    ]
    # A child that cannot be read was not asked about: whether the others cover says nothing of the family.
    is_whole = {child.segment.key for child in children} == set(asked.families.get(key, ()))
    covering = outcomes.get(("covering", key, ""), UNREADABLE if children else CHILDLESS) if is_whole else UNREADABLE
    findings = {name[1]: outcome for name, outcome in outcomes.items() if name[0] == ProofQuestion.FINDINGS}
    return Family(parent, tuple(children), tuple(pairs), covering, findings)


def _counted(family: Family, viewer: Any, evidence: Evidence) -> Family:
    """The family with the real customers in overlaps and gap, as far as the viewer may know them."""
    pairs = tuple(
        dataclasses.replace(pair, both=shown_both(viewer, evidence.pairs[pair.keys]))
        if pair.keys in evidence.pairs
        else pair
        for pair in family.pairs
    )
    gap = evidence.gaps.get(family.key) if family.children else None
    return dataclasses.replace(
        family,
        pairs=pairs,
        gap=None if gap is None else shown_count(viewer, gap),
        seen=evidence.seen.get(family.key),
    )
