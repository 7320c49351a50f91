"""All questions about the taxonomy in force, and their answers."""

import dataclasses
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from itertools import combinations
from time import perf_counter
from typing import Any

from common.digests import digest_of
from taxonomy.choices import ProofBasis, ProofQuestion, ProofVerdict, VersionState
from taxonomy.models import SegmentVersion
from taxonomy.proofs import Answer, Prover, Regions, Relation
from taxonomy.rules import Rule
from taxonomy.selectors.catalogue import stored_rule
from taxonomy.selectors.evidence import Evidence, PairCounts, evidence_about
from taxonomy.selectors.proof_records import finding_record, witness_record
from taxonomy.selectors.proving import Grounds, findings_on

Progress = Callable[[int, int], None]
Name = tuple[str, str, str]
"""Of a question: what is asked, and the keys of the segments; the second is empty where there is none."""


@dataclasses.dataclass(frozen=True)
class Questions:
    """What is asked about the taxonomy: each question by its name with the digest of what its answer rests on."""

    families: Mapping[str, tuple[str, ...]]
    digests: Mapping[Name, str]

    @property
    def digest(self) -> str:
        """Equal exactly as long as the same questions are asked of the same rules and facts."""
        return digest_of({" ".join(name): digest for name, digest in self.digests.items()})


@dataclasses.dataclass(frozen=True)
class Answered:
    """One answer as it is stored."""

    name: Name
    verdict: str
    digest: str
    milliseconds: int
    basis: str = ProofBasis.LOGIC.value
    reason: str = ""
    witness: dict[str, Any] | None = None
    findings: Sequence[dict[str, Any]] = ()


def questions_about(ground: Grounds, kinds: Collection[str] = tuple(ProofQuestion.values)) -> Questions:
    """All questions of these kinds about this taxonomy: pairs in the order of their keys."""
    standing = {key: ground.digest_of(row.rule) for key, row in sorted(ground.active.items())}
    families = families_of(ground)
    named: dict[Name, Sequence[str]] = {}
    if ProofQuestion.FINDINGS in kinds:
        named |= {("findings", key, ""): (key, ground.active[key].parent_key or "") for key in standing}
    if ProofQuestion.COVERING in kinds:
        named |= {("covering", parent, ""): (parent, *children) for parent, children in families.items()}
    if ProofQuestion.EXCLUSIVE in kinds:
        named |= {("exclusive", *pair): pair for children in families.values() for pair in combinations(children, 2)}
    if ProofQuestion.EQUAL in kinds:
        named |= {("equal", *pair): pair for pair in combinations(standing, 2)}
    digests = {name: digest_of([standing.get(key, "") for key in keys]) for name, keys in named.items()}
    return Questions(families, digests)


def answers_to(asked: Questions, ground: Grounds, progress: Progress) -> list[Answered]:
    """The answers, each with what it rests on. Pairs of equal meaning that are refuted are left out: nearly all are."""
    keys = sorted(ground.active)
    evidence = evidence_about(asked.families, keys)
    prover = ground.prover()
    total = len(keys) * (len(keys) - 1) // 2 + len(asked.families) + len(keys)
    found: list[Answered] = []
    for place, answered in enumerate(_each(asked, ground, prover, evidence), start=1):
        found += answered
        progress(place, total)
    return found


def _each(asked: Questions, ground: Grounds, prover: Prover, evidence: Evidence) -> Iterator[list[Answered]]:
    rules = {key: ground.active[key].rule for key in sorted(ground.active)}
    began = perf_counter()
    for pair, relation in prover.relations(rules, known_possible=lambda a, b: _possible(evidence, a, b)):
        spent = round(1000 * (perf_counter() - began))
        yield _pair_answers(asked, pair, relation, spent)
        began = perf_counter()
    for parent, children in asked.families.items():
        yield [_covering(asked, prover, parent, [rules[key] for key in children], rules[parent], evidence)]
    for key, own in _own_rules(ground).items():
        above = ground.active[key].parent_key
        yield [_findings(asked, ground, prover, key, own, rules.get(above) if above else None)]


