"""Clause by clause: what changed between two rules, in business words."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from taxonomy.rules import AttributeFacts, Rule, clause_changes, matches, parse
from taxonomy.rules.changes import is_same
from taxonomy.rules.nodes import And, Not, Or
from tests.taxonomy.rule_strategies import AS_OF, catalogues, customers, memberships, rules

CATALOGUE = {
    "orders": AttributeFacts("number", "Orders"),
    "spend": AttributeFacts("number", "Yearly spend", unit="USD"),
    "share": AttributeFacts("number", "Share of fresh", unit="%"),
    "city": AttributeFacts("text", "City"),
    "department": AttributeFacts("enum", "Department", choices=("Bakery", "Deli", "Produce")),
    "last": AttributeFacts("date", "Last order"),
    "kids": AttributeFacts("boolean", "Has children"),
    "tags": AttributeFacts("set", "Tags"),
}


def sentences(old: str, new: str) -> list[str]:
    """The sentences from one rule to the other."""
    found = clause_changes(parse(old, CATALOGUE), parse(new, CATALOGUE), CATALOGUE)
    return [change.sentence for change in found]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (
            "orders >= 3",
            "orders > 3",
            "“at least 3 orders” became “more than 3 orders”: only the boundary changed, 3 itself no longer counts",
        ),
        (
            "share < 20",
            "share <= 20",
            "“share of fresh of less than 20%” became “share of fresh of at most 20%”: only the boundary changed, 20% "
            "itself now counts",
        ),
        ("orders >= 3", "orders >= 5", "“at least 3 orders” became “at least 5 orders”: raised from 3 to 5"),
        (
            "spend > 500",
            "spend >= 400",
            "“yearly spend of more than 500 USD” became “yearly spend of at least 400 USD”: lowered from 500 to 400, "
            "and the boundary itself now counts",
        ),
        ("orders >= 3 AND city = 'Rome'", "orders >= 3", "the condition on city was dropped: “city is Rome”"),
        ("TRUE", "orders >= 1", "a condition on orders was added: “at least 1 order”"),
        ("department IN ('Bakery', 'Produce')", "department <> 'Deli' AND kids", None),
        (
            "department IN ('Bakery', 'Produce')",
            "department IN ('Deli', 'Produce', 'Bakery')",
            "Deli was added to the departments",
        ),
        ("city NOT IN ('a', 'b')", "city <> 'a'", "b was removed from the excluded cities"),
        (
            "last >= CURRENT_DATE - INTERVAL '90' DAY",
            "last >= CURRENT_DATE - INTERVAL '60' DAY",
            "“last order is on or after 90 days ago” became “last order is on or after 60 days ago”: 90 days ago "
            "became 60 days ago",
        ),
        (
            "last < DATE '2026-01-01'",
            "last < DATE '2025-12-01'",
            "“last order is before 1 January 2026” became “last order is before 1 December 2025”: moved earlier, from "
            "1 January 2026 to 1 December 2025",
        ),
        (
            "orders >= 3 AND kids",
            "orders >= 3 OR kids",
            "“and” became “or” between “has children is true” and “at least 3 orders”: one of them is enough now",
        ),
        (
            "spend > 1 AND (orders >= 3 OR kids)",
            "spend > 1 AND orders >= 3 AND kids",
            "“or” became “and” between “has children is true” and “at least 3 orders”: all of them must hold now",
        ),
        (
            "spend > 1 AND (city = 'Rome' OR kids)",
            "spend > 1 AND kids",
            "the alternative on city was dropped: “city is Rome”",
        ),
        ("city = 'Rome'", "city = 'Milan'", "“city is Rome” became “city is Milan”"),
        ("kids", "NOT kids", "“has children is true” became “has children is false”"),
        ("orders < 3", "orders >= 3", "“fewer than 3 orders” became “at least 3 orders”: turned round"),
        ("CONTAINS(tags, 'vegan')", "CONTAINS(tags, 'bio')", "“tags includes vegan” became “tags includes bio”"),
        ("IN_SEGMENT('a')", "IN_SEGMENT('b')", "“is in the segment a” became “is in the segment b”"),
        (
            "orders BETWEEN 3 AND 5",
            "orders >= 3 AND orders <= 9",
            "“at most 5 orders” became “at most 9 orders”: raised from 5 to 9",
        ),
    ],
)
def test_clause_changes__one_clause_changed__told_in_one_sentence(old: str, new: str, told: str | None) -> None:
    if told is None:
        assert len(sentences(old, new)) == 2
    else:
        assert sentences(old, new) == [told]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("orders >= 3 AND city = 'Rome'", "city = 'Rome' AND 3 <= orders"),
        ("NOT (orders >= 3 OR city = 'Rome')", "orders < 3 AND city <> 'Rome'"),
        ("city = 'a' OR city = 'b'", "city IN ('b', 'a')"),
        ("orders BETWEEN 3 AND 5", "orders <= 5 AND orders >= 3"),
        ("orders >= 3 AND (orders >= 3 AND TRUE)", "orders >= 3"),
        ("NOT NOT kids", "kids = TRUE"),
    ],
)
def test_clause_changes__order_and_writing_differ__no_change(old: str, new: str) -> None:
    assert sentences(old, new) == []
    assert is_same(parse(old, CATALOGUE), parse(new, CATALOGUE))


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (
            "(kids OR city = 'Rome') AND orders >= 3",
            "kids OR (city = 'Rome' AND orders >= 3)",
            "“at least 3 orders” is grouped with other conditions than before",
        ),
        (
            "(kids AND orders >= 3) OR (city = 'Rome' AND orders >= 5)",
            "kids AND orders >= 3",
            "the alternative on city and orders was dropped: “city is Rome and orders is at least 5”",
        ),
        (
            "kids AND orders >= 3",
            "(kids AND orders >= 3) OR (city = 'Rome' AND orders >= 3)",
            "an alternative on city and orders was added: “city is Rome and orders is at least 3”",
        ),
    ],
)
def test_clause_changes__regrouped_or_whole_alternatives__never_told_as_added_and_dropped(
    old: str, new: str, told: str
) -> None:
    assert sentences(old, new) == [told]


def test_clause_changes__one_of_many_alike_changed__only_that_one_is_told() -> None:
    old = " OR ".join(f"(orders > {place} AND spend < {place})" for place in range(40))
    assert sentences(old, old.replace("spend < 17", "spend < 18")) == [
        "“yearly spend of less than 17 USD” became “yearly spend of less than 18 USD”: raised from 17 to 18"
    ]


def test_clause_changes__largest_rules__bounded_and_short() -> None:
    old = " AND ".join(f"orders <> {place}" for place in range(100)) + " AND " + " AND ".join(["orders > 1"] * 400)
    new = " OR ".join(f"(orders > {place} OR city LIKE '{place}%')" for place in range(450))
    found = clause_changes(parse(old, CATALOGUE), parse(new, CATALOGUE), CATALOGUE)
    assert found
    assert all(len(change.sentence) < 700 for change in found)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_clause_changes__random_rules__none_exactly_when_nothing_but_writing_differs(data: st.DataObject) -> None:
    catalogue = data.draw(catalogues())
    old = data.draw(rules(catalogue))
    new = data.draw(st.one_of(rules(catalogue), st.just(_turned(old))))
    found = clause_changes(old, new, catalogue)
    assert found == clause_changes(old, new, catalogue)
    assert bool(found) is not is_same(old, new)
    if found:
        return
    row, answers = data.draw(customers(catalogue)), data.draw(memberships())
    segments = answers.__getitem__
    assert matches(old, row, AS_OF, segments=segments) is matches(new, row, AS_OF, segments=segments)


def _turned(rule: Rule) -> Rule:
    """The same rule by De Morgan, from right to left."""
    condition = rule.condition
    if not isinstance(condition, And | Or):
        return Rule(Not(Not(condition)))
    other = Or if isinstance(condition, And) else And
    return Rule(Not(other(tuple(Not(part) for part in reversed(condition.conditions)))))
