"""Values of a rule that can have a name: found, replaced, and named."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from taxonomy.rules import Rule, matches, parse, to_text
from taxonomy.rules.nodes import Constant
from taxonomy.rules.thresholds import Place, candidate_at, candidates, with_filling, with_value
from taxonomy.selectors.named_values import place_of, threshold_changes, threshold_lines, thresholds_of
from taxonomy.selectors.thresholds import checked_thresholds
from tests.taxonomy.rule_catalogue import CATALOGUE
from tests.taxonomy.rule_strategies import AS_OF, catalogues, customers, memberships, rules


def rule(text: str) -> Rule:
    return parse(text, CATALOGUE)


def named(label: str = "Minimum orders", **given: Any) -> dict[str, Any]:
    return {"name": "minimum_orders", "label": label, "attribute": "orders", "operator": ">=", "occurrence": 1, **given}


def checked(given: Any, text: str) -> tuple[list[dict[str, Any]], list[tuple[str, str]]]:
    findings: list[dict[str, Any]] = []
    found = checked_thresholds(given, rule(text), findings)
    return found, [(finding["code"], finding["pointer"]) for finding in findings]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("orders >= 3", [("orders", ">=", 1, "number", 3)]),
        ("3 <= orders", [("orders", ">=", 1, "number", 3)]),
        ("orders >= 3 OR NOT (orders >= 5 AND spend < 2.5)",
         [("orders", ">=", 1, "number", 3), ("orders", ">=", 2, "number", 5), ("spend", "<", 1, "number", 2.5)]),
        ("orders NOT BETWEEN 1 AND 5", [("orders", "from", 1, "number", 1), ("orders", "to", 1, "number", 5)]),
        ("last_order >= CURRENT_DATE - INTERVAL '90' DAY", [("last_order", ">=", 1, "days", 90)]),
        ("last_order > DATE '2026-01-31'", [("last_order", ">", 1, "date", date(2026, 1, 31))]),
        ("seen < TIMESTAMP '2026-01-31T08:00:00Z'",
         [("seen", "<", 1, "timestamp", datetime(2026, 1, 31, 8, tzinfo=UTC))]),
        ("city = 'Ulm' AND mailable AND tags IS NULL AND orders IN (1, 2) AND last_order < first_order", []),
    ],
)  # fmt: skip
def test_candidates__every_kind_of_value__is_found_in_order(text: str, expected: list[Any]) -> None:
    found = candidates(rule(text))
    assert [(c.place.attribute, c.place.operator, c.place.occurrence, c.kind, c.value) for c in found] == expected


@pytest.mark.parametrize(
    ("text", "place", "value", "expected"),
    [
        ("orders >= 3 AND member", Place("orders", ">="), 5, "orders >= 5 AND member"),
        ("3 <= orders", Place("orders", ">="), 5, "5 <= orders"),
        ("orders >= 3 OR orders >= 5", Place("orders", ">=", 2), 9.0, "orders >= 3 OR orders >= 9"),
        ("spend BETWEEN 1 AND 5", Place("spend", "to"), 7.5, "spend BETWEEN 1 AND 7.5"),
        ("last_order >= CURRENT_DATE - INTERVAL '90' DAY", Place("last_order", ">="), 30,
         "last_order >= CURRENT_DATE - INTERVAL '30' DAY"),
        ("last_order > DATE '2026-01-31'", Place("last_order", ">"), date(2026, 2, 1),
         "last_order > DATE '2026-02-01'"),
    ],
)  # fmt: skip
def test_with_value__a_place__changes_that_value_alone(text: str, place: Place, value: Any, expected: str) -> None:
    assert to_text(with_value(rule(text), place, value)) == expected


@pytest.mark.parametrize(
    ("text", "place", "value"),
    [
        ("orders >= 3", Place("orders", ">"), 5),
        ("orders >= 3", Place("orders", ">=", 2), 5),
        ("orders >= 3", Place("orders", ">="), "5"),
        ("orders >= 3", Place("orders", ">="), True),
        ("orders >= 3", Place("orders", ">="), float("nan")),
        ("orders >= 3", Place("orders", ">="), 10**400),
        ("last_order >= CURRENT_DATE - INTERVAL '90' DAY", Place("last_order", ">="), float("inf")),
        ("last_order > DATE '2026-01-31'", Place("last_order", ">"), 5),
        ("last_order >= CURRENT_DATE - INTERVAL '90' DAY", Place("last_order", ">="), 2.5),
        ("last_order >= CURRENT_DATE - INTERVAL '90' DAY", Place("last_order", ">="), -1),
    ],
)
def test_with_value__a_value_or_place_that_does_not_fit__is_refused(text: str, place: Place, value: Any) -> None:
    with pytest.raises(ValueError, match=r"Give|does not compare"):
        with_value(rule(text), place, value)


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_with_filling__the_answer_that_the_comparison_gives__leaves_the_members_as_they_are(
    data: st.DataObject,
) -> None:
    catalogue = data.draw(catalogues())
    asked = data.draw(rules(catalogue))
    found = candidates(asked)
    assume(found)
    candidate = data.draw(st.sampled_from(found))
    row, known = data.draw(customers(catalogue)), data.draw(memberships())
    assume(row[candidate.place.attribute] is not None)
    before = matches(asked, row, AS_OF, segments=known)
    answers = {
        filling: matches(with_filling(asked, candidate.place, Constant(filling)), row, AS_OF, segments=known)
        for filling in (True, False)
    }
    assert before in answers.values()
    # Reading and writing the text keeps every place.
    again = parse(to_text(asked), catalogue)
    assert candidates(again) == found
    assert with_value(again, candidate.place, candidate.value) == asked


def test_checked_thresholds__a_name_that_fits__has_the_value_of_the_rule() -> None:
    found, findings = checked([named(value=99)], "member AND orders >= 3")
    assert findings == []
    assert found == [named(kind="number", value=3)]


def test_checked_thresholds__clauses_in_another_order__follows_its_value() -> None:
    found, findings = checked([named(occurrence=2, value=5)], "orders >= 5 OR orders >= 3")
    assert (found, findings) == ([named(occurrence=1, kind="number", value=5)], [])


@pytest.mark.parametrize(
    ("given", "text", "expected"),
    [
        ("three", "orders >= 3", ("wrong_type", "/thresholds")),
        ([named()] * 21, "orders >= 3", ("wrong_type", "/thresholds")),
        (["three"], "orders >= 3", ("wrong_type", "/thresholds/0")),
        ([named(size=3)], "orders >= 3", ("unknown_field", "/thresholds/0/size")),
        ([named(name="Not a key")], "orders >= 3", ("invalid_key", "/thresholds/0/name")),
        ([named(label="")], "orders >= 3", ("required", "/thresholds/0/label")),
        ([named(attribute=None)], "orders >= 3", ("required", "/thresholds/0/attribute")),
        ([named(operator="~")], "orders >= 3", ("unknown_operator", "/thresholds/0/operator")),
        ([named(operator=[])], "orders >= 3", ("unknown_operator", "/thresholds/0/operator")),
        ([named(occurrence=True)], "orders >= 3", ("wrong_type", "/thresholds/0/occurrence")),
        ([named()], "orders > 3", ("no_such_value", "/thresholds/0")),
        ([named(occurrence=2)], "orders >= 3", ("no_such_value", "/thresholds/0")),
        ([named(), named("Other", operator="<", name="minimum_orders")], "orders >= 3 OR orders < 1",
         ("repeated", "/thresholds/1")),
        ([named(), named("minimum ORDERS", operator="<", name="other")], "orders >= 3 OR orders < 1",
         ("repeated", "/thresholds/1")),
        ([named(), named("Other", name="other")], "orders >= 3", ("repeated", "/thresholds/1")),
    ],
)  # fmt: skip
def test_checked_thresholds__what_does_not_fit__is_said_with_its_place(
    given: Any, text: str, expected: tuple[str, str]
) -> None:
    assert expected in checked(given, text)[1]


def test_threshold_changes__each_kind__is_one_sentence() -> None:
    old, _ = checked(
        [named(), named("Spend cap", name="cap", attribute="spend", operator="<")], "orders >= 3 AND spend < 9"
    )
    new, _ = checked([named(), named("Recency", name="recency", attribute="last_order")],
                     "orders >= 5 AND last_order >= CURRENT_DATE - INTERVAL '90' DAY")  # fmt: skip
    units = {"orders": "orders"}
    assert [(change.sentence, change.old, change.new) for change in threshold_changes(old, new, units)] == [
        ("Minimum orders raised from 3 to 5 orders", "Minimum orders: 3 orders", "Minimum orders: 5 orders"),
        ("Recency has a name now", "", "Recency: 90 days ago"),
        ("Spend cap has no name any more", "Spend cap: 9", ""),
    ]
    assert threshold_changes(new, new, units) == []
    [renamed] = threshold_changes(old[:1], [{**old[0], "label": "Orders wanted", "value": 1}], units)
    assert renamed.sentence == "Minimum orders is called Orders wanted now; Orders wanted lowered from 3 to 1 orders"
    assert threshold_lines(new, units) == ["Minimum orders: 5 orders", "Recency: 90 days ago"]


def test_place_text__any_attribute__is_read_again() -> None:
    asked = parse("odd >= 3", {"odd": "number", "a.b": "number"})
    for threshold in thresholds_of([], asked, {}):
        assert place_of(threshold.place_text) == threshold.candidate.place
    assert place_of("1.>=.a.b") == Place("a.b", ">=")
    assert [place_of(text) for text in ("", "x.>=.a", "1.~.a", "1.>=.", "99999.>=.a")] == [None] * 5
    assert candidate_at(asked, Place("odd", "<")) is None
