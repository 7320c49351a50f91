"""What decides and what would turn it: sufficient, minimal, really turning, and blind to what may not be seen."""

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import combinations, product
from typing import Any

from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from taxonomy.rules import Rule, matches, parse
from taxonomy.rules.counterfactual import Turn, nearest_turn
from taxonomy.rules.deciding import deciding
from taxonomy.rules.nodes import And, Condition, Flag, IsNull, Not, Or
from taxonomy.rules.nodes import Attribute as Read
from taxonomy.rules.possibilities import Case, FactName
from tests.taxonomy.rule_catalogue import CATALOGUE
from tests.taxonomy.rule_strategies import AS_OF, catalogues, customers, memberships, rules

SOME = settings(
    max_examples=40, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.explicit, Phase.generate]
)
FLAGS = ("a", "b", "c", "d")
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def case_of(text: str, **values: Any) -> Case:
    return Case(parse(text, CATALOGUE), values, NOON, catalogue=CATALOGUE, segments={"vip": False})


def named(case: Case, usable: set[FactName] | None = None) -> list[str] | None:
    facts = deciding(case, usable).facts
    return None if facts is None else sorted(fact.key for fact in facts)


def changed(case: Case, turn: Turn) -> tuple[dict[str, Any], dict[str, Any]]:
    """Attributes and segments with the changes applied."""
    attributes, segments = dict(case.evaluation.attributes), {}
    for change in turn.changes:
        (segments if change.fact.kind == "segment" else attributes)[change.fact.key] = change.after
    return attributes, segments


@st.composite
def flag_rules(draw: st.DrawFn) -> Rule:
    leaf = (
        st.sampled_from(FLAGS)
        .map(lambda key: Read(key, "boolean"))
        .flatmap(lambda read: st.sampled_from([Flag(read), IsNull(read), IsNull(read, negated=True)]))
    )

    def joined(inner: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
        parts = st.lists(inner, min_size=2, max_size=3).map(tuple)
        return parts.map(And) | parts.map(Or) | inner.map(Not)

    return Rule(draw(st.recursive(leaf, joined, max_leaves=7)))


def everyone() -> Iterator[dict[str, bool | None]]:
    return (dict(zip(FLAGS, values, strict=True)) for values in product([True, False, None], repeat=len(FLAGS)))


def is_in(rule: Rule, customer: dict[str, Any]) -> bool:
    return matches(rule, customer, AS_OF) is True


@SOME
@given(flag_rules(), st.tuples(*[st.sampled_from([True, False, None])] * len(FLAGS)))
def test_deciding__small_rules__is_the_smallest_sufficient_set_of_all(
    rule: Rule, values: tuple[bool | None, ...]
) -> None:
    customer = dict(zip(FLAGS, values, strict=True))
    found = deciding(Case(rule, customer, AS_OF))
    assert found.facts is not None and found.is_smallest
    answers = [(other, is_in(rule, other)) for other in everyone()]

    def suffices(keys: set[str]) -> bool:
        agreeing = (answer for other, answer in answers if all(other[key] == customer[key] for key in keys))
        return {*agreeing} == {is_in(rule, customer)}

    keys = {fact.key for fact in found.facts}
    assert suffices(keys)
    assert not keys or not any(suffices({*fewer}) for fewer in combinations(FLAGS, len(keys) - 1))


@SOME
@given(flag_rules(), st.tuples(*[st.sampled_from([True, False, None])] * len(FLAGS)))
def test_nearest_turn__small_rules__changes_as_few_facts_as_any(rule: Rule, values: tuple[bool | None, ...]) -> None:
    customer = dict(zip(FLAGS, values, strict=True))
    turn = nearest_turn(Case(rule, customer, AS_OF))
    others = [other for other in everyone() if is_in(rule, other) != is_in(rule, customer)]
    fewest = min((sum(other[key] != customer[key] for key in FLAGS) for other in others), default=None)
    assert (len(turn.changes) if turn else None) == fewest


@SOME
@given(st.data())
def test_deciding__any_rule__others_who_agree_on_the_facts_get_the_same_answer(data: st.DataObject) -> None:
    catalogue = data.draw(catalogues())
    rule = data.draw(rules(catalogue))
    customer, segments = data.draw(customers(catalogue)), data.draw(memberships())
    found = deciding(Case(rule, customer, AS_OF, segments=segments, catalogue=catalogue))
    assert found.facts is not None
    answer = matches(rule, customer, AS_OF, segments=segments) is True
    for _ in range(6):
        other, elsewhere = data.draw(customers(catalogue)), data.draw(memberships())
        for fact in found.facts:
            (source, target) = (segments, elsewhere) if fact.kind == "segment" else (customer, other)
            target[fact.key] = source.get(fact.key)
        assert (matches(rule, other, AS_OF, segments=elsewhere) is True) == answer


@SOME
@given(st.data())
def test_nearest_turn__any_rule__really_turns_and_needs_every_change(data: st.DataObject) -> None:
    catalogue = data.draw(catalogues())
    rule = data.draw(rules(catalogue))
    customer, segments = data.draw(customers(catalogue)), data.draw(memberships())
    case = Case(rule, customer, AS_OF, segments=segments, catalogue=catalogue)
    turn = nearest_turn(case)
    assume(turn is not None)
    assert turn is not None and turn.changes and turn.is_certain
    before = matches(rule, customer, AS_OF, segments=segments) is True
    for left_out in (None, *(turn.changes if len(turn.changes) > 1 else ())):
        some = tuple(change for change in turn.changes if change is not left_out)
        attributes, moved = changed(case, Turn(turn.enters, some, True))
        after = matches(rule, attributes, AS_OF, segments={**segments, **moved}) is True
        assert (after != before) == (left_out is None)


@SOME
@given(st.data())
def test_explanations__facts_that_may_not_be_seen__change_nothing_that_is_told(data: st.DataObject) -> None:
    catalogue = data.draw(catalogues())
    rule = data.draw(rules(catalogue))
    one, other, segments = data.draw(customers(catalogue)), data.draw(customers(catalogue)), data.draw(memberships())
    usable = {FactName("attribute", key) for key in data.draw(st.sets(st.sampled_from(sorted(catalogue))))}
    usable |= {FactName("segment", key) for key in segments}
    other |= {fact.key: one.get(fact.key) for fact in usable if fact.kind == "attribute"}
    first = Case(rule, one, AS_OF, segments=segments, catalogue=catalogue)
    second = Case(rule, other, AS_OF, segments=segments, catalogue=catalogue)
    assume((first.result is True) == (second.result is True))
    assert deciding(first, usable) == deciding(second, usable)
    assert nearest_turn(first, usable) == nearest_turn(second, usable)
    assert first.possible(usable) == second.possible(usable)
