"""Declared facts of attributes: what may be declared, which values come in, what each build counts, what is trusted."""

import io
from collections.abc import Callable
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any

import polars as pl
import pytest
from django.test import Client

from customers.errors import InvalidAttribute, InvalidValues, LiveAttribute
from customers.models import Attribute, Customer, ProfileBuild, QuarantinedRow
from customers.rows import AttributeRow, checked_row, declared_of
from customers.rows.declared import broken_counts
from customers.selectors import attribute_facts, content_of, fact_lines, trusted_facts
from customers.services.attributes import define_attribute, mark_live
from customers.services.builds import build_profiles
from customers.services.counting import recount_facts
from customers.services.imports import plan_import, start_import
from customers.services.profiles import merge_customer, merge_customers_bulk
from customers.services.running import run_import
from tests.customers.conftest import ATTRIBUTES

ApiOf = Callable[..., Client]
ROWS = {
    "share": AttributeRow("share", "Share", "number", minimum=0, maximum=1),
    "trips": AttributeRow("trips", "Trips", "number", is_whole=True, minimum=0),
    "born": AttributeRow("born", "Born", "date", minimum=date(1900, 1, 1)),
    "seen": AttributeRow("seen", "Seen", "timestamp", maximum=datetime(2026, 1, 1, tzinfo=UTC)),
    "note": AttributeRow("note", "Note", "text", is_always_known=True),
}


@pytest.mark.parametrize(
    ("key", "value"),
    [("share", 0), ("share", 1.0), ("share", None), ("trips", 3), ("trips", 1e17), ("born", "1900-01-01"),
     ("seen", "2026-01-01T00:00:00Z"), ("seen", "2025-12-31T23:59:59.5+00:00"), ("note", None)],
)  # fmt: skip
def test_row__value_at_its_limit_or_missing__passes(key: str, value: Any) -> None:
    _, errors = checked_row({key: value}, ROWS, strict=True)
    assert not errors


@pytest.mark.parametrize(
    ("key", "value", "code", "named"),
    [
        ("share", -0.001, "below_minimum", "the minimum, 0"),
        ("share", 1.5, "above_maximum", "the maximum, 1"),
        ("trips", 2.5, "not_whole", "fraction"),
        ("trips", -1, "below_minimum", "the minimum, 0"),
        ("born", "1899-12-31", "below_minimum", "1900-01-01"),
        ("seen", "2026-01-01T00:00:00.000001Z", "above_maximum", "2026-01-01T00:00:00Z"),
        # Half past midnight in Berlin is the day before in UTC.
        ("seen", "2026-01-01T02:30:00+02:00", "above_maximum", "2026-01-01T00:00:00Z"),
    ],
)
def test_row__value_beyond_its_limit__refused_naming_it(key: str, value: Any, code: str, named: str) -> None:
    _, errors = checked_row({key: value}, ROWS, strict=True)
    assert [(error["code"], error["pointer"]) for error in errors.errors] == [(code, f"/attributes/{key}")]
    assert named in errors.errors[0]["detail"]


def test_broken_counts__each_fact__counts_who_breaks_it() -> None:
    rows = pl.LazyFrame(
        {
            "alive": [True, True, True, False],
            "a": pl.Series([0.5, -1.0, None, None], dtype=pl.Float64),
            "b": pl.Series([1.0, -2.0, 4.0, None], dtype=pl.Float64),
            "on": pl.Series([date(2020, 1, 1), date(2020, 1, 3), None, None]),
            "tier": pl.Series(["gold", "old", None, None], dtype=pl.Categorical),
            "tags": pl.Series([["x"], ["x", "y"], [], None], dtype=pl.List(pl.String)),
        }
    )
    schema = {"a": "number", "b": "number", "on": "date", "tier": "enum", "tags": "set"}
    declared = {
        "a": {"minimum": 0, "maximum": 0.4, "is_whole": True, "is_always_known": True, "not_before": "b"},
        "on": {"maximum": "2020-01-02", "not_before": "a"},
        "tier": {"choices": ["gold"]},
        "tags": {"choices": ["x"]},
        "gone": {"minimum": 1},
    }
    found = broken_counts(rows, schema, declared)
    assert {key: {fact: count["broken"] for fact, count in facts.items()} for key, facts in found.items()} == {
        "a": {"minimum": 1, "maximum": 1, "is_whole": 1, "is_always_known": 1, "not_before": 1},
        "on": {"maximum": 1},
        "tier": {"choices": 1},
        "tags": {"choices": 1},
    }
    assert found["a"]["minimum"]["declared"] == 0


def declare(people: SimpleNamespace, key: str, **facts: Any) -> Attribute:
    content = {"source": "till", **ATTRIBUTES[key], **facts}
    return define_attribute(actor=people.steward, key=key, content=content)


