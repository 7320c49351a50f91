"""What is proved about an operation on several segments while it is rehearsed: exactness, and what families demand."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

from reviews.choices import CheckStatus, Kind
from reviews.subjects.base import Check
from taxonomy.proofs import Answer
from taxonomy.rules import Rule
from taxonomy.selectors import live_content
from taxonomy.selectors.plans import Plan
from taxonomy.selectors.proposed import Standpoint, standpoint_in_force

_EXACT = "Nobody is lost and nobody is added"
_SMOOTH = "Change the rules so that the parts together are what stood before, or say in the rationale why they are not."


def proofs_of(kind: str, plan: Plan, before: Mapping[str, Rule]) -> list[Check]:
    """The checks, asked while the plan stands in a rehearsal; `before` are the effective rules in force today."""
    stand = standpoint_in_force()
    new = [step.key for step in plan.steps if step.key in stand.ground.active]
    checks = [*_can_be_met(stand, new)]
    if kind == Kind.SPLIT:
        checks.append(_of_split(stand, before[plan.leaving[0].key], plan))
    elif kind == Kind.MERGE:
        checks.append(_of_merge(stand, [before[row.key] for row in plan.leaving], plan, before))
    elif kind == Kind.REORGANISE:
        checks.append(_of_moves(stand, before, new))
    return [*checks, *_repointed_exactly(stand, plan, before), *_families(stand, plan)]


def _of_split(stand: Standpoint, old: Rule, plan: Plan) -> Check:
    parts = [step.key for step in plan.steps if step.base_version is None]
    rules = [stand.rule(key) for key in parts]
    lost = stand.prover.covering(old, rules)
    added = [stand.prover.implies(rule, old) for rule in rules]
    twice = [(pair, stand.disjoint(*pair)) for pair in combinations(parts, 2) if not stand.disjoint(*pair).is_proved]
    said = []
    if not lost.is_proved:
        said.append(_open_or(lost, "Somebody of the old segment would be in none of the parts."))
    if not all(answer.is_proved for answer in added):
        said.append("A part would take in somebody whom the old segment does not have.")
    if twice:
        said.append(f"Somebody could be in both {twice[0][0][0]} and {twice[0][0][1]}.")
    if said:
        return Check(_EXACT, CheckStatus.WARN, f"The split is not exact: {' '.join(said)}", _SMOOTH)
    return Check(_EXACT, CheckStatus.PASS, "Proved: everybody of the old segment is in exactly one of the parts.")


def _of_merge(stand: Standpoint, olds: Sequence[Rule], plan: Plan, before: Mapping[str, Rule]) -> Check:
    target = plan.steps[0].key
    rule = stand.rule(target)
    whole = [*olds, *([before[target]] if target in before else [])]
    lost = [stand.prover.implies(old, rule) for old in whole]
    added = stand.prover.covering(rule, whole)
    said = []
    if not all(answer.is_proved for answer in lost):
        said.append("Somebody of the merged segments would not be in the new one.")
    if not added.is_proved:
        said.append(_open_or(added, "The new one would take in somebody whom none of them has."))
    if said:
        return Check(_EXACT, CheckStatus.WARN, f"The merge is not exact: {' '.join(said)}", _SMOOTH)
    return Check(_EXACT, CheckStatus.PASS, "Proved: the new segment has everybody of the merged ones, and nobody else.")


def _of_moves(stand: Standpoint, before: Mapping[str, Rule], keys: Sequence[str]) -> Check:
    moved = [key for key in keys if key in before and not _is_same(stand, before[key], stand.rule(key))]
    if not moved:
        return Check(_EXACT, CheckStatus.PASS, "Proved: everybody stays in the segments that they are in.")
    reason = f"Under their new parents, others would be in {', '.join(moved)}. Look at who moves, under Impact."
    return Check(_EXACT, CheckStatus.WARN, reason, "Move it where the parent's rule leaves its members in.")


def _is_same(stand: Standpoint, old: Rule, new: Rule) -> bool:
    return old == new or (stand.prover.implies(old, new).is_proved and stand.prover.implies(new, old).is_proved)


def _repointed_exactly(stand: Standpoint, plan: Plan, before: Mapping[str, Rule]) -> Iterator[Check]:
    """A rule may ask for what took a segment's place only where that is the same group; else its owner must decide."""
    if not plan.repointed:
        return
    olds, news = [before[row.key] for row in plan.leaving], _replacements(plan)
    rules = [stand.rule(key) for key in news]
    same = all(stand.prover.covering(old, rules).is_proved for old in olds) and all(
        any(stand.prover.implies(rule, old).is_proved for old in olds) for rule in rules
    )
    one_for_one = len(olds) == 1 or len(set(olds)) == 1
    if same and one_for_one:
        return
    names = ", ".join(plan.repointed)
    yield Check(
        "Rules that refer to it stay exact",
        CheckStatus.FAIL,
        f"These rules refer to what goes, and no replacement means the same: {names}.",
        "Change these rules first, so that they say what they mean without it.",
    )


def _replacements(plan: Plan) -> list[str]:
    return [step.key for step in plan.steps if step.key not in plan.repointed]


def _can_be_met(stand: Standpoint, keys: Sequence[str]) -> Iterator[Check]:
    empty = [key for key in keys if stand.prover.never_true(stand.rule(key)).is_proved]
    if empty:
        reason = f"It is proved that nobody can ever be in {', '.join(empty)}."
        yield Check("Can be met", CheckStatus.FAIL, reason, "Find the two conditions that cannot hold together.")


def _families(stand: Standpoint, plan: Plan) -> Iterator[Check]:
    """What the parents that it touches demand of their children."""
    parents = {step.content.get("parent") for step in plan.steps} - {None}
    for parent in sorted(str(each) for each in parents):
        live = live_content(parent)
        axioms = (live.content.get("axioms") or {}) if live else {}
        children = stand.children(parent)
        if axioms.get("exclusive"):
            broken = [pair for pair in combinations(children, 2) if stand.disjoint(*pair).is_refuted]
            name = f"Children of {parent} must not overlap"
            yield _demand(name, [f"{first} and {second}" for first, second in broken], "No two of them can overlap.")
        if axioms.get("covering") and children:
            answer = stand.covering(parent)
            gap = [f"somebody of {parent} would be outside every child"] if answer.is_refuted else []
            yield _demand(f"Children of {parent} must cover it", gap, "Everybody is in one of them.")


def _demand(name: str, broken: Sequence[str], good: str) -> Check:
    if broken:
        return Check(name, CheckStatus.FAIL, f"Refuted for {', '.join(broken[:3])}.", "Change the rules of the parts.")
    return Check(name, CheckStatus.PASS, good)


def _open_or(answer: Answer, words: str) -> str:
    return words if answer.is_refuted else f"Undecided, which is not a pass: {answer.reason}"
