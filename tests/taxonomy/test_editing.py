"""Operations on rules being written: each gives a sound sketch, and says in rules exactly what it promises."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from taxonomy.rules import Rule, RuleError, matches, parse, to_text
from taxonomy.rules import editing as shape
from taxonomy.rules import filling as fill
from taxonomy.rules.building import build
from taxonomy.rules.history import History, Step, bounded, history_of
from taxonomy.rules.nodes import Not
from taxonomy.rules.reshaping import EditError
from taxonomy.rules.sketch import Clause, Entry, Group, Sketch, find, from_json, next_id, parts_of, to_json
from taxonomy.rules.sketching import sketch_of
from tests.taxonomy.rule_catalogue import CATALOGUE
from tests.taxonomy.rule_strategies import AS_OF, catalogues, customers, memberships, rules


def sketched(text: str) -> Sketch:
    return sketch_of(parse(text, CATALOGUE))


def said(sketch: Sketch) -> str:
    built = build(sketch, CATALOGUE)
    assert built.rule is not None, built.flaws
    return to_text(built.rule)


def numbered(sketch: Sketch, *place: int) -> int:
    """The id of the part at a place, counted down from the root."""
    part: Any = sketch.root
    for at in place:
        part = part.parts[at]
    return int(part.id)


SHAPE: list[Callable[[Sketch, int], Sketch]] = [
    shape.add_clause,
    shape.add_group,
    shape.remove,
    shape.duplicate,
    shape.wrap,
    shape.unwrap,
    shape.negate,
    shape.move_up,
    shape.move_down,
    shape.move_in,
    shape.move_out,
]


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_operations__any_sequence_of_them__keep_ids_apart_and_the_sketch_storable(data: st.DataObject) -> None:
    catalogue = data.draw(catalogues())
    sketch = sketch_of(data.draw(rules(catalogue, depth=2)))
    for _ in range(data.draw(st.integers(1, 8))):
        operation = data.draw(st.sampled_from(SHAPE))
        part_id = data.draw(st.sampled_from([part.id for part, _ in parts_of(sketch)] + [10**6]))
        before = to_json(sketch)
        try:
            changed = operation(sketch, part_id)
        except EditError as refused:
            assert str(refused).endswith(".")
            changed = sketch
        assert to_json(sketch) == before
        sketch = changed
        numbers = [part.id for part, _ in parts_of(sketch)]
        assert len(numbers) == len(set(numbers))
        assert from_json(to_json(sketch)) == sketch
    build(sketch, catalogue)


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_negate__any_part__turns_its_answer_and_twice_gives_it_back(data: st.DataObject) -> None:
    catalogue = data.draw(catalogues())
    sketch = sketch_of(data.draw(rules(catalogue, depth=2)))
    customer, segments = data.draw(customers(catalogue)), data.draw(memberships())
    part, above = data.draw(st.sampled_from(list(parts_of(sketch))))

    def answer(of: Sketch, part_id: int) -> Any:
        found = build(of, catalogue).conditions[part_id]
        return matches(Rule(found), customer, AS_OF, segments=segments)

    place = above.parts.index(part) if isinstance(above, Group) else None
    once = shape.negate(sketch, part.id)
    turned: Any = once.root if above is None else find(once, above.id)[0].parts[place]  # type: ignore[index,union-attr]
    before, after = answer(sketch, part.id), answer(once, turned.id)
    assert after is (None if before is None else not before)
    twice = shape.negate(once, turned.id)
    again: Any = twice.root if above is None else find(twice, above.id)[0].parts[place]  # type: ignore[index,union-attr]
    assert answer(twice, again.id) is before


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_wrap_and_unwrap__any_part__give_the_same_rule(data: st.DataObject) -> None:
    catalogue = data.draw(catalogues())
    sketch = sketch_of(data.draw(rules(catalogue)))
    below = [part for part, above in parts_of(sketch) if above is not None]
    part = data.draw(st.sampled_from(below))
    rule = build(sketch, catalogue).rule
    for joiner in ("all", "any"):
        wrapped = shape.wrap(sketch, part.id, joiner)
        assert build(wrapped, catalogue).rule == rule
        assert shape.unwrap(wrapped, find(wrapped, part.id)[1].id) == sketch  # type: ignore[index,union-attr]


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_moves__there_and_back__give_the_same_sketch(data: st.DataObject) -> None:
    catalogue = data.draw(catalogues())
    sketch = sketch_of(data.draw(rules(catalogue)))
    part, above = data.draw(st.sampled_from([pair for pair in parts_of(sketch) if pair[1] is not None]))
    assert above is not None
    if above.parts.index(part) > 0:
        assert shape.move_down(shape.move_up(sketch, part.id), part.id) == sketch
    if above.parts.index(part) < len(above.parts) - 1:
        assert shape.move_up(shape.move_down(sketch, part.id), part.id) == sketch
    place = above.parts.index(part)
    assert shape.move_to(sketch, part.id, above.id, place) == sketch
    assert shape.remove(shape.duplicate(sketch, part.id), next_id(sketch)) == sketch


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_insert__of_any_rule__lets_in_who_fits_both(data: st.DataObject) -> None:
    catalogue = data.draw(catalogues())
    sketch, pasted = sketch_of(data.draw(rules(catalogue, 2))), data.draw(rules(catalogue, 2))
    if sketch.root.joiner != "all":
        sketch = shape.wrap(Sketch(Group(10**6, "all", (sketch.root,))), sketch.root.id, "all")
    before = build(sketch, catalogue).rule
    after = build(shape.insert_rule(sketch, sketch.root.id, pasted), catalogue).rule
    customer, segments = data.draw(customers(catalogue)), data.draw(memberships())
    assert before is not None
    assert after is not None
    truths = [matches(rule, customer, AS_OF, segments=segments) for rule in (before, pasted)]
    expected = False if False in truths else None if None in truths else True
    assert matches(after, customer, AS_OF, segments=segments) is expected


RULE = "orders >= 3 AND (city = 'Rome' OR city = 'Milan') AND mailable"


@pytest.mark.parametrize(
    ("operation", "place", "text"),
    [
        (shape.remove, (0,), "(city = 'Rome' OR city = 'Milan') AND mailable"),
        (shape.move_up, (2,), "orders >= 3 AND mailable AND (city = 'Rome' OR city = 'Milan')"),
        (shape.move_down, (0,), "(city = 'Rome' OR city = 'Milan') AND orders >= 3 AND mailable"),
        (shape.move_in, (0,), "(orders >= 3 OR city = 'Rome' OR city = 'Milan') AND mailable"),
        (shape.move_in, (2,), "orders >= 3 AND (city = 'Rome' OR city = 'Milan' OR mailable)"),
        (shape.move_out, (1, 0), "orders >= 3 AND city = 'Milan' AND city = 'Rome' AND mailable"),
        (shape.unwrap, (1,), "orders >= 3 AND city = 'Rome' AND city = 'Milan' AND mailable"),
        (shape.duplicate, (2,), RULE + " AND mailable"),
        (shape.negate, (0,), "orders < 3 AND (city = 'Rome' OR city = 'Milan') AND mailable"),
        (shape.negate, (1,), "orders >= 3 AND NOT (city = 'Rome' OR city = 'Milan') AND mailable"),
        (shape.negate, (2,), "orders >= 3 AND (city = 'Rome' OR city = 'Milan') AND NOT mailable"),
        (shape.negate, (), f"NOT ({RULE})"),
    ],
)
def test_operation__on_a_rule__says_what_it_promises(operation: Any, place: tuple[int, ...], text: str) -> None:
    sketch = sketched(RULE)
    assert said(operation(sketch, numbered(sketch, *place))) == text


def test_move_to__by_dragging__lands_before_what_it_was_dropped_on() -> None:
    sketch = sketched("orders = 1 AND orders = 2 AND orders = 3")
    first, last = numbered(sketch, 0), numbered(sketch, 2)
    assert said(shape.move_to(sketch, first, 1, 2)) == "orders = 2 AND orders = 1 AND orders = 3"
    assert said(shape.move_to(sketch, last, 1, 0)) == "orders = 3 AND orders = 1 AND orders = 2"
    assert said(shape.move_to(sketch, first, 1, 99)) == "orders = 2 AND orders = 3 AND orders = 1"


def test_move_to__a_group_into_itself__is_refused() -> None:
    sketch = sketched("orders = 1 AND (city = 'Rome' OR NOT (orders = 2 OR orders = 3))")
    with pytest.raises(EditError, match="into itself"):
        shape.move_to(sketch, numbered(sketch, 1), numbered(sketch, 1, 1), 0)


def test_operation__beyond_the_limits__is_refused() -> None:
    sketch = sketched("orders = 1")
    for _ in range(49):
        sketch = shape.wrap(sketch, sketch.root.parts[0].id)
    with pytest.raises(EditError, match="50 levels"):
        shape.wrap(sketch, sketch.root.parts[0].id)


def test_operation__on_a_part_that_is_gone__says_so() -> None:
    with pytest.raises(EditError, match="not there any more"):
        shape.remove(sketched("orders = 1"), 77)


def test_attribute__of_the_same_type__keeps_operator_and_value() -> None:
    sketch = sketched("orders BETWEEN 1 AND 5")
    (clause,) = sketch.root.parts
    assert said(fill.set_attribute(sketch, clause.id, "spend", "number", "number")) == "spend BETWEEN 1 AND 5"


def test_attribute__of_another_type__begins_anew() -> None:
    sketch = sketched("orders BETWEEN 1 AND 5")
    changed = fill.set_attribute(sketch, sketch.root.parts[0].id, "last_order", "date", "number")
    assert changed.root.parts == (Clause(sketch.root.parts[0].id, "attribute", "last_order", "ge"),)


@pytest.mark.parametrize(
    ("operator", "entries"),
    [("between", 2), ("lt", 1), ("in", 2), ("unknown", 0)],
)
def test_operator__changed__keeps_what_it_takes(operator: str, entries: int) -> None:
    sketch = sketched("orders BETWEEN 1 AND 5")
    (clause,) = fill.set_operator(sketch, sketch.root.parts[0].id, operator).root.parts
    assert isinstance(clause, Clause)
    assert len(clause.entries) == entries


def test_entry__emptied__is_still_to_be_filled_in_and_an_empty_text_in_a_rule_stays() -> None:
    sketch = sketched("city = 'Rome'")
    number = sketch.root.parts[0].id
    emptied = fill.set_entry(sketch, number, 0, Entry(""))
    assert build(emptied, CATALOGUE).flaws[number].is_unfinished
    assert fill.set_entry(emptied, number, 0, Entry("")) == emptied
    empty_text = sketched("city = ''")
    assert fill.set_entry(empty_text, empty_text.root.parts[0].id, 0, Entry("")) == empty_text


def test_entry__of_a_range__is_set_at_its_place() -> None:
    sketch = Sketch(Group(1, "all", (Clause(2, "attribute", "orders", "between"),)))
    high = fill.set_entry(sketch, 2, 1, Entry("5"))
    assert not build(high, CATALOGUE).rule
    assert said(fill.set_entry(high, 2, 0, Entry("1"))) == "orders BETWEEN 1 AND 5"


def test_list__of_values__takes_each_once_and_gives_them_back_by_place() -> None:
    sketch = sketched("city IN ('Rome')")
    number = sketch.root.parts[0].id
    longer = fill.add_entries(sketch, number, ["Milan", "Rome", "Turin"])
    assert said(longer) == "city IN ('Rome', 'Milan', 'Turin')"
    assert said(fill.remove_entry(longer, number, 1)) == "city IN ('Rome', 'Turin')"
    assert build(fill.clear_entries(longer, number), CATALOGUE).flaws[number].is_unfinished


def test_lower_case__turned_on__lowers_what_was_typed_and_what_comes() -> None:
    sketch = sketched("city IN ('Rome')")
    number = sketch.root.parts[0].id
    lowered = fill.add_entries(fill.set_lowered(sketch, number, True), number, ["MILAN"])
    assert said(lowered) == "LOWER(city) IN ('rome', 'milan')"


def test_paste__of_a_rule_into_an_any_group__stands_as_one_part() -> None:
    sketch = sketched("orders = 1 OR orders = 2")
    pasted = parse("city = 'Rome' AND mailable", CATALOGUE)
    assert said(shape.insert_rule(sketch, 1, pasted)) == "orders = 1 OR orders = 2 OR city = 'Rome' AND mailable"


def test_written_clause__turned_into_fields__says_the_same() -> None:
    sketch = Sketch(
        Group(1, "any", (Clause(2, "written", entries=(Entry("orders = 1 AND city = 'Rome'"),)), Clause(3)))
    )
    rule = parse("orders = 1 AND city = 'Rome'", CATALOGUE)
    turned = shape.remove(fill.replace_with_rule(sketch, 2, rule), 3)
    assert said(turned) == "orders = 1 AND city = 'Rome'"
    assert all(part.kind != "written" for part, _ in parts_of(turned) if isinstance(part, Clause))


# --- undo and redo ---------------------------------------------------------------------------------------------------


def begun() -> History:
    return History((Step({"n": 0}, 1),), 0)


@given(st.lists(st.sampled_from(["undo", "redo", "a", "b", "same"]), max_size=60))
def test_history__any_walk__undoes_and_redoes_what_a_plain_list_would(walk: list[str]) -> None:
    history = begun()
    past: list[Any] = [{"n": 0}]
    future: list[Any] = []
    for count, deed in enumerate(walk, start=1):
        if deed == "undo":
            history = history.undone()
            if len(past) > 1:
                future.append(past.pop())
        elif deed == "redo":
            history = history.redone()
            if future:
                past.append(future.pop())
        elif deed == "same":
            history = history.recorded(Step(history.step.state, count))
        else:
            history = history.recorded(Step({"n": count}, count))
            past.append({"n": count})
            future = []
        assert history.step.state == past[-1]
        assert (history.can_undo, history.can_redo) == (len(past) > 1, bool(future))
        assert history_of(history.as_json(), history.at) == history


def test_history__typing_in_one_field__is_one_step() -> None:
    history = begun()
    for count, text in enumerate(["1", "12", "123"], start=2):
        history = history.recorded(Step({"n": text}, count, "tab:2.0"))
    assert len(history.steps) == 2
    assert history.undone().step.state == {"n": 0}
    assert history.recorded(Step({"n": "x"}, 9, "tab:3.0")).undone().step.state == {"n": "123"}


def test_history__beyond_the_bounds__forgets_the_oldest() -> None:
    history = begun()
    for count in range(250):
        history = history.recorded(Step({"n": count}, count))
    assert len(history.steps) == 100
    assert history.step.state == {"n": 249}
    large = bounded(tuple(Step({"n": str(count) * 200_000}, count) for count in range(5)))
    assert [step.revision for step in large.steps] == [3, 4]
    assert len(bounded((Step({"n": "x" * 10**6}, 1),)).steps) == 1


def test_history__asked_for_a_revision__remembers_what_it_wrote() -> None:
    history = begun().recorded(Step({"n": 1}, 2)).recorded(Step({"n": 2}, 3))
    assert history.state_at(2) == {"n": 1}
    assert history.state_at(7) is None


def test_not__of_a_single_clause__is_said_by_the_rule_of_a_none_group() -> None:
    sketch = Sketch(Group(1, "none", (Clause(2, "attribute", "orders", "eq", (Entry("1"),)),)))
    rule = build(sketch, CATALOGUE).rule
    assert rule is not None
    assert isinstance(rule.condition, Not)
    with pytest.raises(RuleError):
        parse("NOT", CATALOGUE)
