"""The canonical form: it answers as the rule does, is its own form, and is one for all ways to put a rule."""

from dataclasses import replace
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from taxonomy.rules import Rule, canonical, canonical_digest, digest, matches, parse, to_text
from taxonomy.rules.nodes import FLIPPED, And, Compare, Condition, In, Not, Or, all_of, any_of, negation
from tests.processor import takes_less_than
from tests.taxonomy.rule_catalogue import CATALOGUE
from tests.taxonomy.rule_strategies import AS_OF, catalogues, customers, memberships, rules


def shuffled(condition: Condition, draw: Random) -> Condition:
    """The same condition, put another way."""
    if isinstance(condition, And | Or):
        parts = [shuffled(part, draw) for part in condition.conditions]
        parts += [draw.choice(parts)] if draw.random() < 0.3 else []
        draw.shuffle(parts)
        is_and = isinstance(condition, And)
        if draw.random() < 0.4:
            inner = (any_of if is_and else all_of)(negation(part) for part in parts)
            return Not(inner)
        return (all_of if is_and else any_of)(parts)
    if isinstance(condition, Not):
        return Not(shuffled(condition.condition, draw))
    if isinstance(condition, Compare) and draw.random() < 0.5:
        return Compare(condition.right, FLIPPED[condition.operator], condition.left)
    if isinstance(condition, In):
        return replace(condition, values=tuple(draw.sample(condition.values, len(condition.values))))
    return Not(Not(condition)) if draw.random() < 0.3 else condition


@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_canonical__any_rule_and_customer__answers_as_the_rule_does(data: st.DataObject) -> None:
    catalogue = data.draw(catalogues())
    rule = data.draw(rules(catalogue))
    form = canonical(rule)
    assert canonical(form) == form
    for _ in range(4):
        row, known = data.draw(customers(catalogue)), data.draw(memberships())
        assert matches(form, row, AS_OF, segments=known) is matches(rule, row, AS_OF, segments=known)


@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_canonical__same_rule_put_in_other_ways__is_one(data: st.DataObject) -> None:
    rule = data.draw(rules(data.draw(catalogues())))
    other = Rule(shuffled(rule.condition, data.draw(st.randoms(use_true_random=False))))
    assert to_text(canonical(other)) == to_text(canonical(rule))
    assert canonical_digest(other) == canonical_digest(rule)


SAME: list[tuple[str, str]] = [
    ("orders >= 3 AND member", "member AND 3 <= orders"),
    ("NOT (orders >= 3 AND member)", "NOT member OR orders < 3"),
    ("orders BETWEEN 1 AND 5", "orders >= 1 AND orders <= 5"),
    ("orders NOT BETWEEN 1 AND 5", "orders > 5 OR orders < 1"),
    ("city IN ('b', 'a')", "city = 'a' OR 'b' = city"),
    ("city NOT IN ('b', 'a')", "city <> 'a' AND NOT city = 'b'"),
    ("city IN ('a')", "city LIKE 'a'"),
    (r"city LIKE '\a%\%%%'", r"city LIKE 'a%\%%'"),
    ("mailable = TRUE", "mailable"),
    ("mailable <> TRUE", "NOT mailable"),
    ("mailable IN (FALSE)", "NOT mailable"),
    ("orders = 1.0", "orders = 1"),
    ("orders > spend", "spend < orders"),
    ("NOT NOT NOT member", "NOT member"),
    ("member AND (member AND TRUE)", "member"),
    ("member OR (FALSE AND orders = 1)", "member"),
    ("5 BETWEEN orders AND 7", "orders <= 5"),
    ("seen = TIMESTAMP '2026-01-01T02:00:00+02:00'", "seen = TIMESTAMP '2026-01-01'"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_canonical__two_ways_to_say_it__have_one_digest(one: str, other: str) -> None:
    first, second = parse(one, CATALOGUE), parse(other, CATALOGUE)
    assert digest(first) != digest(second) or first == second
    assert canonical_digest(first) == canonical_digest(second)


DIFFERENT: list[tuple[str, str]] = [
    ("orders = 1 OR orders <> 1", "TRUE"),
    ("orders = 1 AND orders <> 1", "FALSE"),
    ("city LIKE '%'", "TRUE"),
    ("mailable IN (TRUE, FALSE)", "TRUE"),
    ("orders >= 3", "NOT orders < 3 OR orders IS NULL"),
    ("city = 'a' AND city = 'b'", "city IN ('a', 'b')"),
    ("LOWER(city) = 'a'", "city = 'a'"),
]


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_canonical__rules_that_differ_where_a_value_is_missing__stay_apart(one: str, other: str) -> None:
    assert canonical_digest(parse(one, CATALOGUE)) != canonical_digest(parse(other, CATALOGUE))


def test_canonical__largest_rules__take_no_time() -> None:
    text = " OR ".join(f"(orders = {n} AND NOT spend BETWEEN {n} AND {n + 1})" for n in range(300))
    rule = parse(text, CATALOGUE)
    assert takes_less_than(1, lambda: canonical(rule))
