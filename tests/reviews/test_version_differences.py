"""The difference of any two versions of an attribute, a word or a segment; and where a segment went that is gone."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from common.actors import SYSTEM
from customers.services.attributes import define_attribute
from taxonomy.selectors.crosswalk import heirs_of
from tests.reviews.conftest import proposed_change
from tests.reviews.test_operations import PARTS, carried_out, proposed

pytestmark = pytest.mark.django_db


def test_attribute__three_versions__any_two_are_compared_on_the_page_and_in_the_api(
    cast: SimpleNamespace, client: Client
) -> None:
    base: dict[str, Any] = {"label": "Visits", "type": "number", "dimension": "behavioral"}
    wordings = ({"description": "Trips."}, {"description": "Trips to a store."}, {"unit": "trips", "maximum": 400})
    for wording in wordings:
        base |= wording
        define_attribute(actor=SYSTEM, key="visits", content=base)
    client.force_login(cast.viewer)
    page = client.get("/attributes/visits/versions/?old=1&new=3")
    assert page.status_code == 200
    assert "From version 1 to version 3" in page.content.decode()
    assert "<ins> to a store</ins>" in page.content.decode()
    there = "/api/v1/attributes/visits/versions/"
    assert [row["number"] for row in client.get(there).json()] == [3, 2, 1]
    found = client.get(f"{there}compare/?old=1").json()
    assert (found["old"], found["new"]) == (1, 3)
    assert {row["field"]: (row["old"], row["new"]) for row in found["differences"]} == {
        "description": ("Trips.", "Trips to a store."),
        "unit": ("", "trips"),
        "maximum": ("", "400"),
    }
    refused = client.get(f"{there}compare/?old=9")
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (400, "/old")
    assert client.get("/attributes/visits/versions/?old=x&new=3").status_code == 422


def test_segment__two_versions__are_compared_in_the_api(
    cast: SimpleNamespace, live_segment: str, client: Client
) -> None:
    carried_out(cast, proposed_change(cast.owner, live_segment, rule="spend >= 2000"))
    client.force_login(cast.viewer)
    found = client.get(f"/api/v1/segments/{live_segment}/versions/compare/").json()
    assert {row["field"] for row in found["differences"]} == {"words", "rule"}
    assert client.get("/api/v1/glossary/terms/nothing/versions/compare/").status_code == 404
    assert client.get("/api/v1/glossary/songs/nothing/versions/compare/").status_code == 404


def test_split__old_address__leads_to_the_parts_and_the_keys_are_mapped(
    cast: SimpleNamespace, live_segment: str, client: Client
) -> None:
    carried_out(cast, proposed(cast.owner, "split", live_segment, {"parts": PARTS}))
    merged = {"sources": ["very-big"]}
    carried_out(cast, proposed(cast.owner, "merge", "rather-big", {**merged, "content": {"rule": "spend >= 1000"}}))
    assert heirs_of(live_segment) == ["rather-big"]
    client.force_login(cast.owner)
    answer = client.get(f"/api/v1/segments/{live_segment}/")
    assert answer.json()["goes_on_in"] == ["rather-big"]
    assert 'rel="successor-version"' in answer["Link"]
    page = client.get(f"/segments/{live_segment}/").content.decode()
    assert 'It goes on in <a href="/segments/rather-big/">' in page
    sheet = client.get("/crosswalk/?format=keys")
    assert sheet["Content-Type"].startswith("text/csv")
    rows = [row.split(",") for row in sheet.content.decode().splitlines()]
    assert [row[1:2] + row[3:] for row in rows if row[3] == live_segment] == [
        ["split", live_segment, "1", "very-big", "1", "in part"],
        ["split", live_segment, "1", "rather-big", "1", "in part"],
    ]
