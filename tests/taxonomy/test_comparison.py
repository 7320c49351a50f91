"""The class of a change never contradicts the rules themselves."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from taxonomy.proofs import Prover
from taxonomy.rules import AttributeFacts, Rule, matches, parse
from taxonomy.rules.nodes import all_of, any_of
from taxonomy.selectors.comparison import ChangeClass, class_of
from tests.taxonomy.rule_strategies import AS_OF, SEGMENTS, catalogues, customers, rules

CATALOGUE = {"orders": AttributeFacts("number", "Orders"), "city": AttributeFacts("text", "City")}
# For each class, what no customer may be: (in the old rule, in the new rule).
EXCLUDED: dict[ChangeClass, set[tuple[bool, bool]]] = {
    ChangeClass.NO_EFFECT: {(True, False), (False, True)},
    ChangeClass.NARROWER: {(False, True)},
    ChangeClass.WIDER: {(True, False)},
    ChangeClass.UNRELATED: {(True, True)},
    ChangeClass.SHIFTED: set(),
    ChangeClass.UNDECIDED: set(),
}


def changed(draw: Any, catalogue: Any, old: Rule) -> Rule:
    """A rule of its own, or the old one with something more."""
    other = draw(rules(catalogue, depth=1))
    way = draw(st.sampled_from(["another", "and", "or"]))
    if way == "another":
        return other
    return Rule((all_of if way == "and" else any_of)([old.condition, other.condition]))


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_class_of__random_rules_and_customers__never_contradicted(data: st.DataObject) -> None:
    catalogue = data.draw(catalogues())
    old = data.draw(rules(catalogue, depth=2))
    new = changed(data.draw, catalogue, old)
    excluded = EXCLUDED[class_of(Prover(catalogue).relation(old, new))]
    for _ in range(4):
        row = data.draw(customers(catalogue))
        answers = data.draw(st.fixed_dictionaries({key: st.booleans() for key in SEGMENTS}))
        found = tuple(matches(rule, row, AS_OF, segments=answers.__getitem__) is True for rule in (old, new))
        assert found not in excluded


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("orders >= 3 AND city = 'Rome'", "NOT (city <> 'Rome' OR orders < 3)", ChangeClass.NO_EFFECT),
        ("orders >= 3", "orders >= 3 AND orders > 1", ChangeClass.NO_EFFECT),
        ("orders >= 3", "orders > 3", ChangeClass.NARROWER),
        ("orders > 3", "orders >= 3", ChangeClass.WIDER),
        ("orders > 3", "orders < 5", ChangeClass.SHIFTED),
        ("orders > 3", "orders < 2", ChangeClass.UNRELATED),
        # Not the same: who has no number of orders is in neither of the first, and in the second.
        ("orders >= 3 OR orders < 3", "TRUE", ChangeClass.WIDER),
    ],
)
def test_class_of__known_pairs__as_expected(old: str, new: str, expected: ChangeClass) -> None:
    relation = Prover(CATALOGUE).relation(parse(old, CATALOGUE), parse(new, CATALOGUE))
    assert class_of(relation) == expected
