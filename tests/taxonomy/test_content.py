"""Checking what somebody proposes a segment to mean."""

from types import SimpleNamespace
from typing import Any

import pytest

from accounts.services import deactivate_user
from common.actors import SYSTEM
from customers.models import Attribute
from taxonomy.errors import ContentInvalid, KeyTaken, RuleInvalid, SegmentUnknown
from taxonomy.rules import to_text, to_tree
from taxonomy.selectors import (
    active_rules,
    checked_content,
    effective_rule_of,
    overview_for,
    parse_for,
    rule_reading_for,
)
from taxonomy.selectors.content import CheckedContent
from tests.taxonomy.stage import content, enact, named

pytestmark = pytest.mark.django_db


def faults(key: str = "frequent", kind: str = "create", **given: Any) -> list[tuple[str, str]]:
    with pytest.raises(ContentInvalid) as refused:
        checked_content(content(**{"name": named(key), **given}), key=key, kind=kind)
    return [(error["code"], error["pointer"]) for error in refused.value.errors]


def _checked(key: str, **given: Any) -> CheckedContent:
    return checked_content(content(**{"name": named(key), **given}), key=key, kind="create")


def remarks(key: str = "frequent", **given: Any) -> set[str]:
    return {warning["code"] for warning in _checked(key, **given).warnings}


@pytest.mark.parametrize(
    ("given", "code", "pointer"),
    [
        ({"tier": "galaxy"}, "unknown_tier", "/tier"),
        ({"tier": None}, "unknown_tier", "/tier"),
        ({"name": " "}, "required", "/name"),
        ({"name": "x" * 121}, "too_long", "/name"),
        ({"name": "in\u202evisible"}, "invisible_character", "/name"),
        ({"meaning": ""}, "required", "/meaning"),
        ({"parent": "nobody"}, "unknown_parent", "/parent"),
        ({"parent": 7}, "unknown_parent", "/parent"),
        ({"objective": "nothing"}, "unknown_objective", "/objective"),
        ({"owners": {"data": "steward", "definition": "owner"}}, "required", "/owners/outcome"),
        ({"owners": {"data": "x", "definition": "owner", "outcome": "owner"}}, "unknown_person", "/owners/data"),
        ({"colour": "red"}, "unknown_field", "/colour"),
        ({"rule": ""}, "required", "/rule"),
        ({"rule": 5}, "required", "/rule"),
        ({"rule": "visits >= 'many'"}, None, "/rule"),
        ({"rule": "visitz >= 5"}, None, "/rule"),
        ({"rule": "IN_SEGMENT('nobody')"}, "unknown_segment", "/rule"),
    ],
)
def test_checked_content__one_fault__is_named_with_its_place(
    stage: SimpleNamespace, given: dict[str, Any], code: str | None, pointer: str
) -> None:
    found = faults(**given)

    assert [place for _, place in found] == [pointer]
    assert code is None or found[0][0] == code


def test_checked_content__many_faults__are_named_at_once(stage: SimpleNamespace) -> None:
    found = faults(name="", parent="nobody", rule="visits >=")

    assert {place for _, place in found} == {"/name", "/parent", "/rule"}


def test_checked_content__broken_rule__says_line_and_column(stage: SimpleNamespace) -> None:
    with pytest.raises(ContentInvalid) as refused:
        checked_content(content(rule="visits >= 5\n  AND visitz < 3"), key="frequent", kind="create")

    assert refused.value.errors[0]["position"] == {"line": 2, "column": 7}


def test_checked_content__owner_has_left__asks_for_somebody_else(stage: SimpleNamespace) -> None:
    deactivate_user(actor=SYSTEM, user_id=stage.owner.pk)

    assert {place for _, place in faults()} == {"/owners/definition", "/owners/outcome"}


def test_checked_content__rule_as_tree__is_written_as_text(stage: SimpleNamespace) -> None:
    as_text = checked_content(content(), key="frequent", kind="create")

    as_tree = checked_content(content(rule=to_tree(as_text.rule)), key="frequent", kind="create")

    assert as_tree.content == as_text.content
    assert as_tree.content["rule"] == "visits >= 50"


