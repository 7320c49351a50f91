"""Proofs held against every customer of small domains, and against random customers of large ones."""

from collections.abc import Iterable
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from taxonomy.proofs import Answer, Finding, Prover, Relation, Verdict, Witness
from taxonomy.rules import AttributeFacts, Rule, parse
from taxonomy.rules.nodes import And, Condition, Not, Or, all_of, any_of, negation
from tests.taxonomy.proof_strategies import FACTS, customers_of, is_member, kept_facts, rule_pairs
from tests.taxonomy.rule_strategies import AS_OF, SEGMENTS, catalogues, customers, memberships, rules

QUIET = settings(deadline=None, suppress_health_check=list(HealthCheck))
# As much time as it takes: on a slow machine the answers should be the same.
PATIENT_MS = 10_000
REGIONS = {"only_a": (True, False), "only_b": (False, True), "both": (True, True)}


def kind_of(inhabited: set[tuple[bool, bool]]) -> str:
    only_a, only_b, both = (region in inhabited for region in REGIONS.values())
    if only_a and only_b:
        return "overlapping" if both else "disjoint"
    return "wider" if only_a else "narrower" if only_b else "equal"


@settings(QUIET, max_examples=90)
@given(rule_pairs())
def test_relation__two_small_rules__says_what_enumeration_of_all_customers_says(pair: tuple[Rule, Rule]) -> None:
    relation = Prover(FACTS, budget_ms=PATIENT_MS).relation(*pair)

    assert relation.verdict is Verdict.PROVED
    witnesses = witnesses_of(relation, *pair)
    inhabited = {(is_member(pair[0], one), is_member(pair[1], one)) for one in customers_of(*pair)}
    proved_empty = {REGIONS[name] for name in REGIONS if getattr(relation, name).is_proved}
    assert not inhabited & proved_empty
    assert relation.kind == kind_of(inhabited | witnesses)


@settings(QUIET, max_examples=40)
@given(st.data())
def test_relation__any_two_rules__no_customer_contradicts_it(data: st.DataObject) -> None:
    catalogue: dict[str, AttributeFacts] = data.draw(catalogues())
    pair = (data.draw(rules(catalogue)), data.draw(rules(catalogue)))

    relation = Prover(catalogue, budget_ms=1000).relation(*pair)

    witnesses_of(relation, *pair)
    for _ in range(4):
        row: dict[str, Any] = data.draw(customers(catalogue))
        vip = {key: bool(answer) for key, answer in data.draw(memberships()).items()}
        customer = Witness(row, AS_OF.date(), {key: vip[key] for key in SEGMENTS})
        seen = (is_member(pair[0], customer), is_member(pair[1], customer))
        for name, region in REGIONS.items():
            assert seen != region or not getattr(relation, name).is_proved


@settings(QUIET, max_examples=20)
@given(st.lists(rule_pairs(depth=1), min_size=2, max_size=3))
def test_relations__many_rules_at_once__say_of_each_pair_what_it_says_alone(pairs: list[tuple[Rule, Rule]]) -> None:
    named = {f"rule {number}": rule for number, rule in enumerate(rule for pair in pairs for rule in pair)}
    prover = Prover(FACTS, budget_ms=PATIENT_MS)

    for (a, b), relation in prover.relations(named):
        witnesses_of(relation, named[a], named[b])
        assert relation.kind == prover.relation(named[a], named[b]).kind


@settings(QUIET, max_examples=60)
@given(rule_pairs(depth=2))
def test_findings__clauses_found__can_all_be_removed_without_effect(pair: tuple[Rule, Rule]) -> None:
    rule, parent = pair
    prover = Prover(FACTS, budget_ms=PATIENT_MS)

    for within in (None, parent):
        found = prover.findings(rule, within=within)

        assert all(finding.answer.is_proved for finding in found)
        everyone = [one for one in customers_of(*pair) if within is None or is_member(within, one)]
        assert_rightly_found(rule, found, everyone)


def test_prover__catalogue_of_types_alone__proves_as_with_nothing_declared() -> None:
    types = {"orders": "number", "city": "text"}
    prover = Prover(types, budget_ms=5000)

    assert prover.implies(parse("orders > 3", types), parse("orders >= 3", types)).is_proved
    assert prover.always_true(parse("orders > 3 OR orders <= 3", types)).is_refuted


def witnesses_of(relation: Relation, a: Rule, b: Rule) -> set[tuple[bool, bool]]:
    """The regions with a witness, after checking that each is one."""
    found = set()
    for name, region in REGIONS.items():
        answer: Answer = getattr(relation, name)
        assert (answer.witness is not None) is answer.is_refuted
        if answer.witness is not None:
            assert (is_member(a, answer.witness), is_member(b, answer.witness)) == region
            assert not answer.witness.attributes.keys() <= FACTS.keys() or kept_facts(answer.witness.attributes)
            found.add(region)
    return found


def assert_rightly_found(rule: Rule, found: list[Finding], everyone: Iterable[Witness]) -> None:
    codes = {finding.code for finding in found}
    if codes & {"never_true", "always_true"}:
        assert len(codes) == 1
        assert all(is_member(rule, one) is ("always_true" in codes) for one in everyone)
        return
    reduced = Rule(without(rule.condition, {finding.path for finding in found}))
    assert all(is_member(rule, one) is is_member(reduced, one) for one in everyone)


def without(condition: Condition, paths: set[tuple[int, ...]], here: tuple[int, ...] = ()) -> Condition:
    if isinstance(condition, Not):
        return negation(without(condition.condition, paths, (*here, 0)))
    if not isinstance(condition, And | Or):
        return condition
    numbered = enumerate(condition.conditions)
    kept = [without(part, paths, (*here, place)) for place, part in numbered if (*here, place) not in paths]
    return all_of(kept) if isinstance(condition, And) else any_of(kept)
