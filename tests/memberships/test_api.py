"""Memberships over the API, as the contract has it."""

import base64
import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from common.actors import SYSTEM
from common.clock import now
from customers.services.profiles import merge_customers_bulk
from memberships import services
from memberships.models import Current, Run
from tests.factories.grocer import CUSTOMERS, MEMBERS
from tests.memberships.conftest import enact, run_now

pytestmark = pytest.mark.django_db


@pytest.fixture
def api(computed: Any, api_of: Any) -> Client:
    client: Client = api_of(computed.steward)
    return client


def get(client: Client, address: str, status: int = 200, **query: Any) -> Any:
    answer = client.get(f"/api/v1/{address}", query_params=query)
    assert answer.status_code == status, answer.content
    return answer.json()


def post(client: Client, address: str, body: Any, status: int = 200) -> Any:
    answer = client.post(f"/api/v1/{address}", body, content_type="application/json")
    assert answer.status_code == status, answer.content
    return answer.json()


def walk(client: Client, address: str, **query: Any) -> list[Any]:
    page = get(client, address, **query)
    found = page["results"]
    while page["next"]:
        page = client.get(page["next"]).json()
        found += page["results"]
    return found


def test_members__pages__cover_everybody_once_in_order(api: Client, computed: Any) -> None:
    page = get(api, "segments/households/members/", limit=4)
    assert (page["version"], page["run"], page["total"]) == (1, computed.first_run.pk, 11)
    assert page["as_of"] and page["published_at"] and page["state"] == "fresh"
    assert walk(api, "segments/households/members/", limit=4) == MEMBERS["households"]


def test_members__a_run_finds_the_same_in_the_middle_of_a_walk__the_pages_tell_the_first_one(
    api: Client, computed: Any
) -> None:
    page = get(api, "segments/households/members/", limit=4)
    run_now()
    told = ("version", "run", "as_of", "published_at", "total")
    while page["next"]:
        before, page = page, api.get(page["next"]).json()
        assert [page[name] for name in told] == [before[name] for name in told]
    assert get(api, "segments/households/members/", limit=4)["run"] != page["run"]


@pytest.mark.parametrize("last", [0, -1, 2**61])
def test_members__made_up_cursor__gives_no_members_of_another_segment(api: Client, last: int) -> None:
    page = get(api, "segments/anchors/members/", limit=1)
    text = parse_qs(urlsplit(page["next"]).query)["cursor"][0]
    mine = json.loads(base64.urlsafe_b64decode(text))
    other = Current.objects.get(segment__key="households").snapshot_id
    made_up = base64.urlsafe_b64encode(json.dumps([other, *mine[1:4], last, -1]).encode()).decode()
    answer = api.get("/api/v1/segments/anchors/members/", query_params={"cursor": made_up})
    if last == 2**61:
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "bad_cursor")
    else:
        assert answer.json()["results"] == MEMBERS["anchors"]


def test_members__at_an_instant_and_purpose__answers_as_it_was(api: Client, computed: Any) -> None:
    before = now()
    enact("anchors", rule="orders_90d >= 20")
    run_now("anchors")
    assert get(api, "segments/anchors/members/")["results"] == ["hh-01"]
    old = get(api, "segments/anchors/members/", at=before.isoformat())
    assert (old["results"], old["version"]) == (MEMBERS["anchors"], 1)
    refused = get(api, "segments/anchors/members/", 400, purpose="unheard-of")
    assert refused["errors"][0]["code"] == "unknown_purpose"


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"at": "2999-01-01T00:00:00Z"}, "moment_in_future"),
        ({"at": "yesterday"}, "not_an_instant"),
        ({"at": "2026-02-31"}, "not_an_instant"),
        ({"limit": "0"}, "limit_out_of_range"),
        ({"limit": "a"}, "limit_out_of_range"),
        ({"cursor": "x"}, "bad_cursor"),
        ({"cursor": "WzEsInkiXQ=="}, "bad_cursor"),
    ],
)
def test_members__wrong_question__is_a_400_that_names_it(api: Client, query: dict[str, str], code: str) -> None:
    answer = get(api, "segments/anchors/members/", 400, **query)
    assert answer["errors"][0]["code"] == code


def test_members__not_computed__is_a_409_and_not_an_empty_list(api: Client) -> None:
    enact("fresh", kind="create", parent=None, rule="TRUE")
    assert get(api, "segments/fresh/members/", 409)["errors"][0]["code"] == "not_computed"
    assert get(api, "segments/anchors/members/", 409, at="2020-01-01")["errors"][0]["code"] == "not_computed"


def test_members__cursor_of_another_segment__does_not_open_it(api: Client, computed: Any) -> None:
    page = get(api, "segments/households/members/", limit=1)
    stolen = page["next"].replace("/households/", "/anchors/")
    assert api.get(stolen).status_code == 409


def test_changes__two_runs_in_small_pages__nothing_is_lost(api: Client, computed: Any) -> None:
    rows = [{"external_id": each, "attributes": {"orders_90d": 1}} for each in ("hh-01", "hh-03", "hh-09", "hh-10")]
    merge_customers_bulk(actor=computed.steward, rows=rows)
    run = run_now()
    whole = get(api, "segments/occasional/changes/")["results"]
    assert [(row["cause"], row["run"], row["version"]) for row in whole] == [
        ("first", computed.first_run.pk, 1),
        ("data", run.pk, 1),
    ]
    assert (whole[0]["entered"], whole[1]["entered"]) == (MEMBERS["occasional"], ["hh-01", "hh-03", "hh-09", "hh-10"])
    parts = walk(api, "segments/occasional/changes/", limit=3)
    assert [each for row in parts for each in row["entered"]] == whole[0]["entered"] + whole[1]["entered"]
    since = get(api, "segments/anchors/changes/", since=computed.first_run.ended_at.isoformat())["results"]
    assert [(row["entered"], row["left"]) for row in since] == [([], ["hh-01", "hh-09"])]


