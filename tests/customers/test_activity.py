"""What a customer did, other ids, merged ids and corrections: on the pages and for client programs."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from customers.models import Customer, ImportJob
from customers.rows.tracking import Message
from customers.services.applying import apply_events
from customers.services.profiles import merge_customer
from customers.services.receiving_events import receive_events
from customers.services.running import run_import

ClientOf = Callable[..., Client]
T0 = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


def told(kind: str, number: int, *, hours: int = 0, name: str = "", content: Any = None, **ids: str) -> Message:
    named = {"user_id": "", "anonymous_id": "", "group_id": "", "previous_id": ""} | ids
    at = T0 - timedelta(hours=hours)
    return Message(type=kind, message_id=f"m{number}", at=at, name=name, content=content or {}, context={}, **named)


@pytest.fixture
def told_of(catalogue: SimpleNamespace) -> SimpleNamespace:
    """`anna`, who was `old-anna` and the anonymous `x`, with traits of three sensitivities and two orders."""
    traits = {"orders": 3, "hasChildren": True, "diet": "vegan", "shoe": 44}
    messages = [
        told("identify", 1, hours=1, user_id="anna", anonymous_id="x", content=traits),
        told("track", 2, hours=3, anonymous_id="x", name="Visit", content={"page": "/prices"}),
        told("track", 3, user_id="anna", name="Order", content={"price": 9}),
        told("track", 4, user_id="old-anna", name="Order"),
        told("alias", 5, previous_id="old-anna", user_id="anna"),
    ]
    receive_events(source_key="till", messages=messages, received_at=T0 + timedelta(minutes=1))
    while apply_events() is not None:
        pass
    return catalogue


def test_customer_page__with_events__says_what_it_is_known_as(told_of: SimpleNamespace, client_of: ClientOf) -> None:
    page = client_of(told_of.owner).get("/customers/anna/").content.decode()
    assert "Known as" in page
    assert "old-anna" in page
    assert 'hx-get="/customers/anna/events/"' in page


def test_customer_events__region_and_page__newest_first_by_rights(
    told_of: SimpleNamespace, client_of: ClientOf
) -> None:
    region = client_of(told_of.rep).get("/customers/anna/events/", headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in region
    assert region.index("Order") < region.index("Visit")
    assert "/prices" in region
    assert region.count(">Late<") == 2
    assert "vegan" not in region
    page = client_of(told_of.owner).get("/customers/anna/events/?name=Visit").content.decode()
    assert "Visit" in page
    assert "/prices" not in page
    assert "not open to your role" in page
    assert '<option value="Order"' in page
    assert "price" not in page.split("<table")[1]
    assert "No event of that name" in client_of(told_of.rep).get("/customers/anna/events/?name=zz%00").content.decode()


def test_customer_page__merged__leads_to_the_survivor(told_of: SimpleNamespace, client_of: ClientOf) -> None:
    answer = client_of(told_of.rep).get("/customers/old-anna/")
    assert answer.status_code == 404
    assert 'href="/customers/anna/"' in answer.content.decode()
    hidden = client_of(told_of.viewer).get("/customers/old-anna/")
    assert hidden.status_code == 404
    assert "/customers/anna/" not in hidden.content.decode()


def test_api_events__by_rights__traits_and_properties(told_of: SimpleNamespace, api_of: ClientOf) -> None:
    first = api_of(told_of.owner).get("/api/v1/customers/anna/events/?limit=3").json()
    assert len(first["results"]) == 3
    rest = api_of(told_of.owner).get(first["next"]).json()
    events = {row["message_id"]: row for row in first["results"] + rest["results"]}
    assert sorted(events) == ["m1", "m2", "m3", "m4", "m5"]
    assert rest["next"] is None
    assert (events["m1"]["content"], events["m1"]["hidden"]) == ({"orders": 3}, 3)
    assert (events["m2"]["content"], events["m2"]["hidden"]) == ({}, 1)
    steward = api_of(told_of.steward).get("/api/v1/customers/anna/events/?name=identify").json()["results"]
    assert [row["content"] for row in steward] == [{"orders": 3, "hasChildren": True, "diet": "vegan", "shoe": 44}]
    assert api_of(told_of.viewer).get("/api/v1/customers/anna/events/").status_code == 404


def test_api_customer__merged__404_that_names_the_survivor(told_of: SimpleNamespace, api_of: ClientOf) -> None:
    api = api_of(told_of.steward)
    answer = api.get("/api/v1/customers/old-anna/")
    body = answer.json()
    assert answer.status_code == 404
    assert (body["merged_into"], body["errors"][0]["code"]) == ("anna", "merged_customer")
    put = api.put("/api/v1/customers/old-anna/", {"attributes": {"orders": 8}}, content_type="application/json")
    assert (put.status_code, put.json()["external_id"]) == (200, "anna")
    assert Customer.objects.get(external_id="anna").attributes["orders"] == 8
    assert "merged_into" not in api_of(told_of.viewer).get("/api/v1/customers/old-anna/").json()


def test_api__correction__told_as_the_cause(catalogue: SimpleNamespace, api_of: ClientOf) -> None:
    api = api_of(catalogue.steward)
    body = {"attributes": {"orders": 1}}
    assert api.put("/api/v1/customers/a/?correction=true", body, content_type="application/json").status_code == 200
    assert Customer.objects.get(external_id="a").change_cause == "correction"
    merge_customer(actor=catalogue.steward, external_id="a", attributes={"orders": 2})
    assert Customer.objects.get(external_id="a").change_cause == "data"
    rows = {"customers": [{"external_id": "a", "attributes": {"orders": 3}}]}
    assert api.post("/api/v1/customers/bulk/?correction=true", rows, content_type="application/json").status_code == 200
    assert Customer.objects.get(external_id="a").change_cause == "correction"
    odd = api.put("/api/v1/customers/a/?correction=yes", body, content_type="application/json")
    assert odd.status_code == 400


def test_import__ticked_as_a_correction__told_as_the_cause(catalogue: SimpleNamespace, client_of: ClientOf) -> None:
    client = client_of(catalogue.steward)
    file = SimpleUploadedFile("fix.csv", b"customer_id,Orders\nc-1,3\n")
    client.post("/imports/new/", {"source": "till", "file": file, "is_correction": "on"})
    job = ImportJob.objects.get()
    assert "corrects values" in client.get(f"/imports/{job.pk}/").content.decode()
    client.post(f"/imports/{job.pk}/start/")
    run_import(job.pk)
    row = Customer.objects.get(external_id="c-1")
    assert row.change_cause == "correction"
    assert row.set_at is not None
    assert row.arrived_at is not None


def test_api_import__correction__kept_with_the_job(catalogue: SimpleNamespace, api_of: ClientOf) -> None:
    file = SimpleUploadedFile("fix.csv", b"customer_id,Orders\nc-1,3\n")
    api = api_of(catalogue.steward, ("read", "write", "ingest"))
    answer = api.post("/api/v1/imports/", {"file": file, "correction": "true", "dry_run": "true"})
    assert answer.status_code == 202, answer.content
    assert answer.json()["correction"] is True
