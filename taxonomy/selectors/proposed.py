"""The taxonomy as it would stand with one segment's proposed rule in its place, for proofs about proposals."""

import dataclasses
from collections.abc import Callable, Sequence

from taxonomy.choices import VersionState
from taxonomy.models import SegmentVersion
from taxonomy.proofs import Answer, Finding, Prover, Witness
from taxonomy.rules import Rule, attributes_used, conjoin, digest, matches, segments_used
from taxonomy.selectors.catalogue import stored_rule
from taxonomy.selectors.effective import ActiveRule
from taxonomy.selectors.proof_records import answer_from, answer_record
from taxonomy.selectors.proving import Grounds, findings_on, grounds, kept


@dataclasses.dataclass(frozen=True)
class Standpoint:
    """One state of the taxonomy, in force or proposed, and a prover over it."""

    ground: Grounds
    prover: Prover

    def rule(self, key: str) -> Rule:
        """The effective rule of a segment."""
        return self.ground.active[key].rule

    def children(self, key: str | None) -> list[str]:
        """The keys of the segments directly below, in order."""
        return sorted(row.key for row in self.ground.active.values() if key and row.parent_key == key)

    def disjoint(self, first: str, second: str) -> Answer:
        """Whether no possible customer is in both segments."""
        rules = (self.rule(first), self.rule(second))
        return self._asked("disjoint", rules, lambda: self.prover.disjoint(*rules))

    def covering(self, key: str) -> Answer:
        """Whether every possible member of the segment is in one of its children."""
        children = [self.rule(child) for child in self.children(key)]
        rules = (self.rule(key), *children)
        return self._asked("covering", rules, lambda: self.prover.covering(rules[0], children))

    def implies(self, first: str, second: str) -> Answer:
        """Whether every possible member of the first segment is one of the second."""
        rules = (self.rule(first), self.rule(second))
        return self._asked("implies", rules, lambda: self.prover.implies(*rules))

    def somebody_in(self, key: str) -> Witness | None:
        """A possible member of the segment, None where none was found."""
        rule = self.rule(key)
        return self._asked("never_true", (rule,), lambda: self.prover.never_true(rule)).witness

    def excludes(self, key: str, witness: Witness) -> bool:
        """Whether this possible customer is certainly not in the segment. Values that it lacks are taken as missing,
        where they may be."""
        rule = self.rule(key)
        lacking = set(attributes_used(rule)) - witness.attributes.keys()
        facts = self.ground.catalogue
        if segments_used(rule) or any(each not in facts or facts[each].is_always_known for each in lacking):
            return False
        return matches(rule, witness.attributes, witness.as_of) is not True

    def findings(self, own: Rule, parent: str | None) -> list[Finding]:
        """What is wrong with an own rule among the members of its parent."""
        within = self.rule(parent) if parent in self.ground.active and parent else None
        return findings_on(self.ground, self.prover, own, within)

    def _asked(self, claim: str, rules: Sequence[Rule], find: Callable[[], Answer]) -> Answer:
        return kept(
            f"{claim}:{self.ground.digest_of(*rules)}",
            find,
            write=answer_record,
            read=answer_from,
            is_decided=lambda answer: answer.is_proved or answer.is_refuted,
        )


def standpoint_in_force() -> Standpoint:
    """The taxonomy as it stands."""
    ground = grounds()
    return Standpoint(ground, ground.prover())


def standpoint_proposed(now: Standpoint, *, key: str, name: str, parent: str | None, rule: Rule) -> Standpoint:
    """The taxonomy with this effective rule for `key` below `parent`, and what follows for everything below it."""
    before = now.ground.active.get(key)
    segment_id, version_id, number = (before.segment_id, before.version_id, before.number) if before else (0, 0, 0)
    active = dict(now.ground.active)
    active[key] = ActiveRule(segment_id, key, name, parent, version_id, number, rule, digest(rule))
    own = _own_rules()
    waiting = [key]
    while waiting:
        above = waiting.pop()
        for row in list(active.values()):
            if row.parent_key == above and row.key != key and row.key in own:
                changed = conjoin(active[above].rule, own[row.key])
                active[row.key] = dataclasses.replace(row, rule=changed, digest=digest(changed))
                waiting.append(row.key)
    ground = Grounds(now.ground.catalogue, active)
    return Standpoint(ground, ground.prover())


def _own_rules() -> dict[str, Rule]:
    rows = SegmentVersion.objects.filter(state=VersionState.ACTIVE).values_list("segment__key", "rule")
    return {key: stored_rule(tree) for key, tree in rows}