def _possible(evidence: Evidence, a: str, b: str) -> Regions:
    counts = evidence.pairs.get((min(a, b), max(a, b)))
    if counts is None:
        return Regions()
    if a > b:
        counts = PairCounts(counts.both, counts.only_second, counts.only_first)
    return Regions(only_a=counts.only_first > 0, only_b=counts.only_second > 0, both=counts.both > 0)


def _pair_answers(asked: Questions, pair: tuple[str, str], relation: Relation, spent: int) -> list[Answered]:
    first, second = sorted(pair)
    found: list[Answered] = []
    siblings = (ProofQuestion.EXCLUSIVE.value, first, second)
    if siblings in asked.digests:
        found.append(_answered(asked, siblings, relation.both, spent))
    name = (ProofQuestion.EQUAL.value, first, second)
    sides = (relation.only_a, relation.only_b)
    if any(side.is_refuted for side in sides):
        return found
    open_side = next((side for side in sides if not side.is_proved), None)
    verdict = ProofVerdict.UNDECIDED if open_side else ProofVerdict.PROVED
    reason = open_side.reason if open_side else ""
    found.append(Answered(name, verdict.value, asked.digests[name], spent, reason=reason))
    return found


def _covering(
    asked: Questions, prover: Prover, parent: str, children: list[Rule], rule: Rule, evidence: Evidence
) -> Answered:
    began = perf_counter()
    answer = prover.covering(rule, children)
    name = (ProofQuestion.COVERING.value, parent, "")
    spent = round(1000 * (perf_counter() - began))
    if not answer.is_refuted and not answer.is_proved and evidence.gaps.get(parent):
        digest = asked.digests[name]
        return Answered(name, ProofVerdict.REFUTED.value, digest, spent, basis=ProofBasis.CUSTOMERS.value)
    return _answered(asked, name, answer, spent)


def _findings(asked: Questions, ground: Grounds, prover: Prover, key: str, own: Rule, above: Rule | None) -> Answered:
    began = perf_counter()
    found = findings_on(ground, prover, own, above)
    unfinished = next((each for each in found if each.code == "undecided"), None)
    faults = [finding_record(each) for each in found if each.code != "undecided"]
    name = (ProofQuestion.FINDINGS.value, key, "")
    verdict = ProofVerdict.REFUTED if faults else ProofVerdict.UNDECIDED if unfinished else ProofVerdict.PROVED
    return Answered(
        name,
        verdict.value,
        asked.digests[name],
        round(1000 * (perf_counter() - began)),
        reason=unfinished.answer.reason if unfinished else "",
        findings=faults,
    )


def _answered(asked: Questions, name: Name, answer: Answer, spent: int) -> Answered:
    seen = answer.is_refuted and answer.witness is None
    return Answered(
        name,
        answer.verdict.value,
        asked.digests[name],
        spent,
        basis=(ProofBasis.CUSTOMERS if seen else ProofBasis.LOGIC).value,
        reason=answer.reason,
        witness=witness_record(answer.witness) if answer.witness else None,
    )


def families_of(ground: Grounds) -> dict[str, tuple[str, ...]]:
    """Parent -> children, by key, where all of them can be read."""
    below: dict[str, list[str]] = {}
    for key, row in sorted(ground.active.items()):
        if row.parent_key in ground.active and row.parent_key:
            below.setdefault(row.parent_key, []).append(key)
    return {parent: tuple(children) for parent, children in sorted(below.items())}


def _own_rules(ground: Grounds) -> dict[str, Rule]:
    rows = SegmentVersion.objects.filter(state=VersionState.ACTIVE, segment__key__in=ground.active)
    return {key: stored_rule(tree) for key, tree in rows.values_list("segment__key", "rule").order_by("segment__key")}
