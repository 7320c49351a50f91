"""Properties of every rule: text, tree and words come from one meaning, and nothing is lost on the way."""

import json
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from taxonomy.rules import (
    Rule,
    RuleError,
    attributes_used,
    clauses,
    complexity,
    conjoin,
    digest,
    explain,
    from_tree,
    matches,
    parse,
    segments_used,
    to_text,
    to_tree,
    to_word_tree,
    to_words,
)
from taxonomy.rules.joining import clauses as parts_of
from taxonomy.rules.nodes import negation
from tests.taxonomy.rule_catalogue import CATALOGUE
from tests.taxonomy.rule_strategies import AS_OF, catalogues, customers, memberships, rules

RELAXED = settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck))


@RELAXED
@given(st.data())
def test_rule__written_and_read__is_the_same_rule(data: st.DataObject) -> None:
    catalogue = data.draw(catalogues())
    rule = data.draw(rules(catalogue))
    text = to_text(rule)
    again = parse(text, catalogue)
    assert again == rule
    assert to_text(again) == text
    assert hash(again) == hash(rule)
    if "'" not in text and '"' not in text:
        assert parse(text.replace(" ", "\n\t "), catalogue) == rule


@RELAXED
@given(st.data())
def test_rule__stored_as_json_and_read__is_the_same_rule(data: st.DataObject) -> None:
    catalogue = data.draw(catalogues())
    rule = data.draw(rules(catalogue))
    stored = json.dumps(to_tree(rule), allow_nan=False)
    again = from_tree(json.loads(stored), catalogue)
    assert again == rule
    assert digest(again) == digest(rule)
    assert json.dumps(to_tree(again)) == stored


@RELAXED
@given(st.data())
def test_rule__any__has_words_and_measures(data: st.DataObject) -> None:
    catalogue = data.draw(catalogues())
    rule = data.draw(rules(catalogue))
    assert to_words(rule, catalogue)
    assert len(to_word_tree(rule, catalogue)) == 1
    assert set(attributes_used(rule)) <= set(catalogue)
    assert complexity(rule).attributes == len(attributes_used(rule))
    assert complexity(rule).clauses >= 1
    assert complexity(rule).depth <= 4


@RELAXED
@given(st.data())
def test_rules__with_other_meaning__have_other_digests_and_texts(data: st.DataObject) -> None:
    catalogue = data.draw(catalogues())
    one, other = data.draw(rules(catalogue)), data.draw(rules(catalogue))
    assert (one == other) is (digest(one) == digest(other)) is (to_text(one) == to_text(other))


@RELAXED
@given(st.data())
def test_rules__with_equal_words__answer_alike(data: st.DataObject) -> None:
    catalogue = data.draw(catalogues())
    customer, known = data.draw(customers(catalogue)), data.draw(memberships())
    answers: dict[str, set[bool | None]] = {}
    for rule in data.draw(st.lists(rules(catalogue, 0), min_size=2, max_size=12)):
        answers.setdefault(to_words(rule, catalogue), set()).add(matches(rule, customer, AS_OF, segments=known))
    assert all(len(different) == 1 for different in answers.values())


@RELAXED
@given(st.data())
def test_explanation__of_any_rule__agrees_with_the_answer(data: st.DataObject) -> None:
    catalogue = data.draw(catalogues())
    rule, customer, known = data.draw(rules(catalogue)), data.draw(customers(catalogue)), data.draw(memberships())
    explanation = explain(rule, customer, AS_OF, segments=known, catalogue=catalogue)
    assert explanation.result is matches(rule, customer, AS_OF, segments=known)
    assert explanation.text == to_text(rule)
    assert explanation.words == to_words(rule, catalogue)
    assert {key for key, _ in _values(explanation)} == set(attributes_used(rule))


@RELAXED
@given(st.data())
def test_three_valued_logic__laws__hold(data: st.DataObject) -> None:
    catalogue = data.draw(catalogues())
    rule, other = data.draw(rules(catalogue)), data.draw(rules(catalogue))
    customer, known = data.draw(customers(catalogue)), data.draw(memberships())

    def answer(asked: Rule) -> bool | None:
        return matches(asked, customer, AS_OF, segments=known)

    first, second = answer(rule), answer(other)
    opposite = answer(Rule(negation(rule.condition)))
    assert opposite is (None if first is None else not first)
    both = False if False in (first, second) else None if None in (first, second) else True
    assert answer(conjoin(rule, other)) is both
    assert {answer(part) for part in clauses(rule)} >= ({first} if len(parts_of(rule)) == 1 else set())
    assert set(segments_used(conjoin(rule, other))) == {*segments_used(rule), *segments_used(other)}


@RELAXED
@given(st.text(max_size=40) | st.lists(st.sampled_from(["orders", "city", "mailable", "tags", "last_order", "=", "<",
    "(", ")", ",", "AND", "OR", "NOT", "IN", "LIKE", "BETWEEN", "IS", "NULL", "TRUE", "1", "-", "'a'", "CURRENT_DATE",
    "INTERVAL", "'1'", "DAY", "DATE", "'2026-01-01'", "LOWER", "CONTAINS", "--", ";", '"', "'", "\\"]),
    max_size=14).map(" ".join))  # fmt: skip
def test_parse__any_text__is_a_rule_or_a_refusal_with_a_place(text: str) -> None:
    try:
        rule = parse(text, CATALOGUE)
    except RuleError as refusal:
        for fault in refusal.errors:
            lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
            assert 1 <= (fault.place.line or 0) <= len(lines)
            assert 1 <= (fault.place.column or 0) <= len(lines[(fault.place.line or 1) - 1]) + 1
    else:
        assert parse(to_text(rule), CATALOGUE) == rule


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda children: st.lists(children, max_size=4) | st.dictionaries(st.text(max_size=5), children, max_size=4),
    max_leaves=10,
)


@RELAXED
@given(st.data())
def test_from_tree__damaged_tree__is_a_rule_or_a_refusal_with_a_pointer(data: st.DataObject) -> None:
    catalogue = data.draw(catalogues())
    tree = to_tree(data.draw(rules(catalogue)))
    _damage(tree, data)
    try:
        rule = from_tree(tree, catalogue)
    except RuleError as refusal:
        assert all(fault.place.pointer is not None for fault in refusal.errors)
    else:
        assert from_tree(to_tree(rule), catalogue) == rule


def _damage(tree: dict[str, Any], data: st.DataObject) -> None:
    """Replace, drop or add one thing somewhere in the tree."""
    places: list[tuple[Any, Any]] = []
    waiting: list[Any] = [tree]
    while waiting:
        here = waiting.pop()
        inside = list(here) if isinstance(here, dict) else range(len(here))
        for key in inside:
            places.append((here, key))
            if isinstance(here[key], dict | list):
                waiting.append(here[key])
    container, key = data.draw(st.sampled_from(places))
    if isinstance(container, dict) and data.draw(st.booleans()):
        del container[key]
    else:
        container[key] = data.draw(JSON)


def _values(explanation: Any) -> list[tuple[str, Any]]:
    return [*explanation.values, *(value for child in explanation.children for value in _values(child))]