def send(people: SimpleNamespace, **values: dict[str, Any]) -> None:
    rows = [{"external_id": key, "attributes": given} for key, given in values.items()]
    assert all(result.status != "refused" for result in merge_customers_bulk(actor=people.steward, rows=rows))


@pytest.mark.parametrize(
    ("key", "facts", "pointer", "code"),
    [
        ("orders", {"minimum": 2, "maximum": 1}, "/minimum", "above_maximum"),
        ("orders", {"minimum": "2"}, "/minimum", "wrong_type"),
        ("orders", {"minimum": True}, "/minimum", "wrong_type"),
        ("orders", {"is_whole": True, "maximum": 1.5}, "/maximum", "not_whole"),
        ("orders", {"is_whole": "yes"}, "/is_whole", "wrong_type"),
        ("joined_on", {"minimum": 5}, "/minimum", "wrong_type"),
        ("joined_on", {"minimum": "2026-02-30"}, "/minimum", "wrong_type"),
        ("joined_on", {"is_whole": True}, "/is_whole", "wrong_type"),
        ("city", {"maximum": "z"}, "/maximum", "wrong_type"),
        ("city", {"not_before": "orders"}, "/not_before", "wrong_type"),
        ("orders", {"not_before": "orders"}, "/not_before", "itself"),
        ("orders", {"not_before": "joined_on"}, "/not_before", "wrong_type"),
        ("orders", {"not_before": "nothing"}, "/not_before", "unknown_attribute"),
        ("orders", {"not_before": 7}, "/not_before", "unknown_attribute"),
    ],
)
def test_declare__what_makes_no_sense__refused_at_its_place(
    catalogue: SimpleNamespace, key: str, facts: dict[str, Any], pointer: str, code: str
) -> None:
    with pytest.raises(InvalidAttribute) as refused:
        declare(catalogue, key, **facts)
    assert [(error["pointer"], error["code"]) for error in refused.value.errors] == [(pointer, code)]


def test_declare__order_of_attributes__no_circle_no_other_type_no_secret(catalogue: SimpleNamespace) -> None:
    for key in ("first", "second", "third"):
        content = {"label": f"{key} order", "type": "date", "dimension": "behavioral"}
        define_attribute(actor=catalogue.steward, key=f"{key}_on", content=content)

    def change(key: str, **facts: Any) -> Attribute:
        content = content_of(Attribute.objects.get(key=key)) | facts
        return define_attribute(actor=catalogue.steward, key=key, content=content)

    def code(key: str, **facts: Any) -> str:
        with pytest.raises(InvalidAttribute) as refused:
            change(key, **facts)
        return str(refused.value.errors[0]["code"])

    change("second_on", not_before="first_on")
    change("third_on", not_before="second_on")
    assert code("first_on", not_before="third_on") == "circle"
    assert code("first_on", type="timestamp") == "compared"
    assert code("first_on", sensitivity="special") == "compared"
    define_attribute(
        actor=catalogue.steward,
        key="healed_on",
        content={"label": "Healed on", "type": "date", "dimension": "behavioral", "sensitivity": "special"},
    )
    assert code("third_on", not_before="healed_on") == "too_sensitive"
    # The history keeps each wording.
    assert [row.not_before_id for row in Attribute.objects.get(key="third_on").history.all()][-1] is None


def test_live_attribute__declared_anew__needs_a_request(catalogue: SimpleNamespace) -> None:
    mark_live(actor=catalogue.steward, keys=["orders"])
    with pytest.raises(LiveAttribute, match="whole numbers"):
        declare(catalogue, "orders", is_whole=True)


def test_values__beyond_a_declared_range__stay_out_at_every_door(catalogue: SimpleNamespace, api_of: ApiOf) -> None:
    declare(catalogue, "orders", minimum=0, is_whole=True)
    with pytest.raises(InvalidValues) as refused:
        merge_customer(actor=catalogue.steward, external_id="a", attributes={"orders": -1})
    assert refused.value.errors[0]["code"] == "below_minimum"
    results = merge_customers_bulk(
        actor=catalogue.steward,
        rows=[{"external_id": "b", "attributes": {"orders": 0.5}}, {"external_id": "c", "attributes": {"orders": 5}}],
    )
    assert [result.status for result in results] == ["refused", "created"]
    assert "whole numbers" in results[0].errors[0]["detail"]
    answer = api_of(catalogue.steward).put(
        "/api/v1/customers/d/", {"attributes": {"orders": -3}}, content_type="application/json"
    )
    assert answer.status_code == 400
    assert "the minimum, 0" in answer.json()["errors"][0]["detail"]
    assert import_file(catalogue, b"id,orders\ne,-2\nf,7\n") == [("below_minimum", "/attributes/orders")]
    assert set(Customer.objects.values_list("external_id", flat=True)) == {"c", "f"}