@pytest.mark.parametrize("tier", ["market", "segment"])
def test_checked_content__tier_not_deeper_than_the_parents__refuses(stage: SimpleNamespace, tier: str) -> None:
    enact("frequent")

    assert faults("big", parent="frequent", tier=tier) == [("tier_order", "/tier")]


def test_checked_content__tier_not_above_the_childrens__refuses(stage: SimpleNamespace) -> None:
    enact("frequent")
    enact("big", parent="frequent", tier="sub_segment", name="Big")

    assert faults(kind="change", tier="persona") == [("tier_order", "/tier")]


def test_checked_content__below_itself_or_its_descendant__refuses(stage: SimpleNamespace) -> None:
    enact("frequent")
    enact("big", parent="frequent", tier="sub_segment", name="Big")
    enact("huge", parent="big", tier="persona", name="Huge")

    for parent in ("frequent", "big", "huge"):
        assert ("parent_circle", "/parent") in faults(kind="change", parent=parent)


def test_checked_content__references_turn_in_a_circle__refuses(stage: SimpleNamespace) -> None:
    enact("frequent")
    enact("big", name="Big", rule="IN_SEGMENT('frequent')")
    enact("huge", name="Huge", parent="big", tier="sub_segment")

    for reference in ("frequent", "big", "huge"):
        assert faults(kind="change", rule=f"IN_SEGMENT('{reference}')") == [("reference_circle", "/rule")]


def test_checked_content__parent_refers_to_the_child__refuses_the_place(stage: SimpleNamespace) -> None:
    enact("frequent")
    enact("big", name="Big", rule="IN_SEGMENT('frequent')")

    assert faults(kind="change", parent="big", tier="sub_segment") == [("reference_circle", "/parent")]


def test_checked_content__wrong_subject__refuses(stage: SimpleNamespace) -> None:
    with pytest.raises(SegmentUnknown):
        checked_content(content(), key="frequent", kind="change")
    enact("frequent")
    with pytest.raises(KeyTaken):
        checked_content(content(), key="frequent", kind="create")


def test_warnings__only_demographic_attributes__point_at_the_stereotype(stage: SimpleNamespace) -> None:
    assert "only_demographic" in remarks(rule="age_band = '19-24'")
    assert "only_demographic" not in remarks(rule="age_band = '19-24' AND visits > 3")


def test_warnings__parent_brings_behaviour__child_is_no_stereotype(stage: SimpleNamespace) -> None:
    enact("frequent")

    assert "only_demographic" not in remarks("young", rule="age_band = '19-24'", parent="frequent", tier="sub_segment")


def test_warnings__sensitive_attributes__ask_for_a_reason(stage: SimpleNamespace) -> None:
    assert "sensitive_attribute" in remarks(rule="has_kids AND visits > 3")
    assert "sensitive_attribute" in remarks(rule="diet = 'vegan'")
    assert "sensitive_attribute" not in remarks()


def test_warnings__parents_clause_repeated__is_remarked(stage: SimpleNamespace) -> None:
    enact("frequent")

    again = {"parent": "frequent", "tier": "sub_segment", "name": "Big"}
    assert "repeats_parent" in remarks("big", rule="spend > 10 AND visits >= 50", **again)
    assert "repeats_parent" not in remarks("big", rule="spend > 10 AND visits >= 51", **again)


def test_warnings__too_much_to_read__is_remarked(stage: SimpleNamespace) -> None:
    long_rule = " OR ".join(f"visits = {number}" for number in range(13))

    assert "complexity" in remarks(rule=long_rule)
    assert "complexity" not in remarks()


@pytest.mark.parametrize("name", ["FREQUENT visitors", "Frequent-visitors", "Frequent  visitors", "Frеquеnt visitors"])
def test_checked_content__name_of_another_segment__refuses(stage: SimpleNamespace, name: str) -> None:
    enact("frequent")

    assert {code for code, pointer in faults("big", name=name) if pointer == "/name"} & {
        "name_taken",
        "name_look_alike",
    }
    checked_content(content(name="Big baskets"), key="big", kind="create")
    # The segment itself keeps its name through every change.
    checked_content(content(tier="market"), key="frequent", kind="change")


