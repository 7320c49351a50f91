"""How an attribute is declared to be computed: what is refused and why, its words, its lines in a form, its doors."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from customers.errors import InvalidAttribute, LiveAttribute, ValuesHeld
from customers.models import Attribute
from customers.rows.derivation_lines import UnreadableLine, derivation_from_fields, fields_of_derivation
from customers.rows.derivations import derivation_words, read_derivation
from customers.selectors import attribute_for, content_of, customer_for, newest_change, ordinals_of
from customers.selectors.changes import changed_count
from customers.services.attributes import define_attribute, mark_live
from customers.services.profiles import merge_customer, merge_customers_bulk
from tests.customers.test_features import AS_OF, EVENT, arrive, define
from tests.customers.told import Told, tell

Browser = Callable[[Any], Client]
CARD: dict[str, Any] = {
    "kind": "score",
    "base": 10,
    "points": [
        {"attribute": "orders", "operator": ">=", "value": 3, "points": 5},
        {"attribute": "tier", "operator": "in", "value": ["gold"], "points": 2.5},
        {"attribute": "tags", "operator": "contains", "value": "vip", "points": -3},
        {"attribute": "joined_on", "operator": "<", "value": "2026-01-01", "points": 1},
        {"attribute": "city", "operator": "unknown", "value": None, "points": -1},
    ],
}


def refused(people: SimpleNamespace, key: str, kind: str, derivation: Any, **more: Any) -> dict[str, str]:
    with pytest.raises(InvalidAttribute) as caught:
        define(people, key, kind, derivation, **more)
    return {item["pointer"]: item["code"] for item in caught.value.errors}


@pytest.mark.parametrize(
    ("kind", "derivation", "pointer"),
    [
        ("number", {"kind": "magic"}, "/derivation/kind"),
        ("number", "count", "/derivation"),
        ("number", {**EVENT, "aggregate": "count", "event": " "}, "/derivation/event"),
        ("number", {**EVENT, "aggregate": "average"}, "/derivation/aggregate"),
        ("text", {**EVENT, "aggregate": "count"}, "/derivation/aggregate"),
        ("number", {**EVENT, "aggregate": "count", "property": "total"}, "/derivation/property"),
        ("number", {**EVENT, "aggregate": "sum"}, "/derivation/property"),
        ("number", {**EVENT, "aggregate": "last"}, "/derivation/property"),
        ("set", {**EVENT, "aggregate": "last", "property": "tags"}, "/derivation/property"),
        ("number", {**EVENT, "aggregate": "count", "within_days": 0}, "/derivation/within_days"),
        ("number", {**EVENT, "aggregate": "count", "within_days": True}, "/derivation/within_days"),
        ("number", {**EVENT, "aggregate": "count", "since": 3}, "/derivation/since"),
        (
            "number",
            {**EVENT, "aggregate": "count", "where": [{"property": "x", "operator": ">", "value": "web"}]},
            "/derivation/where/0/value",
        ),
        (
            "number",
            {**EVENT, "aggregate": "count", "where": [{"property": "x", "operator": "=", "value": {"a": 1}}]},
            "/derivation/where/0/value",
        ),
        (
            "number",
            {**EVENT, "aggregate": "count", "where": [{"property": "x", "operator": "~", "value": 1}]},
            "/derivation/where/0/operator",
        ),
        ("text", CARD, "/derivation/kind"),
        ("number", {"kind": "score", "points": []}, "/derivation/points"),
        (
            "number",
            {"kind": "score", "points": [{"attribute": "orders", "operator": ">", "value": "many", "points": 1}]},
            "/derivation/points/0/value",
        ),
        (
            "number",
            {"kind": "score", "points": [{"attribute": "nobody", "operator": ">", "value": 1, "points": 1}]},
            "/derivation/points/0/attribute",
        ),
        (
            "number",
            {"kind": "score", "points": [{"attribute": "diet", "operator": "known", "value": None, "points": 1}]},
            "/derivation/points/0/attribute",
        ),
    ],
)
def test_derivation__at_fault__refused_where_it_is(
    catalogue: SimpleNamespace, kind: str, derivation: Any, pointer: str
) -> None:
    assert pointer in refused(catalogue, "made", kind, derivation)


def test_event__no_source_named__asked_for_because_of_its_freshness(catalogue: SimpleNamespace) -> None:
    assert refused(catalogue, "made", "number", {**EVENT, "aggregate": "count"}, source=None) == {"/source": "required"}


def test_scores__reading_scores_in_any_order__refused_as_a_circle(catalogue: SimpleNamespace) -> None:
    define(catalogue, "first", "number", CARD)
    line = {"attribute": "first", "operator": ">", "value": 1, "points": 1}
    assert refused(catalogue, "second", "number", {"kind": "score", "points": [line]}) == {
        "/derivation/points/0/attribute": "circle"
    }
    own = {"kind": "score", "points": [{**line, "attribute": "third"}]}
    assert refused(catalogue, "third", "number", own) == {"/derivation/points/0/attribute": "itself"}
    other = {"kind": "score", "points": [{"attribute": "is_member", "operator": "=", "value": True, "points": 1}]}
    content = content_of(attribute_for(viewer=catalogue.steward, key="orders"))
    with pytest.raises(InvalidAttribute) as caught:
        define_attribute(actor=catalogue.steward, key="orders", content={**content, "derivation": other})
    assert caught.value.errors[0]["code"] == "circle"
    with pytest.raises(InvalidAttribute, match="asks about values of the type"):
        define_attribute(actor=catalogue.steward, key="orders", content={**content, "type": "text"})


def test_words__events_and_scores__one_sentence() -> None:
    where = [
        {"property": "channel", "operator": "=", "value": "web"},
        {"property": "paid", "operator": "=", "value": True},
    ]
    told = {**EVENT, "aggregate": "sum", "property": "total", "within_days": 30, "where": where}
    assert (
        derivation_words(read_derivation(told))
        == "Sum of total of “Order Completed” in the last 30 days where channel is web and paid is yes"
    )
    assert derivation_words(read_derivation({**EVENT, "aggregate": "last", "where": []})) == (
        "Moment of the last “Order Completed”"
    )
    assert derivation_words(read_derivation(CARD), {"orders": "Orders"}.get) == (
        "Score from 10: +5 where Orders is at least 3; +2.5 where None is one of gold; −3 where None contains vip; "
        "+1 where None is below 2026-01-01; −1 where None is not known"
    )


_VALUES = st.one_of(
    st.integers(-1000, 1000), st.booleans(), st.text('ab 1,"=<>é', min_size=1, max_size=8).filter(str.strip)
)
_WHERES = st.lists(
    st.one_of(
        st.builds(lambda v: {"property": 'a b = "c" in d', "operator": "=", "value": v}, _VALUES),
        st.builds(lambda v: {"property": "x", "operator": "in", "value": v}, st.lists(_VALUES, min_size=1, max_size=3)),
        st.just({"property": "y", "operator": "unknown", "value": None}),
    ),
    max_size=3,
)


@given(_WHERES)
def test_lines__written_and_read_again__the_same(wheres: list[dict[str, Any]]) -> None:
    stored = {**EVENT, "aggregate": "count", "property": None, "within_days": 7, "where": wheres}
    assert derivation_from_fields(fields_of_derivation(stored)) == stored


def test_lines__score_and_unreadable_ones__read_or_told() -> None:
    assert derivation_from_fields(fields_of_derivation(CARD)) == CARD
    with pytest.raises(UnreadableLine, match="says no condition"):
        derivation_from_fields({"kind": "event", "where": "the web"})
    with pytest.raises(UnreadableLine, match="gives no points"):
        derivation_from_fields({"kind": "score", "points": "orders >= 3"})


def test_score__real_customers__points_added_and_missing_values_meet_nothing(catalogue: SimpleNamespace) -> None:
    values = {"orders": 3, "tier": "gold", "tags": ["vip"], "joined_on": "2025-12-31", "city": "Bern"}
    rows = [{"external_id": "all", "attributes": values}, {"external_id": "none", "attributes": {}}]
    merge_customers_bulk(actor=catalogue.steward, rows=rows)
    define(catalogue, "score", "number", CARD)
    found = {
        one: customer_for(viewer=catalogue.steward, external_id=one).attributes["score"] for one in ("all", "none")
    }
    assert found == {"all": 15.5, "none": 9}


def test_values__of_a_computed_attribute__refused_at_every_door(catalogue: SimpleNamespace) -> None:
    define(catalogue, "score", "number", CARD)
    with pytest.raises(Exception, match="Some values do not fit") as caught:
        merge_customer(actor=catalogue.steward, external_id="c", attributes={"score": 3})
    assert caught.value.errors[0]["code"] == "is_computed"
    (result,) = merge_customers_bulk(
        actor=catalogue.steward, rows=[{"external_id": "c", "attributes": {"score": 3}}]
    )  # fmt: skip
    assert result.status == "refused"


def test_collected_attribute__with_values__cannot_become_computed(catalogue: SimpleNamespace) -> None:
    arrive(catalogue, 1)
    content = content_of(attribute_for(viewer=catalogue.steward, key="orders"))
    with pytest.raises(ValuesHeld):
        define_attribute(
            actor=catalogue.steward, key="orders", content={**content, "derivation": {**EVENT, "aggregate": "count"}}
        )


def test_live_attribute__another_computation__needs_a_review(catalogue: SimpleNamespace) -> None:
    define(catalogue, "made", "number", {**EVENT, "aggregate": "count"})
    mark_live(actor=catalogue.steward, keys=["made"])
    with pytest.raises(LiveAttribute, match="computation"):
        define(catalogue, "made", "number", {**EVENT, "aggregate": "count", "within_days": 9})


def test_api__derivation__defined_read_and_told_with_the_customer(
    catalogue: SimpleNamespace, api_of: Callable[..., Client]
) -> None:
    api = api_of(catalogue.steward)
    derivation = {**EVENT, "aggregate": "count", "within_days": 3650}
    body = {"label": "Orders told", "type": "number", "dimension": "behavioral", "source": "till"}
    made = api.put("/api/v1/attributes/orders_told/", {**body, "derivation": derivation}, "application/json")
    assert made.status_code == 201, made.content
    assert made.json()["computed"] == "Number of “Order Completed” in the last 3650 days."
    assert made.json()["derivation"]["where"] == []
    arrive(catalogue, 1)
    tell([Told("c-00", "Order Completed", AS_OF)])
    assert api.get("/api/v1/customers/c-00/").json()["attributes"]["orders_told"] == 1
    wrong = api.put("/api/v1/attributes/other/", {**body, "derivation": {"kind": "x"}}, "application/json")
    assert wrong.status_code == 400 and wrong.json()["errors"][0]["pointer"] == "/derivation/kind"


def test_form__event_chosen__stored_shown_again_and_kept_by_other_edits(
    catalogue: SimpleNamespace, client_of: Browser
) -> None:
    browser = client_of(catalogue.steward)
    given = {
        "key": "web_total", "label": "Web total", "type": "number", "dimension": "value", "sensitivity": "internal",
        "grain": "account", "source": "till", "kind": "event", "event": "Order Completed", "aggregate": "sum",
        "property": "total", "within_days": "30", "where": "channel = web\ntotal >= 5",
    }  # fmt: skip
    assert browser.post("/attributes/+/new/", given).status_code == 302
    stored = Attribute.objects.get(key="web_total").derivation
    assert stored["where"][1] == {"property": "total", "operator": ">=", "value": 5}
    page = browser.get("/attributes/web_total/").content.decode()
    assert "Sum of total of “Order Completed” in the last 30 days where channel is web and total is at least 5." in page
    form = browser.get("/attributes/web_total/edit/").content.decode()
    assert "channel = web\ntotal &gt;= 5" in form
    again = {**given, "label": "Total on the web"}
    again.pop("key")
    assert browser.post("/attributes/web_total/edit/", again).status_code == 302
    changed = Attribute.objects.get(key="web_total")
    assert changed.label == "Total on the web" and changed.derivation == stored
    wrong = browser.post("/attributes/+/new/", {**given, "key": "b", "label": "B", "where": "nonsense"})
    assert wrong.status_code == 422 and "says no condition" in wrong.content.decode()


def test_sample__while_writing__sentence_and_values_of_a_few_customers(
    catalogue: SimpleNamespace, client_of: Browser
) -> None:
    arrive(catalogue, 3)
    tell(Told(one, "Order Completed", AS_OF, {"total": 7}) for one in ("c-00", "c-02"))
    browser = client_of(catalogue.steward)
    given = {"type": "number", "kind": "event", "event": "Order Completed", "aggregate": "sum", "property": "total"}
    page = browser.post("/attributes/+/sample/", given).content.decode()
    assert "Sum of total of “Order Completed”." in page
    assert "c-00" in page and "c-02" in page and "c-01" not in page and ">7<" in page
    assert "Choose one of" in browser.post("/attributes/+/sample/", {**given, "aggregate": ""}).content.decode()
    assert "says no condition" in browser.post("/attributes/+/sample/", {**given, "where": "x"}).content.decode()
    assert browser.post("/attributes/+/sample/", {"type": "number"}).content.decode().strip() == ""
    assert client_of(catalogue.rep).post("/attributes/+/sample/", given).status_code == 403


def test_changed_count__after_a_change__counts_who_changed_since(catalogue: SimpleNamespace) -> None:
    arrive(catalogue, 3)
    before = newest_change()
    tell([Told("c-01", "Order Completed", AS_OF)])
    assert changed_count(after=before) == 1
    assert len(ordinals_of(["c-01"])) == 1
