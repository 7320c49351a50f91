"""What a rule reads, how large it is, and how rules are put together."""

import pytest

from taxonomy.rules import attributes_used, clauses, complexity, conjoin, parse, segments_used, to_text
from tests.taxonomy.rule_catalogue import CATALOGUE


def test_attributes_and_segments_used__are_sorted_and_each_once() -> None:
    rule = parse(
        "spend > orders AND LOWER(city) = 'a' AND NOT (tags IS NULL OR orders IN (1) OR IN_SEGMENT('b')) "
        "AND 5 BETWEEN orders AND share AND CONTAINS(channels, 'mail') AND IN_SEGMENT('a') AND mailable "
        "AND region LIKE 'a'",
        CATALOGUE,
    )
    assert attributes_used(rule) == (
        "channels",
        "city",
        "mailable",
        "orders",
        "region",
        "share",
        "spend",
        "tags",
    )
    assert segments_used(rule) == ("a", "b")


@pytest.mark.parametrize(
    ("text", "measures"),
    [
        ("TRUE", (1, 1, 0)),
        ("orders = spend", (1, 1, 2)),
        ("NOT mailable", (1, 2, 1)),
        ("mailable AND orders = 1 AND orders = 2", (3, 2, 2)),
        ("mailable AND NOT (member OR mailable AND TRUE)", (4, 5, 2)),
    ],
)
def test_complexity__counts_clauses_levels_and_attributes(text: str, measures: tuple[int, int, int]) -> None:
    found = complexity(parse(text, CATALOGUE))
    assert (found.clauses, found.depth, found.attributes) == measures


@pytest.mark.parametrize(
    ("parent", "child", "joined"),
    [
        ("mailable", "member", "mailable AND member"),
        ("mailable AND orders = 1", "member AND TRUE", "mailable AND orders = 1 AND member AND TRUE"),
        ("mailable OR member", "orders = 1 OR orders = 2", "(mailable OR member) AND (orders = 1 OR orders = 2)"),
        ("TRUE", "member", "member"),
        ("member", "TRUE", "member"),
        ("TRUE", "TRUE", "TRUE"),
        ("FALSE", "member", "FALSE AND member"),
    ],
)
def test_conjoin__parent_and_child__are_one_flat_rule(parent: str, child: str, joined: str) -> None:
    rule = conjoin(parse(parent, CATALOGUE), parse(child, CATALOGUE))
    assert to_text(rule) == joined
    assert parse(joined, CATALOGUE) == rule


def test_clauses__are_the_conditions_that_must_all_hold() -> None:
    rule = parse("mailable AND (member OR TRUE) AND orders = 1", CATALOGUE)
    assert [to_text(part) for part in clauses(rule)] == ["mailable", "member OR TRUE", "orders = 1"]
    assert clauses(parse("mailable OR member", CATALOGUE)) == (parse("mailable OR member", CATALOGUE),)
