"""Odd values in addresses and forms: never an error of ours."""

import base64
import re
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from reviews.services.requests import create_request
from tests.factories.grocer import segment_content

pytestmark = pytest.mark.django_db

LONG = "9" * 5000
LISTS = ("attributes", "boards", "change-requests", "customers", "ledger", "playbooks", "runs", "segments", "sources")


def patterns(found: Any, prefix: str = "") -> Iterator[str]:
    for one in found:
        place = prefix + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from patterns(one.url_patterns, place)
        elif isinstance(one, URLPattern) and re.search(r"<(str:)?\w+>", place):
            yield place


def test_every_address__nul_in_place_of_a_key__not_found(cast: SimpleNamespace, client_of: Any) -> None:
    browser = client_of(cast.steward)
    places = [place for place in patterns(get_resolver().url_patterns) if not place.startswith(("admin", "accounts"))]
    assert len(places) > 40
    for place in places:
        address = "/" + re.sub(r"<(?:\w+:)?\w+>", "%00", re.sub(r"<(int|uuid):\w+>", "1", place))
        assert browser.get(address).status_code in (404, 405), address


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("place", ["p=abc\x00", "p=\x00", "p=" + "9" * 40, "p=x", "p=x&r=1"])
def test_lists_of_the_api__cursor_of_nobody__refused(
    grocer: SimpleNamespace, api_of: Any, name: str, place: str
) -> None:
    cursor = base64.b64encode(place.encode()).decode()
    answer = api_of(grocer.steward).get(f"/api/v1/{name}/", {"cursor": cursor})
    assert answer.status_code in (200, 400), answer.content
    if "\x00" in place:
        assert answer.json()["errors"][0]["code"] == "bad_cursor"


def test_members__cursor_of_endless_nesting__refused(grocer: SimpleNamespace, api_of: Any) -> None:
    cursor = base64.urlsafe_b64encode(b"[" * 5000).decode()
    answer = api_of(grocer.steward).get("/api/v1/segments/anchors/members/", {"cursor": cursor})
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["code"] == "bad_cursor"


@pytest.mark.parametrize("text", ["²", "#²", "#٣", "99999999999", "%00"])
def test_search__numbers_of_other_kinds__answers(grocer: SimpleNamespace, client_of: Any, text: str) -> None:
    assert client_of(grocer.owner).get("/search/", {"q": text}).status_code == 200


@pytest.mark.parametrize("address", ["/requests/who-decides/", "/api/v1/customers/hh-01/explanation/"])
@pytest.mark.parametrize("name", ["key", "parent", "segment", "kind"])
def test_queries__nul__never_an_error(grocer: SimpleNamespace, client_of: Any, address: str, name: str) -> None:
    address = reverse("reviews:who-decides") if "who" in address else address
    for kind in ("segment", "playbook", "attribute"):
        answer = client_of(grocer.steward).get(address, {"type": kind, "key": "anchors", name: "\x00"})
        assert answer.status_code in (200, 400, 404)


@pytest.mark.parametrize("when", ["2026-13-45T00:00:00Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_schedule__no_such_date__says_so(grocer: SimpleNamespace, client_of: Any, when: str) -> None:
    made = create_request(
        actor=grocer.owner,
        kind="create",
        subject_type="segment",
        subject_key="deli",
        proposed=segment_content("deli", name="Deli", rule="orders_90d > 1"),
        rationale="They come for the counter.",
    )
    browser = client_of(grocer.owner)
    answer = browser.post(reverse("reviews:request-schedule", args=[made.pk]), {"effective_at": when}, follow=True)
    assert answer.status_code == 200
    made.refresh_from_db()
    assert made.effective_at is None


def test_forms__numbers_of_thousands_of_digits__never_an_error(grocer: SimpleNamespace, client_of: Any) -> None:
    browser = client_of(grocer.administrator)
    for address in (
        reverse("taxonomy:objective-edit", args=["loyalty"]),
        reverse("customers:attribute-edit", args=["orders_90d"]),
        reverse("customers:source-edit", args=["pos"]),
        reverse("reviews:board-edit", args=["board"]),
    ):
        assert browser.post(address, {"base": LONG, "version": LONG}).status_code in (200, 302, 422), address


def test_role_taken__nul__nothing_happens(cast: SimpleNamespace, client_of: Any) -> None:
    address = reverse("accounts:take", args=["rep"])
    answer = client_of(cast.administrator).post(address, {"role": "re\x00p", "branch": "\x00"})
    assert answer.status_code == 302