def import_file(people: SimpleNamespace, content: bytes) -> list[tuple[str, str]]:
    job = plan_import(
        actor=people.steward, source_key="till", name="rows.csv", content=io.BytesIO(content), mapping=None
    )
    start_import(actor=people.steward, job_id=job.pk)
    run_import(job.pk)
    rows = QuarantinedRow.objects.filter(job=job)
    return [(error["code"], error["pointer"]) for row in rows for error in row.errors]


def test_trusted__only_what_the_newest_build_counted_and_nobody_breaks(catalogue: SimpleNamespace) -> None:
    send(catalogue, one={"orders": -4, "joined_on": "2026-01-02"}, two={"orders": 2.5})
    declare(catalogue, "orders", minimum=0, is_always_known=True)
    # Nothing has counted it yet.
    assert trusted_facts()["orders"].is_always_known is False
    build = build_profiles()
    facts = trusted_facts()
    assert (facts["orders"].minimum, facts["orders"].is_always_known) == (None, True)
    assert build.facts["orders"]["minimum"] == {"declared": 0, "broken": 1}

    send(catalogue, one={"orders": 4})
    build_profiles()
    assert trusted_facts()["orders"].minimum == 0

    declare(catalogue, "orders", minimum=1, is_always_known=True)
    assert trusted_facts()["orders"].minimum is None, "a changed declaration is not trusted before it was counted"
    assert build_profiles().number == ProfileBuild.objects.count()
    assert trusted_facts()["orders"].minimum == 1


def test_build__nothing_but_declarations_changed__counts_anew_without_new_files(catalogue: SimpleNamespace) -> None:
    send(catalogue, one={"joined_on": "2026-01-02"}, two={})
    first = build_profiles()
    declare(catalogue, "joined_on", is_always_known=True)
    again = build_profiles()
    assert again.pk == first.pk
    assert again.facts["joined_on"]["is_always_known"]["broken"] == 1
    assert recount_facts() is not None


def test_trusted__choices_that_somebody_breaks__are_not_known(catalogue: SimpleNamespace) -> None:
    send(catalogue, one={"tier": "gold"})
    Customer.objects.filter(external_id="one").update(attributes={"tier": "lead"})
    build_profiles()
    assert trusted_facts()["tier"].choices is None
    assert [line.state for line in fact_lines(Attribute.objects.get(key="tier"), viewer=catalogue.steward)] == [
        "broken"
    ]


def test_facts__defined_attribute__read_back_typed(catalogue: SimpleNamespace) -> None:
    declare(catalogue, "seen_at", minimum="2020-01-01T02:00:00+02:00", not_before=None)
    row = attribute_facts()["seen_at"]
    assert row.minimum == datetime(2020, 1, 1, tzinfo=UTC)
    assert declared_of(row) == {"minimum": "2020-01-01T00:00:00Z"}


def test_api__declared_facts__put_and_read_with_their_state(catalogue: SimpleNamespace, api_of: ApiOf) -> None:
    send(catalogue, **{f"c{number}": {"orders": number} for number in range(3)})
    body = {"label": "Orders, 90 days", "type": "number", "dimension": "behavioral", "minimum": 1, "is_whole": True}
    build_profiles()
    client = api_of(catalogue.steward)
    answer = client.put("/api/v1/attributes/orders/", body, content_type="application/json").json()
    assert (answer["minimum"], answer["maximum"], answer["is_whole"], answer["not_before"]) == (1, None, True, None)
    assert {line["state"] for line in answer["facts"]} == {"uncounted"}
    build_profiles()
    states = {line["fact"]: line for line in client.get("/api/v1/attributes/orders/").json()["facts"]}
    assert (states["is_whole"]["state"], states["minimum"]["state"], states["minimum"]["broken"]) == (
        "holds",
        "broken",
        1,
    )
    # A viewer without customers learns that it is broken, not that one single customer breaks it.
    viewers = api_of(catalogue.viewer, scopes=("read",)).get("/api/v1/attributes/orders/").json()["facts"]
    assert {line["fact"]: line["broken"] for line in viewers} == {"is_whole": 0, "minimum": None}


def test_form__declared_facts__kept_and_refused_in_words(catalogue: SimpleNamespace, client_of: Any) -> None:
    client = client_of(catalogue.steward)
    given = {**ATTRIBUTES["joined_on"], "sensitivity": "internal", "grain": "account", "minimum": " 2020-01-01 "}
    answer = client.post("/attributes/joined_on/edit/", given)
    assert answer.status_code == 302
    assert Attribute.objects.get(key="joined_on").minimum == "2020-01-01"
    page = client.get("/attributes/joined_on/").content.decode()
    assert "At least 2020-01-01" in page and "not counted yet" in page
    wrong = client.post("/attributes/joined_on/edit/", given | {"maximum": "2019-01-01"})
    assert wrong.status_code == 422
    assert "is above the maximum, 2019-01-01" in wrong.content.decode()
    assert 'value="2019-01-01"' in wrong.content.decode()
