"""The taxonomy for client programs."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from tests.taxonomy.stage import enact, objective

pytestmark = pytest.mark.django_db


@pytest.fixture
def steward_api(stage: SimpleNamespace, api_of: Callable[..., Client]) -> Client:
    return api_of(stage.steward)


def check(client: Client, **body: Any) -> Any:
    return client.post("/api/v1/rules/check/", body, content_type="application/json")


def test_rules_check__text__answers_with_all_forms(steward_api: Client) -> None:
    answer = check(steward_api, text="visits>=50 and age_band='19-24'")

    assert answer.status_code == 200
    body = answer.json()
    assert set(body) == {"rule", "text", "words", "attributes", "segments", "complexity", "warnings"}
    assert body["text"] == "visits >= 50 AND age_band = '19-24'"
    assert body["attributes"] == ["age_band", "visits"]
    assert body["complexity"] == {"clauses": 2, "depth": 2, "attributes": 2}
    again = check(steward_api, rule=body["rule"]).json()
    assert again["text"] == body["text"]


def test_rules_check__read_token__is_enough(stage: SimpleNamespace, api_of: Callable[..., Client]) -> None:
    assert check(api_of(stage.viewer, scopes=("read",)), text="visits > 1").status_code == 200


def test_rules_check__broken_text__names_line_and_column(steward_api: Client) -> None:
    answer = check(steward_api, text="visits >= 50\nAND COUNT(visits) > 2")

    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"
    [error] = answer.json()["errors"]
    assert error["position"]["line"] == 2
    assert error["pointer"] == "/rule"


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"text": "TRUE", "rule": {}},
        {"rule": "TRUE"},
        {"rule": {}},
        {"text": ""},
        {"text": "visits > 1", "parent": "nobody"},
        {"text": "IN_SEGMENT('nobody')"},
        {"text": "visits > 1", "colour": "red"},
        {"text": "visits > " + "1" * 70_000},
        {"text": "diet = 'a\u0000b'"},
    ],
)
def test_rules_check__wrong_input__is_a_problem_document(steward_api: Client, body: dict[str, Any]) -> None:
    answer = check(steward_api, **body)

    assert answer.status_code == 400, answer.content
    assert answer.json()["errors"]


def test_rules_check__parent__warns_of_what_it_repeats(steward_api: Client) -> None:
    enact("frequent")

    answer = check(steward_api, text="visits >= 50 AND spend > 3", parent="frequent")

    assert [warning["code"] for warning in answer.json()["warnings"]] == ["repeats_parent"]


def test_rules_check__hidden_attribute__is_unknown(stage: SimpleNamespace, api_of: Callable[..., Client]) -> None:
    assert check(api_of(stage.steward), text="diet = 'vegan'").status_code == 200
    assert check(api_of(stage.viewer), text="diet = 'vegan'").status_code == 400


def test_rules_check__without_role_or_token__is_refused(stage: SimpleNamespace, api_of: Callable[..., Client]) -> None:
    assert check(api_of(stage.stranger), text="visits > 1").status_code == 403
    assert check(Client(), text="visits > 1").status_code == 401


def test_segments__list__shows_each_with_its_newest_version(stage: SimpleNamespace, steward_api: Client) -> None:
    objective(stage.steward, key="fresh")
    enact("frequent", objective="fresh")
    enact("frequent", base=1, objective="fresh", rule="visits >= 60")
    enact("big", name="Big", parent="frequent", tier="sub_segment")

    body = steward_api.get("/api/v1/segments/").json()

    assert body["next"] is None
    assert [(row["key"], row["version"], row["parent"]) for row in body["results"]] == [
        ("big", 1, "frequent"),
        ("frequent", 2, None),
    ]
    assert body["results"][1]["objective"] == "fresh"
    assert body["results"][1]["owners"] == {"data": "steward", "definition": "owner", "outcome": "owner"}
    assert body["results"][1]["text"] == "visits >= 60"


@pytest.mark.parametrize(
    ("query", "keys"),
    [
        ("tier=sub_segment", ["big"]),
        ("parent=frequent", ["big"]),
        ("attribute=spend", ["big"]),
        ("status=retired", []),
        ("objective=nothing", []),
        ("ordering=-name", ["frequent", "big"]),
        ("ordering=enacted_at", ["frequent", "big"]),
    ],
)
def test_segments__narrowed_or_ordered__by_the_allowed_lists(steward_api: Client, query: str, keys: list[str]) -> None:
    enact("frequent")
    enact("big", name="Big", parent="frequent", tier="sub_segment", rule="spend > 10")

    answer = steward_api.get(f"/api/v1/segments/?{query}")

    assert [row["key"] for row in answer.json()["results"]] == keys


@pytest.mark.parametrize("query", ["tier=galaxy", "ordering=rule_text", "status=x", "ordering=key,name"])
def test_segments__value_not_on_its_list__is_refused(steward_api: Client, query: str) -> None:
    answer = steward_api.get(f"/api/v1/segments/?{query}")

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["pointer"] == "/" + query.split("=")[0]


@pytest.mark.parametrize("ordering", ["key", "-key", "name", "-name", "enacted_at"])
def test_segments__page_by_page__each_comes_once(steward_api: Client, ordering: str) -> None:
    for number in range(5):
        enact(f"s{number}", name=f"Name {number % 2} {number}")

    keys: list[str] = []
    url: str | None = f"/api/v1/segments/?limit=2&ordering={ordering}"
    while url:
        body = steward_api.get(url).json()
        keys += [row["key"] for row in body["results"]]
        url = body["next"]

    assert sorted(keys) == ["s0", "s1", "s2", "s3", "s4"]


def test_segment__one__shows_its_place_and_effective_rule(steward_api: Client) -> None:
    enact("frequent")
    enact("big", name="Big", parent="frequent", tier="sub_segment", rule="spend > 10")

    answer = steward_api.get("/api/v1/segments/big/")

    body = answer.json()
    assert body["path"] == ["frequent", "big"]
    assert body["text"] == "spend > 10"
    assert body["effective"]["text"] == "visits >= 50 AND spend > 10"
    assert steward_api.get("/api/v1/segments/frequent/").json()["children"] == ["big"]


def test_segment__etag__changes_with_the_version_only(steward_api: Client) -> None:
    enact("frequent")
    first = steward_api.get("/api/v1/segments/frequent/")["ETag"]
    same = steward_api.get("/api/v1/segments/frequent/")["ETag"]
    enact("frequent", base=1, rule="visits >= 60")

    assert first == same
    assert steward_api.get("/api/v1/segments/frequent/")["ETag"] != first


@pytest.mark.parametrize("path", ["segments/nobody/", "segments/frequent/versions/9/", "segments/nobody/versions/"])
def test_segment__not_there__is_404(steward_api: Client, path: str) -> None:
    enact("frequent")

    assert steward_api.get(f"/api/v1/{path}").status_code == 404


def test_segment__viewer_without_role__finds_nothing(stage: SimpleNamespace, api_of: Callable[..., Client]) -> None:
    enact("frequent")
    stranger = api_of(stage.stranger)

    assert stranger.get("/api/v1/segments/frequent/").status_code == 404
    assert stranger.get("/api/v1/segments/frequent/versions/1/").status_code == 404
    assert stranger.get("/api/v1/segments/").json()["results"] == []
    assert stranger.get("/api/v1/taxonomy/").json()["results"] == []


def test_versions__list_and_one__show_reason_request_and_end(steward_api: Client) -> None:
    enact("frequent")
    enact("frequent", base=1, rule="visits >= 60")

    rows = steward_api.get("/api/v1/segments/frequent/versions/").json()["results"]
    one = steward_api.get("/api/v1/segments/frequent/versions/1/").json()

    assert [(row["version"], row["state"]) for row in rows] == [(2, "active"), (1, "superseded")]
    assert one == rows[1]
    assert one["ended_at"] is not None
    assert (one["request"], one["rationale"]) == ("1", "They carry most of the revenue.")


def test_taxonomy__tree__comes_parent_first(steward_api: Client) -> None:
    enact("market", tier="market", rule="TRUE", name="Market")
    enact("frequent", parent="market")
    enact("casual", parent="market", name="Casual", rule="visits < 5")

    rows = steward_api.get("/api/v1/taxonomy/").json()["results"]

    assert [(row["key"], row["depth"], row["parent"]) for row in rows] == [
        ("market", 0, None),
        ("casual", 1, "market"),
        ("frequent", 1, "market"),
    ]


OBJECTIVE = {
    "name": "More households buy fresh",
    "kind": "share_of_wallet",
    "metric": "Share of households with a fresh item each week",
    "unit": "%",
    "basis": "Receipts of last month.",
    "baseline": 31.5,
    "target": 40,
    "target_on": "2027-06-30",
    "owner": "owner",
}


def put(client: Client, key: str = "fresh", etag: str | None = None, **given: Any) -> Any:
    headers = {"If-Match": etag} if etag else {}
    body = {**OBJECTIVE, **given}
    return client.put(f"/api/v1/objectives/{key}/", body, content_type="application/json", headers=headers)


def test_objective__defined_read_and_changed__with_its_etag(steward_api: Client) -> None:
    created = put(steward_api)
    read = steward_api.get("/api/v1/objectives/fresh/")
    changed = put(steward_api, etag=read["ETag"], target=45)
    stale = put(steward_api, etag=read["ETag"], target=50)

    assert (created.status_code, changed.status_code, stale.status_code) == (201, 200, 412)
    assert read.json()["baseline"] == 31.5
    assert created["ETag"] == read["ETag"] != changed["ETag"]
    assert steward_api.get("/api/v1/objectives/").json()["results"][0]["target"] == 45


@pytest.mark.parametrize(
    "given",
    [{"kind": "fame"}, {"target": None}, {"owner": "nobody"}, {"target_on": "soon"}, {"colour": 1}, {"target": "NaN"}],
)
def test_objective__wrong_value__is_refused_with_its_place(steward_api: Client, given: dict[str, Any]) -> None:
    answer = put(steward_api, **given)

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["pointer"] == "/" + next(iter(given))


def test_objective__wrong_key__is_refused(steward_api: Client) -> None:
    assert put(steward_api, key="Not%20a%20key").status_code == 400


@pytest.mark.parametrize("name", ["rep", "learner", "viewer", "auditor", "marketing_member"])
def test_objective__defined_by_others__is_refused(
    stage: SimpleNamespace, api_of: Callable[..., Client], name: str
) -> None:
    answer = put(api_of(getattr(stage, name)))

    assert answer.status_code == 403
    assert "owner" in answer.json()["detail"]


def test_rules_check__unknown_segment__is_named_with_its_place_and_the_nearest_one(
    steward_api: Client, stage: SimpleNamespace
) -> None:
    enact("frequent-visitors")
    answer = check(steward_api, text="visits > 2\n  AND IN_SEGMENT( 'frequent-visitor' )")
    assert answer.status_code == 400
    [error] = answer.json()["errors"]
    assert error["code"] == "unknown_segment"
    assert error["position"] == {"line": 2, "column": 19}
    assert "Did you mean 'frequent-visitors'?" in error["detail"]
