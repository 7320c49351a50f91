"""The first screen of a request: which changes come first, who moves in words, how the checks ended."""

from typing import Any

import pytest

from reviews.web.glance import checks_in_words, first_changes, moves_in_words, value_in_words


def row(field: str, old: str, new: str, kind: str = "changed") -> dict[str, str]:
    return {"field": field, "label": field.capitalize(), "old": old, "new": new, "kind": kind}


def test_changes__of_something_in_force__begin_with_its_rule_and_are_cut() -> None:
    found = first_changes(
        [row("meaning", "a", "b"), row("name", "x", "y"), row("tier", "1", "2"), row("rule", "c", "d")]
    )
    assert [change.label for change in found] == ["Rule", "Meaning", "Name"]
    long = first_changes([row("meaning", "", "word " * 100)])[0].new
    assert long.endswith("word…") and len(long) <= 180


def test_changes__of_something_new__begin_with_its_name() -> None:
    fields = ("owners.data", "rule", "tier", "meaning", "name")
    found = first_changes([row(field, "", "x", "added") for field in fields])
    assert [change.label for change in found] == ["Name", "Meaning", "Rule"]


def test_changes__of_a_named_value__are_said_once() -> None:
    found = first_changes(
        [{**row("thresholds.visits", "Visits: 3", "Visits: 5"), "label": "Visits raised from 3 to 5"}]
    )
    assert (found[0].label, found[0].old, found[0].new) == ("Visits raised from 3 to 5", "", "")


@pytest.mark.parametrize(
    ("record", "words"),
    [
        ({}, "Counted for the board when it is submitted; as of now it stands under Changes."),
        ({"computed": False, "reason": "No build yet."}, "Not computed: No build yet."),
        (
            {"computed": True, "form": "membership", "entering": 1, "leaving": 1200, "staying": 0},
            "1 enters, 1,200 leave, nobody stays.",
        ),
        (
            {"computed": True, "form": "membership", "entering": "fewer than 5", "leaving": 0, "staying": 40},
            "Fewer than 5 enter, nobody leaves, 40 stay.",
        ),
        ({"computed": True, "form": "content", "members": 12}, "Nobody. It is read for 12 customers."),
        ({"computed": True, "form": "words", "uses": [{}]}, "Nobody by itself. 1 text or rule uses it."),
    ],
)
def test_moves__of_each_record__are_one_sentence(record: dict[str, Any], words: str) -> None:
    assert moves_in_words(record) == words


def test_value__is_said_where_it_is_counted_only() -> None:
    revenue = {"attribute": "spend", "label": "Spend", "moved": 1234.5, "unit": "USD"}
    assert value_in_words({"revenue": revenue}) == "1,234 USD of spend moves with them."
    assert value_in_words({"revenue": {"reason": "Not counted."}}) == value_in_words({}) == ""


def test_checks__are_counted_worst_first() -> None:
    checks = [{"status": status} for status in ("pass", "warn", "pass", "fail")]
    assert checks_in_words(checks) == [("fail", "1 failed"), ("warn", "1 to look at"), ("pass", "2 passed")]