def test_customer_segments__member_of_several__says_since_when_by_which_run(api: Client, computed: Any) -> None:
    answer = get(api, "customers/hh-02/segments/")
    assert [row["key"] for row in answer["results"]] == ["households", "anchor-families", "anchors"]
    row = answer["results"][0]
    assert (row["version"], row["run"]) == (1, computed.first_run.pk)
    assert row["since"] and answer["as_of"]
    assert get(api, "customers/hh-12/segments/")["results"] == []
    get(api, "customers/nobody/segments/", 404)


def test_explanation__customer_out__names_what_decides_and_what_is_missing(api: Client) -> None:
    answer = get(api, "customers/hh-04/explanation/", segment="anchors")
    assert (answer["member"], answer["result"]) == (False, False)
    assert [clause["clause"] for clause in answer["decisive"]] == ["orders_90d >= 12"]
    assert answer["nearest_miss"]["count"] == 1
    child = next(each for each in answer["clauses"]["children"] if each["clause"] == "orders_90d >= 12")
    assert (child["result"], child["values"][0]["value"], child["values"][0]["source"]) == (False, 9, "pos")
    assert child["values"][0]["freshness"]
    unknown = get(api, "customers/hh-10/explanation/", segment="anchors")
    assert (unknown["member"], unknown["result"]) == (None, None)


def test_preview__text_tree_and_parent__agree(api: Client, computed: Any) -> None:
    by_text = post(api, "rules/preview/", {"text": "spend_365d >= 3000 AND orders_90d >= 12"})
    assert (by_text["count"], by_text["total"], by_text["exact"]) == (3, len(CUSTOMERS), True)
    assert [(step["kept"], step["dropped"]) for step in by_text["funnel"]] == [(5, 7), (3, 2)]
    tree = post(api, "rules/check/", {"text": "spend_365d >= 3000 AND orders_90d >= 12"})["rule"]
    assert post(api, "rules/preview/", {"rule": tree})["count"] == 3
    assert post(api, "rules/preview/", {"text": "has_children", "parent": "anchors"})["count"] == 1
    refused = post(api, "rules/preview/", {"text": "spend_365d >="}, 400)
    assert refused["errors"][0]["position"]["line"] == 1


def test_preview__hidden_attribute_and_small_count__are_not_told(computed: Any, api_of: Any) -> None:
    viewer = api_of(computed.viewer)
    assert (
        post(viewer, "rules/preview/", {"text": "spend_365d >= 3000 AND orders_90d >= 12"})["count"] == "fewer than 5"
    )
    refused = post(viewer, "rules/preview/", {"text": "has_children"}, 400)
    assert refused["errors"][0]["code"] == "unknown_attribute"


def test_runs__requested_over_the_api__answers_202_and_can_be_followed(api: Client, computed: Any) -> None:
    answer = api.post("/api/v1/runs/", {"segments": ["anchors"]}, content_type="application/json")
    assert (answer.status_code, answer.json()["state"]) == (202, "queued")
    followed = api.get(answer["Location"]).json()
    assert (followed["id"], followed["segments"], followed["manifest"]) == (answer.json()["id"], ["anchors"], {})
    services.execute_run(followed["id"])
    done = api.get(answer["Location"]).json()
    assert done["state"] == "succeeded"
    assert done["manifest"]["output_digest"] == done["output_digest"]
    assert get(api, "segments/anchors/runs/")["results"][0]["id"] == followed["id"]
    assert "manifest" not in get(api, "runs/")["results"][0]


def test_runs__wrong_body_or_no_right__is_refused(api: Client, computed: Any, api_of: Any) -> None:
    assert post(api, "runs/", {"segment": "anchors"}, 400)["errors"][0]["code"] == "unknown_field"
    assert post(api, "runs/", {"segments": ["zebras"]}, 400)["errors"][0]["pointer"] == "/segments/0"
    post(api_of(computed.rep), "runs/", {}, 403)
    post(api_of(computed.steward, scopes=("read",)), "runs/", {}, 403)
    assert Run.objects.count() == 1


def test_runs__cancel_and_retry__follow_the_states(api: Client, computed: Any) -> None:
    run = services.request_run(actor=SYSTEM, trigger="schedule")
    assert post(api, f"runs/{run.pk}/cancel/", {})["state"] == "cancelled"
    post(api, f"runs/{run.pk}/cancel/", {}, 409)
    assert post(api, f"runs/{run.pk}/retry/", {}, 202)["state"] == "queued"
    get(api, "runs/999999/", 404)


@pytest.mark.parametrize(
    "address",
    [
        "segments/anchors/members/",
        "segments/anchors/changes/",
        "customers/hh-01/segments/",
        "customers/hh-01/explanation/?segment=anchors",
    ],
)
def test_members_of_any_kind__viewer_without_rights__learns_nothing(computed: Any, api_of: Any, address: str) -> None:
    for name in ("viewer", "learner", "stranger"):
        answer = api_of(getattr(computed, name)).get(f"/api/v1/{address}")
        assert answer.status_code in {403, 404}
        assert b"hh-0" not in answer.content.replace(b"hh-01", b"")
    assert Client().get(f"/api/v1/{address}").status_code == 401
