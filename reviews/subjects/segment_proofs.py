"""Checks of a segment's proposal by proof: what its family demands, whether its rule can be met, whether it is new."""

import dataclasses
from collections.abc import Callable, Iterator, Sequence
from itertools import combinations
from time import monotonic
from typing import Any

from customers.selectors import visible_attribute_keys
from memberships.selectors.overlaps import count_together
from reviews.choices import CheckStatus
from reviews.subjects.base import Check, Content, Live
from taxonomy.proofs import Answer, Finding
from taxonomy.rules.measures import reads_today
from taxonomy.selectors import CheckedContent, live_content, rule_catalogue
from taxonomy.selectors.made_up import made_up
from taxonomy.selectors.proposed import Standpoint, standpoint_in_force, standpoint_proposed

_MOST_NAMED = 3
_SECONDS_FOR_DUPLICATES = 3.0
_SMALL = 5


@dataclasses.dataclass(frozen=True)
class _Broken:
    """One demand that is not proved: what would be so, whether it was proved before, and the answer."""

    about: str
    answer: Answer
    inside: Sequence[str]
    outside: Sequence[str]
    consequence: str
    held_before: bool


@dataclasses.dataclass(frozen=True)
class _Proposal:
    """What is proposed, seen from the taxonomy as it stands and as it would stand."""

    key: str
    content: Content
    live: Live | None
    viewer: Any
    before: Standpoint
    after: Standpoint

    @property
    def parent(self) -> str | None:
        """The key of the parent that is proposed."""
        parent = self.content.get("parent")
        return str(parent) if parent else None

    @property
    def changes_members(self) -> bool:
        """Whether anybody could enter or leave by it."""
        old = self.live.content if self.live else None
        return old is None or any(old.get(field) != self.content.get(field) for field in ("rule", "parent"))

    def name(self, key: str) -> str:
        """What people call a segment."""
        if key == self.key:
            return str(self.content["name"])
        return self.after.ground.active[key].name


def checks_of(
    *, viewer: Any, kind: str, key: str, content: Content, checked: CheckedContent, live: Live | None
) -> list[Check]:
    """What is proved and refuted about the taxonomy with the proposed rule in place; nothing for a mere new name."""
    old = live.content if live else {}
    if all(old.get(field) == content.get(field) for field in ("rule", "parent", "axioms")):
        return []
    before = standpoint_in_force()
    rule, parent = checked.effective_rule, content.get("parent")
    after = standpoint_proposed(before, key=key, name=content["name"], parent=parent, rule=rule)
    proposal = _Proposal(key, content, live, viewer, before, after)
    demands = [*_of_parents(proposal), *_of_children(proposal)]
    if not proposal.changes_members:
        return demands
    return [*_about_rule(after.findings(checked.rule, parent)), *demands, *_about_duplicates(proposal)]


def _about_rule(findings: Sequence[Finding]) -> list[Check]:
    """The rule by itself, among the members of its parent."""
    faults = {finding.code for finding in findings}
    if "never_true" in faults:
        reason = "It is proved that nobody can ever be in it: its conditions, with those above it, exclude one another."
        remedy = "Find the two conditions that cannot hold together, and change one."
        return [Check("Can be met", CheckStatus.FAIL, reason, remedy)]
    checks = [
        Check(
            "Every condition counts",
            CheckStatus.WARN,
            f"{finding.words} The condition: {finding.clause}",
            "Leave the condition out, or say what it was meant to exclude.",
        )
        for finding in findings
        if finding.code in ("dead_clause", "redundant_clause")
    ]
    if "always_true" in faults:
        reason = "It is proved that the rule takes everybody that the parent has."
        checks.append(Check("Tells customers apart", CheckStatus.WARN, reason, "Say what sets its members apart."))
    unfinished = next((finding for finding in findings if finding.code == "undecided"), None)
    if unfinished:
        reason = f"Undecided, so this is not a pass: {unfinished.answer.reason}"
        checks.append(Check("Can be met", CheckStatus.WARN, reason, "Say the rule in simpler conditions."))
    return checks or [Check("Can be met", CheckStatus.PASS, "Somebody can be in it, and every condition counts.")]