def test_checked_content__key_that_looks_like_another__refuses(stage: SimpleNamespace) -> None:
    enact("frequent-buyers")

    assert faults("frequent_buyers", name="Often here") == [("name_taken", "/key")]


def test_active_rules__each_comes_after_what_it_stands_on(stage: SimpleNamespace) -> None:
    enact("z-market", tier="market", rule="TRUE", name="Market")
    enact("y-frequent", parent="z-market")
    enact("a-big", name="Big", rule="spend > 10 AND IN_SEGMENT('y-frequent')")
    enact("b-young", name="Young", parent="y-frequent", tier="persona", rule="age_band = '19-24'")

    rules = active_rules()

    order = [rule.key for rule in rules]
    assert order.index("z-market") < order.index("y-frequent") < order.index("a-big")
    assert order.index("y-frequent") < order.index("b-young")
    young = next(rule for rule in rules if rule.key == "b-young")
    assert to_text(young.rule) == "visits >= 50 AND age_band = '19-24'"
    assert young.parent_key == "y-frequent"


def test_effective_rule_of__content_below_a_parent__joins_all_rules(stage: SimpleNamespace) -> None:
    enact("frequent")
    enact("big", name="Big", parent="frequent", tier="sub_segment", rule="spend > 10")

    rule = effective_rule_of({"rule": "age_band = '19-24'", "parent": "big"}, "young")

    assert to_text(rule) == "visits >= 50 AND spend > 10 AND age_band = '19-24'"


def test_parse_for__attribute_hidden_from_the_viewer__is_unknown(stage: SimpleNamespace) -> None:
    assert to_text(parse_for(stage.steward, "diet = 'vegan'")) == "diet = 'vegan'"

    with pytest.raises(RuleInvalid) as hidden:
        parse_for(stage.rep, "diet = 'vegan'")
    with pytest.raises(RuleInvalid) as absent:
        parse_for(stage.rep, "diez = 'vegan'")
    assert hidden.value.errors[0]["code"] == absent.value.errors[0]["code"]
    assert "diet" not in absent.value.errors[0]["detail"].replace("diez", "")


def test_parse_for__unknown_parent_or_segment__refuses(stage: SimpleNamespace) -> None:
    with pytest.raises(ContentInvalid):
        parse_for(stage.steward, "visits > 1", "nobody")
    with pytest.raises(RuleInvalid):
        parse_for(stage.steward, "IN_SEGMENT('nobody')")


def test_rule_reading_for__a_rule__comes_in_all_forms(stage: SimpleNamespace) -> None:
    reading = rule_reading_for(stage.steward, "visits>=50 and spend<5")

    assert reading.text == "visits >= 50 AND spend < 5"
    assert reading.words == "visits is at least 50 and spend is less than 5 USD"
    assert reading.attributes == ("spend", "visits")
    assert reading.complexity == {"clauses": 2, "depth": 2, "attributes": 2}


def test_active_rules__an_attribute_lost_a_choice__still_read(stage: SimpleNamespace) -> None:
    enact("young", rule="age_band = '19-24'")
    Attribute.objects.filter(key="age_band").update(choices=["25-34"])

    assert [to_text(rule.rule) for rule in active_rules()] == ["age_band = '19-24'"]
    with pytest.raises(ContentInvalid):
        checked_content(content(rule="age_band = '19-24'"), key="young", kind="change")


def test_active_rules__an_attribute_changed_its_type__marks_that_rule_and_what_is_below(
    stage: SimpleNamespace,
) -> None:
    enact("young", rule="age_band = '19-24'", tier="segment")
    enact("youngest", rule="spend > 3", tier="persona", parent="young", name="Youngest")
    enact("frequent")
    Attribute.objects.filter(key="age_band").update(type="number", choices=[])

    faults = {rule.key: bool(rule.fault) for rule in active_rules()}

    assert faults == {"young": True, "youngest": True, "frequent": False}
    assert overview_for(viewer=stage.viewer, key="youngest").effective["text"] == "age_band = '19-24' AND spend > 3"
