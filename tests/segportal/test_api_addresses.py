"""Addresses of the API as a client program finds them: the page of the documentation, slashes, what is not there."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


def test_docs__a_program_with_a_token__reads_the_page_and_a_wrong_token_is_sent_to_sign_in(
    cast: SimpleNamespace, api_of: Any
) -> None:
    assert api_of(cast.viewer).get("/api/v1/docs/").status_code == 200
    for client in (Client(), Client(headers={"Authorization": "Bearer nonsense"})):
        answer = client.get("/api/v1/docs/")
        assert (answer.status_code, answer["Location"]) == (302, "/accounts/login/?next=/api/v1/docs/")


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_write__without_the_slash_at_the_end__is_not_found_and_says_why(
    cast: SimpleNamespace, api_of: Any, method: str
) -> None:
    answer = getattr(api_of(cast.steward), method)("/api/v1/change-requests", "{}", content_type="application/json")
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")
    (error,) = answer.json()["errors"]
    assert error["code"] == "not_found"
    assert "end with a slash" in error["detail"]


def test_read__without_the_slash_at_the_end__is_sent_on(cast: SimpleNamespace, api_of: Any) -> None:
    answer = api_of(cast.viewer).get("/api/v1/segments")
    assert (answer.status_code, answer["Location"]) == (301, "/api/v1/segments/")


@pytest.mark.parametrize(
    "path",
    ["blackouts/", "governance-calendar/", "glossary/equivalences/", "glossary/conflicts/", "insights/calibration/",
     "insights/velocity/", "stewardship/reviews/", "stewardship/calendar/", "boards/board/delegations/"],
)  # fmt: skip
def test_list__of_few__comes_in_the_envelope_of_all_lists(grocer: SimpleNamespace, api_of: Any, path: str) -> None:
    program = api_of(grocer.steward)
    answer = program.get(f"/api/v1/{path}")
    assert (set(answer.json()), answer.status_code) == ({"results", "next"}, 200)
    assert program.get(f"/api/v1/{path}", {"cursor": "x\x00"}).status_code == 400


def test_list__of_rows_at_hand__goes_on_where_the_page_ended(grocer: SimpleNamespace, api_of: Any) -> None:
    program = api_of(grocer.steward)
    whole = program.get("/api/v1/stewardship/reviews/").json()["results"]
    found, here = [], "/api/v1/stewardship/reviews/?limit=1"
    while here:
        page = program.get(here).json()
        assert len(page["results"]) == 1
        found += page["results"]
        here = page["next"]
    assert found == whole
    assert len(whole) > 1


@pytest.mark.parametrize("number", ["²", "٣", "9" * 5000])
def test_numbers_of_other_kinds__in_place_of_days_or_parts__are_no_error_of_ours(
    grocer: SimpleNamespace, api_of: Any, client_of: Any, number: str
) -> None:
    assert api_of(grocer.steward).get("/api/v1/insights/velocity/", {"days": number}).status_code == 200
    answer = client_of(grocer.steward).post("/lists/compose/", {"expression": "anchors", "remove": number})
    assert answer.status_code == 200