def _of_parents(proposal: _Proposal) -> Iterator[Check]:
    """What the parent demands of its children; after a move also what the former one demands of those left behind."""
    old = proposal.live.content.get("parent") if proposal.live else None
    if not proposal.changes_members:
        return
    if proposal.parent:
        yield from _family_checks(proposal, proposal.parent, _axioms_in_force(proposal.parent), about=proposal.key)
    if old and old != proposal.parent and old in proposal.after.ground.active:
        covering_only = {"covering": _axioms_in_force(old).get("covering")}
        yield from _family_checks(proposal, old, covering_only, about=proposal.key)


def _of_children(proposal: _Proposal) -> Iterator[Check]:
    """What the segment itself demands of its children."""
    demanded = proposal.content.get("axioms") or {}
    was = (proposal.live.content.get("axioms") if proposal.live else None) or {}
    if proposal.changes_members:
        yield from _family_checks(proposal, proposal.key, demanded, about=None)
    else:
        newly = {name: bool(demanded.get(name)) and not was.get(name) for name in demanded}
        yield from _family_checks(proposal, proposal.key, newly, about=None)


def _axioms_in_force(key: str) -> dict[str, Any]:
    live = live_content(key)
    return dict(live.content.get("axioms") or {}) if live else {}


def _family_checks(proposal: _Proposal, parent: str, axioms: dict[str, Any], *, about: str | None) -> Iterator[Check]:
    """One check for each demand; `about` limits the pairs to those of one child."""
    children = proposal.after.children(parent)
    if axioms.get("exclusive") and len(children) > 1:
        pairs = [pair for pair in combinations(children, 2) if about is None or about in pair]
        broken = [_pair(proposal, parent, *pair) for pair in pairs]
        good = f"Proved for {len(pairs)} {'pair' if len(pairs) == 1 else 'pairs'}: no possible customer can be in both."
        yield _demand(proposal, f"Children of {proposal.name(parent)} must not overlap", broken, good)
    if axioms.get("covering") and children:
        good = f"Proved: every possible customer of {proposal.name(parent)} is in one of its children."
        yield _demand(
            proposal, f"Children of {proposal.name(parent)} must cover it", [_gap(proposal, parent, children)], good
        )


def _pair(proposal: _Proposal, parent: str, first: str, second: str) -> _Broken | None:
    answer = proposal.after.disjoint(first, second)
    if answer.is_proved:
        return None
    siblings = proposal.before.children(parent)
    stood = first in siblings and second in siblings
    demanded = _was_demanded(proposal, parent, "exclusive")
    return _Broken(
        about=f"{proposal.name(first)} and {proposal.name(second)}",
        answer=answer,
        inside=(first, second),
        outside=(),
        consequence="would be in both",
        held_before=demanded and (not stood or proposal.before.disjoint(first, second).is_proved),
    )


def _gap(proposal: _Proposal, parent: str, children: Sequence[str]) -> _Broken | None:
    answer = proposal.after.covering(parent)
    if answer.is_proved:
        return None
    held = parent in proposal.before.ground.active and bool(proposal.before.children(parent))
    return _Broken(
        about=proposal.name(parent),
        answer=answer,
        inside=(parent,),
        outside=tuple(children),
        consequence="would be outside every child",
        held_before=_was_demanded(proposal, parent, "covering") and held and proposal.before.covering(parent).is_proved,
    )


def _was_demanded(proposal: _Proposal, parent: str, axiom: str) -> bool:
    """Whether the version in force demands it already: only then can a proposal break it."""
    return bool(_axioms_in_force(parent).get(axiom))


