"""Rules as they are edited: every rule has a sketch and comes back the same; what is wrong is told at its own part."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from taxonomy.rules import RuleError, parse, to_text
from taxonomy.rules.building import build, text_of_sketch
from taxonomy.rules.pasting import pasted_values
from taxonomy.rules.sketch import Clause, Entry, Group, Sketch, SketchError, from_json, parts_of, to_json
from taxonomy.rules.sketching import sketch_of
from tests.taxonomy.rule_catalogue import CATALOGUE
from tests.taxonomy.rule_strategies import catalogues, rules


def sketched(text: str) -> Sketch:
    return sketch_of(parse(text, CATALOGUE))


def clause(attribute: str, operator: str, *entries: Any, number: int = 2) -> Clause:
    found = tuple(entry if isinstance(entry, Entry) else Entry(entry) for entry in entries)
    return Clause(number, "attribute", attribute, operator, found)


def of(*parts: Any, joiner: Any = "all") -> Sketch:
    return Sketch(Group(1, joiner, parts))


@settings(max_examples=120, deadline=None)
@given(st.data())
def test_sketch__of_any_rule__gives_the_same_rule_and_survives_json(data: st.DataObject) -> None:
    catalogue = data.draw(catalogues())
    rule = data.draw(rules(catalogue))
    sketch = sketch_of(rule)
    stored = from_json(json.loads(json.dumps(to_json(sketch))))
    built = build(stored, catalogue)
    assert stored == sketch
    assert built.flaws == {}
    assert built.rule == rule
    assert parse(text_of_sketch(sketch, built), catalogue) == rule
    numbers = [part.id for part, _ in parts_of(sketch)]
    assert len(numbers) == len(set(numbers))


@pytest.mark.parametrize(
    ("text", "operator", "entries"),
    [
        ("orders >= 3", "ge", [Entry("3")]),
        ("orders NOT BETWEEN 1 AND 2.5", "not_between", [Entry("1"), Entry("2.5")]),
        ("last_order >= CURRENT_DATE - INTERVAL '90' DAY", "ge", [Entry("90", "days")]),
        ("last_order > first_order", "gt", [Entry("first_order", "attribute")]),
        ("city LIKE '%mil\\%an%'", "has", [Entry("mil%an")]),
        ("city NOT LIKE 'mil%'", "not_starts", [Entry("mil")]),
        ("city LIKE '%ano'", "ends", [Entry("ano")]),
        ("city LIKE 'm_l%'", "like", [Entry("m_l%")]),
        ("department IN ('Deli', 'Fish, fresh')", "in", [Entry("Deli"), Entry("Fish, fresh")]),
        ("NOT mailable", "false", []),
        ("NOT CONTAINS(tags, 'vegan')", "not_includes", [Entry("vegan")]),
        ("city IS NOT NULL", "known", []),
        ("city = ''", "eq", [Entry("")]),
        ("seen < TIMESTAMP '2026-01-31T10:30:00Z'", "lt", [Entry("2026-01-31T10:30:00Z")]),
    ],
)
def test_clause__that_inputs_can_express__has_operator_and_entries(text: str, operator: str, entries: Any) -> None:
    (found,) = sketched(text).root.parts
    assert isinstance(found, Clause)
    assert (found.kind, found.operator, list(found.entries)) == ("attribute", operator, entries)


@pytest.mark.parametrize("text", ["3 <= orders", "TRUE", "mailable = TRUE", "department < 'Deli'"])
def test_clause__that_no_input_can_express__is_written(text: str) -> None:
    (found,) = sketched(text).root.parts
    assert isinstance(found, Clause)
    assert (found.kind, found.text) == ("written", text)


def test_segment__referred_to__is_a_clause_with_its_key() -> None:
    (found,) = sketched("NOT IN_SEGMENT('vip')").root.parts
    assert isinstance(found, Clause)
    assert (found.kind, found.operator, found.text) == ("segment", "not_in_segment", "vip")


def test_not__of_an_or__is_a_group_of_which_none_holds() -> None:
    (group,) = sketched("NOT (orders = 1 OR city = 'Rome')").root.parts
    assert isinstance(group, Group)
    assert (group.joiner, len(group.parts)) == ("none", 2)


@pytest.mark.parametrize(
    ("part", "words", "unfinished"),
    [
        (Clause(2), "Choose an attribute.", True),
        (clause("orders", "ge"), "Give a number.", True),
        (clause("orders", "ge", "many"), "“many” is not a number; write it as in 1200 or 0.5.", False),
        (clause("orders", "ge", "1_000"), "“1_000” is not a number; write it as in 1200 or 0.5.", False),
        (clause("orders", "ge", "nan"), "“nan” is not a number; write it as in 1200 or 0.5.", False),
        (clause("orders", "between", "1"), "Give a number.", True),
        (clause("orders", "has", "1"), "Choose how to ask; orders is of the type number.", True),
        (clause("last_order", "ge", "31.1.2026"), "“31.1.2026” is not a date; write it as in 2026-01-31.", False),
        (clause("last_order", "ge", Entry("soon", "days")), "Give a whole number of days from 0 to 36600.", False),
        (clause("seen", "ge", "noon"), "“noon” is not a moment; write it as in 2026-01-31T10:30.", False),
        (clause("department", "eq", "Bakry"), "Did you mean 'Bakery'?", False),
        (clause("ordrs", "ge", "1"), "Did you mean orders?", False),
        (clause("city", "eq", "a\u200bb"), "invisible character", False),
        (clause("city", "like", "abc\\"), "The pattern ends in a backslash", False),
        (Clause(2, "written", entries=(Entry("orders >"),)), "The rule ends too early", False),
        (Clause(2, "written"), "Write the condition.", True),
        (Clause(2, "segment", operator="in_segment"), "Choose a segment.", True),
        (Clause(2, "segment", operator="in_segment", entries=(Entry("A b"),)), "not the key of a segment", False),
        (Group(2, "any"), "Nothing stands in this group yet.", True),
    ],
)
def test_flaw__of_one_part__stands_at_it_and_the_rest_still_works(part: Any, words: str, unfinished: bool) -> None:
    built = build(of(part, clause("city", "eq", "Rome", number=9)), CATALOGUE)
    assert built.rule is None
    assert built.partial == parse("city = 'Rome'", CATALOGUE)
    assert list(built.flaws) == [2]
    assert words in built.flaws[2].detail
    assert built.flaws[2].is_unfinished is unfinished


def test_text__of_an_unfinished_sketch__shows_all_that_was_typed() -> None:
    sketch = of(clause("orders", "ge", "many"), clause("city", "eq", "Rome", number=3))
    text = text_of_sketch(sketch, build(sketch, CATALOGUE))
    assert text == "orders >= many AND city = 'Rome'"
    with pytest.raises(RuleError):
        parse(text, CATALOGUE)


def test_written_clause__with_an_or__is_joined_as_one_condition() -> None:
    written = Clause(2, "written", entries=(Entry("orders = 1 OR orders = 2"),))
    built = build(of(written, clause("city", "eq", "Rome", number=3)), CATALOGUE)
    assert built.rule is not None
    assert to_text(built.rule) == "(orders = 1 OR orders = 2) AND city = 'Rome'"


def written(**clause: Any) -> dict[str, Any]:
    return {"format": 1, "root": {"id": 1, "joiner": "all", "parts": [{"id": 2, "kind": "written", **clause}]}}


@pytest.mark.parametrize(
    "document",
    [
        None,
        {},
        {**written(), "format": 2},
        {"format": 1, "root": {"id": 1, "kind": "written"}},
        {"format": 1, "root": {"id": 1, "joiner": "xor", "parts": []}},
        written(id=1),
        written(id=True),
        written(kind="sql"),
        written(entries=[7]),
        written(entries=[""] * 10_001),
        written(entries=["x" * 70_000]),
    ],
)
def test_json__that_is_no_sketch__is_refused(document: Any) -> None:
    with pytest.raises(SketchError):
        from_json(document)


def test_json__nested_beyond_the_limit__is_refused_at_once() -> None:
    node: dict[str, Any] = {"id": 9999, "joiner": "all", "parts": []}
    for number in range(1, 200):
        node = {"id": number, "joiner": "any", "parts": [node]}
    with pytest.raises(SketchError):
        from_json({"format": 1, "root": node})


@pytest.mark.parametrize(
    ("text", "type_", "values"),
    [
        ("a\nb\n\nc", "text", ["a", "b", "c"]),
        ("Fish, fresh", "enum", ["Fish, fresh"]),
        ("Deli, Bakery", "enum", ["Deli", "Bakery"]),
        ("'O''Brien', 'a, b'", "text", ["O'Brien", "a, b"]),
        ('"a";"b"', "text", ["a", "b"]),
        ("('x', 'y')", "text", ["x", "y"]),
        ("1, 2;3", "number", ["1", "2", "3"]),
        ("1 2 3", "number", ["1", "2", "3"]),
        ("5, 6\n7", "number", ["5", "6", "7"]),
        ("a, b\tc\r\nd", "text", ["a, b", "c", "d"]),
        ("  ", "text", []),
        ("'", "text", ["'"]),
    ],
)
def test_paste__of_many_values__is_taken_apart_as_meant(text: str, type_: str, values: list[str]) -> None:
    assert pasted_values(text, type_, ("Bakery", "Deli", "Fish, fresh")) == values
