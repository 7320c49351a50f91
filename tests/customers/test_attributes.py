"""Defining attributes and sources; enacting approved changes."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from common.errors import NotAllowed
from customers.errors import InvalidAttribute, InvalidSource, LiveAttribute, NoSuchAttribute, StaleBase, ValuesHeld
from customers.models import Attribute, Source
from customers.selectors import attribute_facts, checked_content, live_content, visible_attribute_keys
from customers.services.attributes import define_attribute, mark_live
from customers.services.enactment import enact_attribute
from customers.services.profiles import merge_customer
from customers.services.sources import define_source

Announced = Callable[[str], list[dict[str, Any]]]
CONTENT = {"label": "Baskets", "type": "number", "dimension": "behavioral"}


def test_define_attribute__new__in_the_catalogue_with_defaults(cast: SimpleNamespace, announced: Announced) -> None:
    attribute = define_attribute(actor=cast.steward, key="baskets", content=CONTENT)
    assert (attribute.version, attribute.sensitivity, attribute.grain, attribute.is_live) == (
        1,
        "internal",
        "account",
        False,
    )
    assert attribute_facts()["baskets"].type == "number"
    (fact,) = announced("customers.attribute.defined")
    assert (fact["attribute_key"], fact["version"]) == ("baskets", 1)


def test_define_attribute__other_words__next_version_and_history(cast: SimpleNamespace, announced: Announced) -> None:
    define_attribute(actor=cast.steward, key="baskets", content=CONTENT)
    define_attribute(
        actor=cast.administrator, key="baskets", content={**CONTENT, "description": "Receipts in 90 days."}
    )
    stored = Attribute.objects.get(key="baskets")
    assert (stored.version, stored.history.count()) == (2, 2)
    assert announced("customers.attribute.defined")[1]["changed_fields"] == ["description"]


def test_define_attribute__same_again__nothing_happens(cast: SimpleNamespace, announced: Announced) -> None:
    for _ in range(2):
        define_attribute(actor=cast.steward, key="baskets", content=CONTENT)
    assert Attribute.objects.get(key="baskets").version == 1
    assert len(announced("customers.attribute.defined")) == 1


@pytest.mark.parametrize("name", ["owner", "rep", "viewer", "auditor", "learner", "stranger", "deactivated"])
def test_define_attribute__no_keeper_of_data__refused(cast: SimpleNamespace, announced: Announced, name: str) -> None:
    with pytest.raises(NotAllowed):
        define_attribute(actor=getattr(cast, name), key="baskets", content=CONTENT)
    assert not Attribute.objects.exists()
    assert not announced("customers.attribute.defined")


@pytest.mark.parametrize(
    ("key", "change", "pointer"),
    [
        ("Baskets", {}, "/key"),
        ("a" * 64, {}, "/key"),
        ("ordinal", {}, "/key"),
        ("external_id", {}, "/key"),
        ("b", {"label": ""}, "/label"),
        ("b", {"label": "a\u202eb"}, "/label"),
        ("b", {"type": "money"}, "/type"),
        ("b", {"type": None}, "/type"),
        ("b", {"dimension": "x"}, "/dimension"),
        ("b", {"type": "enum"}, "/choices"),
        ("b", {"type": "enum", "choices": ["a", "a"]}, "/choices"),
        ("b", {"choices": ["a"]}, "/choices"),
        ("b", {"choices": "abc"}, "/choices"),
        ("b", {"type": "enum", "choices": [1]}, "/choices/0"),
        ("b", {"source": "nope"}, "/source"),
        ("b", {"steward": "nobody"}, "/steward"),
        ("b", {"sensitivity": "secret"}, "/sensitivity"),
        ("b", {"quality_threshold": 2}, "/quality_threshold"),
        ("b", {"quality_threshold": True}, "/quality_threshold"),
        ("b", {"grain": "store"}, "/grain"),
        ("b", {"is_live": True}, "/is_live"),
        ("b", {"purposes": {"a": 1}}, "/purposes"),
    ],
)
def test_define_attribute__fault__named_at_its_place(
    cast: SimpleNamespace, key: str, change: dict[str, Any], pointer: str
) -> None:
    with pytest.raises(InvalidAttribute) as refused:
        define_attribute(actor=cast.steward, key=key, content={**CONTENT, **change})
    assert [error["pointer"] for error in refused.value.errors] == [pointer]


def test_define_attribute__several_faults__all_at_once(cast: SimpleNamespace) -> None:
    with pytest.raises(InvalidAttribute) as refused:
        define_attribute(actor=cast.steward, key="b", content={"type": "x", "unit": "u" * 41})
    assert {error["pointer"] for error in refused.value.errors} == {"/label", "/type", "/dimension", "/unit"}


@pytest.mark.parametrize(
    "change", [{"type": "text"}, {"unit": "boxes"}, {"sensitivity": "public"}, {"grain": "contact"}]
)
def test_define_attribute__live_and_other_meaning__sent_to_review(
    cast: SimpleNamespace, announced: Announced, change: dict[str, Any]
) -> None:
    define_attribute(actor=cast.steward, key="baskets", content=CONTENT)
    assert mark_live(actor=cast.steward, keys=["baskets", "nope"]) == ["baskets"]
    with pytest.raises(LiveAttribute, match="change request"):
        define_attribute(actor=cast.steward, key="baskets", content={**CONTENT, **change})
    assert len(announced("customers.attribute.defined")) == 1
    # The same change by the board's enactment goes through.
    enacted = enact_attribute(
        actor=cast.owner, key="baskets", content={**CONTENT, **change}, base_version=1, request_ref="7"
    )
    assert enacted.version == 2
    assert announced("customers.attribute.defined")[1]["request_ref"] == "7"


@pytest.mark.parametrize("change", [{"label": "Receipts"}, {"sensitivity": "special"}, {"steward": "rep"}])
def test_define_attribute__live_and_same_meaning__changed(cast: SimpleNamespace, change: dict[str, Any]) -> None:
    define_attribute(actor=cast.steward, key="baskets", content=CONTENT)
    mark_live(actor=cast.steward, keys=["baskets"])
    assert define_attribute(actor=cast.steward, key="baskets", content={**CONTENT, **change}).version == 2


def test_define_attribute__stale_base__refused(cast: SimpleNamespace) -> None:
    define_attribute(actor=cast.steward, key="baskets", content=CONTENT, base_version=0)
    with pytest.raises(InvalidAttribute, match="already"):
        define_attribute(actor=cast.steward, key="baskets", content={**CONTENT, "unit": "x"}, base_version=0)
    with pytest.raises(StaleBase):
        define_attribute(actor=cast.steward, key="baskets", content={**CONTENT, "unit": "x"}, base_version=2)


def test_define_attribute__hidden_from_the_actor__reads_like_none(catalogue: SimpleNamespace) -> None:
    with pytest.raises(NoSuchAttribute):
        define_attribute(actor=catalogue.administrator, key="diet", content=CONTENT)


def test_define_attribute__type_of_held_values__refused(catalogue: SimpleNamespace) -> None:
    merge_customer(actor=catalogue.steward, external_id="1", attributes={"orders": 3, "tier": "gold"})
    content = checked_content(
        {"label": "Orders", "type": "text", "dimension": "behavioral"}, key="orders", kind="change"
    )
    with pytest.raises(ValuesHeld):
        define_attribute(actor=catalogue.steward, key="orders", content=content)
    with pytest.raises(ValuesHeld, match="gold"):
        define_attribute(
            actor=catalogue.steward,
            key="tier",
            content={"label": "Tier", "type": "enum", "dimension": "value", "choices": ["silver"]},
        )
    kept = {"label": "Tier", "type": "enum", "dimension": "value", "choices": ["gold"]}
    assert define_attribute(actor=catalogue.steward, key="tier", content=kept).choices == ["gold"]


def test_enact_attribute__base_moved_on__stale(cast: SimpleNamespace) -> None:
    define_attribute(actor=cast.steward, key="baskets", content=CONTENT)
    with pytest.raises(StaleBase):
        enact_attribute(actor=cast.owner, key="baskets", content=CONTENT, base_version=9, request_ref="7")
    with pytest.raises(StaleBase):
        enact_attribute(actor=cast.owner, key="baskets", content=CONTENT, base_version=None, request_ref="7")
    with pytest.raises(NoSuchAttribute):
        enact_attribute(actor=cast.owner, key="gone", content=CONTENT, base_version=1, request_ref="7")


def test_enact_attribute__new__defined(cast: SimpleNamespace) -> None:
    enact_attribute(actor=cast.owner, key="baskets", content=CONTENT, base_version=None, request_ref="7")
    live = live_content("baskets")
    assert live is not None
    assert (live.version_number, live.content["label"]) == (1, "Baskets")


@pytest.mark.parametrize(
    ("name", "hidden"),
    [
        ("steward", set()),
        ("administrator", {"diet"}),
        ("rep", {"diet"}),
        ("owner", {"diet", "has_children"}),
        ("auditor", {"diet", "has_children"}),
        ("viewer", {"diet", "has_children"}),
        ("learner", {"diet", "has_children"}),
    ],
)
def test_visible_attributes__by_role__sensitive_ones_hidden(
    catalogue: SimpleNamespace, name: str, hidden: set[str]
) -> None:
    assert visible_attribute_keys(getattr(catalogue, name)) == set(attribute_facts()) - hidden


@pytest.mark.parametrize("name", ["stranger", "deactivated"])
def test_visible_attributes__without_a_role__none(catalogue: SimpleNamespace, name: str) -> None:
    assert visible_attribute_keys(getattr(catalogue, name)) == set()


def test_define_source__new_then_changed__versions_and_facts(cast: SimpleNamespace, announced: Announced) -> None:
    content = {"name": "Tills", "kind": "product", "freshness_hours": 24, "steward": "steward"}
    define_source(actor=cast.steward, key="till", content=content)
    define_source(actor=cast.steward, key="till", content=content)
    define_source(actor=cast.steward, key="till", content={**content, "freshness_hours": 48})
    stored = Source.objects.get(key="till")
    assert (stored.version, stored.freshness_hours, stored.steward) == (2, 48, cast.steward)
    facts = announced("customers.source.defined")
    assert [fact["changed_fields"] for fact in facts][1] == ["freshness_hours"]
    assert len(facts) == 2


@pytest.mark.parametrize(
    ("key", "change", "pointer"),
    [
        ("Till", {}, "/key"),
        ("till", {"name": " "}, "/name"),
        ("till", {"kind": "fax"}, "/kind"),
        ("till", {"freshness_hours": 0}, "/freshness_hours"),
        ("till", {"freshness_hours": True}, "/freshness_hours"),
        ("till", {"steward": "nobody"}, "/steward"),
        ("till", {"colour": "red"}, "/colour"),
    ],
)
def test_define_source__fault__named_at_its_place(
    cast: SimpleNamespace, key: str, change: dict[str, Any], pointer: str
) -> None:
    with pytest.raises(InvalidSource) as refused:
        define_source(actor=cast.steward, key=key, content={"name": "Tills", "kind": "product", **change})
    assert [error["pointer"] for error in refused.value.errors] == [pointer]


def test_define_source__no_keeper_of_data__refused(cast: SimpleNamespace) -> None:
    with pytest.raises(NotAllowed):
        define_source(actor=cast.owner, key="till", content={"name": "Tills", "kind": "product"})