def _demand(proposal: _Proposal, name: str, found: Sequence[_Broken | None], good: str) -> Check:
    """One demand over all that was asked: failed where the proposal breaks what held, else something to look at."""
    broken = [each for each in found if each is not None]
    if not broken:
        return Check(name, CheckStatus.PASS, good)
    refuted = [each for each in broken if each.answer.is_refuted]
    told = sorted(broken, key=lambda each: not each.answer.is_refuted)
    sentences = [_sentence(proposal, each) for each in told[:_MOST_NAMED]]
    if len(told) > _MOST_NAMED:
        sentences.append(f"And {len(told) - _MOST_NAMED} more.")
    breaks = any(each.held_before for each in refuted)
    if breaks:
        remedy = "Change the rule so that this holds again, or first propose that the parent no longer demands it."
    elif refuted:
        remedy = "It is not so today either. Change the rules of the family, or say in the rationale why it waits."
    else:
        remedy = "Undecided is not a pass: say the rules in simpler conditions, or look at the customers under Impact."
    return Check(name, CheckStatus.FAIL if breaks else CheckStatus.WARN, " ".join(sentences), remedy)


def _sentence(proposal: _Proposal, broken: _Broken) -> str:
    if not broken.answer.is_refuted:
        return f"Undecided for {broken.about}: {broken.answer.reason}"
    rules = {key: row.rule for key, row in proposal.after.ground.active.items()}
    count = count_together(rules, broken.inside, broken.outside)
    said = {None: "How many real customers that are could not be counted.", 0: "No real customer is today."}.get(
        count, f"Real customers: {f'fewer than {_SMALL}' if (count or 0) < _SMALL else f'{count:,}'}."
    )
    return f"Refuted for {broken.about}: {_witness_words(proposal, broken)} {said}"


def _witness_words(proposal: _Proposal, broken: _Broken) -> str:
    witness = broken.answer.witness
    if witness is None:
        return f"somebody {broken.consequence}."
    rules = [proposal.after.rule(key) for key in (*broken.inside, *broken.outside)]
    dated = any(reads_today(rule) for rule in rules)
    shown = made_up(witness, rule_catalogue(), visible_attribute_keys(proposal.viewer), reads_today=dated)
    return f"a made-up customer for whom {shown.words or 'nothing is known'} {broken.consequence}."


def _about_duplicates(proposal: _Proposal) -> list[Check]:
    """Every segment in use that would mean the same; asked for a few seconds at most."""
    until = monotonic() + _SECONDS_FOR_DUPLICATES
    equal: list[str] = []
    unknown: list[str] = []
    somebody = proposal.after.somebody_in(proposal.key)
    for other in sorted(proposal.after.ground.active):
        # Nearly all others are told apart by one possible member, without another proof.
        if other == proposal.key or (somebody and proposal.after.excludes(other, somebody)):
            continue
        is_equal = _is_equal(proposal.after, proposal.key, other) if monotonic() < until else None
        if is_equal is not False:
            (equal if is_equal else unknown).append(proposal.name(other))
    checks = []
    if equal:
        reason = f"It is proved to mean the same as {_listed(equal)}: every possible customer is in both or in neither."
        remedy = "Use the segment that exists, or say in the rationale why there must be two."
        checks.append(Check("Means something of its own", CheckStatus.WARN, reason, remedy))
    if unknown:
        reason = f"Whether it means the same as {_listed(unknown)} is undecided."
        checks.append(Check("Means something of its own", CheckStatus.WARN, reason, "Compare the rules by reading."))
    return checks or [Check("Means something of its own", CheckStatus.PASS, "No other segment means the same.")]


def _is_equal(after: Standpoint, key: str, other: str) -> bool | None:
    for question in _both_ways(after, key, other):
        answer = question()
        if answer.is_refuted:
            return False
        if not answer.is_proved:
            return None
    return True


def _both_ways(after: Standpoint, key: str, other: str) -> Iterator[Callable[[], Answer]]:
    yield lambda: after.implies(key, other)
    yield lambda: after.implies(other, key)


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:_MOST_NAMED]) + (
        f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
    )
