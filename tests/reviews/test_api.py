"""The contract for client programs: the story, the refusals with their status, tags and fields."""

import io
import json
import zipfile
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from reviews.models import ChangeRequest, Vote
from tests.reviews.conftest import proposed_change, segment_content, submitted, vote

Api = Callable[..., Client]
URL = "/api/v1/change-requests/"


def body(**changes: Any) -> dict[str, Any]:
    return {
        "kind": "create",
        "subject": {"type": "segment", "key": "big-baskets"},
        "proposed": segment_content(),
        "rationale": "Because.",
        "expected": "More.",
        **changes,
    }


def post(client: Client, url: str, data: Any = None, **options: Any) -> Any:
    return client.post(url, json.dumps({} if data is None else data), content_type="application/json", **options)


def patch(client: Client, url: str, data: Any, **options: Any) -> Any:
    return client.patch(url, json.dumps(data), content_type="application/json", **options)


def test_story__through_the_api_alone(cast: SimpleNamespace, catalogue: None, api_of: Api) -> None:
    board = api_of(cast.administrator).put(
        "/api/v1/boards/grocery/",
        json.dumps(
            {
                "name": "Grocery",
                "policy": {"quorum": 2, "required": {"marketing": 1, "sales": 1}},
                "seats": {"marketing": ["marketing_member"], "sales": ["sales_member"]},
            }
        ),
        content_type="application/json",
    )
    assert (board.status_code, board.json()["seats"]["sales"]) == (201, ["sales_member"])
    owner, marketing, sales = (api_of(person) for person in (cast.owner, cast.marketing_member, cast.sales_member))

    made = post(owner, URL, body())
    assert made.status_code == 201, made.content
    one = f"{URL}{made.json()['id']}/"
    assert made.json()["state"] == "draft" and made.headers["ETag"]
    sent = post(owner, one + "submit/")
    assert (sent.status_code, sent.json()["state"]) == (200, "in_review")

    seen = marketing.get(one).json()
    assert seen["approvals"]["missing"] == [
        "1 approval from marketing: Mark Marsh can give it",
        "1 approval from sales: Sal Sands can give it",
    ]
    assert {(row["username"], row["function"]) for row in seen["eligible_voters"]} == {
        ("marketing_member", "marketing"),
        ("sales_member", "sales"),
    }
    rule = next(row for row in seen["diff"]["structural"] if row["field"] == "rule")
    assert rule["new_text"] == "spend >= 1000" and rule["new"] == "yearly spend is at least 1000 USD"
    assert seen["impact"]["computed"] is False
    first = post(marketing, one + "votes/", {"verdict": "approve", "digest": seen["digest"]})
    assert (first.status_code, first.json()["state"]) == (201, "in_review")
    last = post(sales, one + "votes/", {"verdict": "approve", "reason": "Fine.", "digest": seen["digest"]})
    assert (last.status_code, last.json()["state"], last.json()["applied_version"]) == (201, "applied", 1)
    assert last.json()["approvals"]["received"] == {"marketing": 1, "sales": 1}
    assert [row["event"] for row in last.json()["timeline"]][-1] == "reviews.request.applied"
    assert sales.get("/api/v1/segments/big-baskets/").status_code == 200

    pack = owner.get(one + "evidence/")
    assert pack.headers["Content-Type"] == "application/zip"
    assert "votes.json" in zipfile.ZipFile(io.BytesIO(pack.content)).namelist()


def test_post__broken_rule__says_where(cast: SimpleNamespace, catalogue: None, board: Any, api_of: Api) -> None:
    answer = post(api_of(cast.owner), URL, body(proposed=segment_content(rule="spend >= 1000 AND shoe_size > 43")))
    fault = answer.json()["errors"][0]
    assert answer.status_code == 400 and answer.headers["Content-Type"].startswith("application/problem+json")
    assert (fault["code"], fault["pointer"]) == ("unknown_attribute", "/proposed/rule")
    assert fault["position"] == {"line": 1, "column": 19}


@pytest.mark.parametrize(
    "extra",
    ["state", "author", "board", "revision", "version", "digest", "decided_at", "applied_at", "base_version", "quorum"],
)
def test_post__field_that_is_not_the_clients__is_refused(
    cast: SimpleNamespace, catalogue: None, board: Any, api_of: Api, extra: str
) -> None:
    owner = api_of(cast.owner)
    answer = post(owner, URL, body(**{extra: "applied"}))
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "unknown_field")
    made = post(owner, URL, body()).json()
    answer = patch(owner, f"{URL}{made['id']}/", {extra: "applied"})
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "unknown_field")
    assert ChangeRequest.objects.get().state == "draft"


def test_vote__refusals__have_their_status(
    cast: SimpleNamespace, in_review: ChangeRequest, api_of: Api, board: Any
) -> None:
    url = f"{URL}{in_review.pk}/votes/"
    ballot = {"verdict": "approve", "digest": in_review.digest}
    assert post(api_of(cast.owner), url, ballot).status_code == 403
    assert post(api_of(cast.rep), url, ballot).status_code == 403
    assert post(api_of(cast.stranger), url, ballot).status_code == 404
    assert post(Client(), url, ballot).status_code in (401, 403)
    assert post(api_of(cast.marketing_member, ("read",)), url, ballot).status_code == 403
    marketing = api_of(cast.marketing_member)
    assert post(marketing, url, {**ballot, "digest": "0" * 64}).status_code == 409
    assert post(marketing, url, {**ballot, "verdict": "maybe"}).status_code == 400
    assert post(marketing, url, {**ballot, "verdict": "reject"}).status_code == 400
    assert post(marketing, url, {"verdict": "approve"}).status_code == 400
    assert post(marketing, url, {**ballot, "voter": "sales_member"}).status_code == 400
    assert post(marketing, url, ballot).status_code == 201
    again = post(marketing, url, ballot)
    assert (again.status_code, again.json()["errors"][0]["code"]) == (409, "already_voted")
    assert Vote.objects.count() == 1


def test_vote__sent_twice_with_one_key__is_taken_once(
    cast: SimpleNamespace, in_review: ChangeRequest, api_of: Api
) -> None:
    client, url = api_of(cast.marketing_member), f"{URL}{in_review.pk}/votes/"
    ballot = {"verdict": "approve", "digest": in_review.digest}
    first = post(client, url, ballot, headers={"Idempotency-Key": "k-1"})
    again = post(client, url, ballot, headers={"Idempotency-Key": "k-1"})
    assert (first.status_code, again.status_code) == (201, 201)
    assert Vote.objects.count() == 1


def test_vote__by_somebody_deactivated__is_refused_at_once(
    cast: SimpleNamespace, in_review: ChangeRequest, api_of: Api
) -> None:
    client = api_of(cast.marketing_member)
    cast.marketing_member.is_active = False
    cast.marketing_member.save()
    answer = post(client, f"{URL}{in_review.pk}/votes/", {"verdict": "approve", "digest": in_review.digest})
    assert answer.status_code in (401, 403) and not Vote.objects.exists()


def test_decided__vote_edit_submit__answer_409_with_the_state(
    cast: SimpleNamespace, live_segment: str, api_of: Api
) -> None:
    request = ChangeRequest.objects.get()
    one, owner = f"{URL}{request.pk}/", api_of(cast.owner)
    ballot = {"verdict": "approve", "digest": request.digest}
    for answer in (
        post(api_of(cast.sales_member), one + "votes/", ballot),
        patch(owner, one, {"rationale": "x"}),
        post(owner, one + "submit/"),
        post(owner, one + "withdraw/"),
        post(owner, one + "schedule/", {"effective_at": None}),
        post(owner, one + "rebase/"),
        post(owner, one + "apply/"),
    ):
        assert (answer.status_code, answer.json()["state"]) == (409, "applied"), answer.content


def test_patch__with_an_old_tag__is_412(cast: SimpleNamespace, draft: ChangeRequest, api_of: Api) -> None:
    client, one = api_of(cast.owner), f"{URL}{draft.pk}/"
    tag = client.get(one).headers["ETag"]
    done = patch(client, one, {"expected": "a"}, headers={"If-Match": tag})
    assert done.status_code == 200 and done.headers["ETag"] != tag
    late = patch(client, one, {"expected": "b"}, headers={"If-Match": tag})
    assert late.status_code == 412
    assert client.get(one).json()["expected"] == "a"


def test_patch__part_of_the_content__keeps_the_rest(cast: SimpleNamespace, draft: ChangeRequest, api_of: Api) -> None:
    answer = patch(api_of(cast.owner), f"{URL}{draft.pk}/", {"proposed": {"rule": "spend >= 900"}})
    assert answer.status_code == 200, answer.content
    assert answer.json()["proposed"]["rule"] == "spend >= 900"
    assert answer.json()["proposed"]["name"] == "Big baskets"
    assert answer.json()["revision"] == 2


def test_rebase__in_conflict__names_the_fields(cast: SimpleNamespace, live_segment: str, api_of: Api) -> None:
    slow = submitted(cast.owner, proposed_change(cast.owner, rule="spend >= 3000"))
    quick = submitted(cast.owner, proposed_change(cast.owner, rule="spend >= 2000"))
    vote(cast.marketing_member, quick)
    vote(cast.sales_member, quick)
    one, owner = f"{URL}{slow.pk}/", api_of(cast.owner)
    late = post(api_of(cast.sales_member), one + "votes/", {"verdict": "approve", "digest": slow.digest})
    assert (late.status_code, late.json()["state"]) == (409, "stale")
    answer = post(owner, one + "rebase/")
    assert (answer.status_code, answer.json()["conflicts"][0]["field"]) == (409, "rule")
    done = post(owner, one + "rebase/", {"choices": {"rule": "proposed"}})
    assert (done.status_code, done.json()["state"], done.json()["base_version"]) == (200, "draft", 2)


def test_list__filters_by_allow_list(cast: SimpleNamespace, in_review: ChangeRequest, api_of: Api) -> None:
    client = api_of(cast.marketing_member)
    assert [row["id"] for row in client.get(URL, {"state": "in_review"}).json()["results"]] == [in_review.pk]
    assert client.get(URL, {"state": "applied"}).json() == {"results": [], "next": None}
    assert [row["id"] for row in client.get(URL, {"waiting": "true"}).json()["results"]] == [in_review.pk]
    assert client.get(URL, {"state": "nonsense"}).status_code == 400
    assert client.get(URL, {"author__password__startswith": "a"}).json()["results"]


def test_draft__of_somebody_else__is_404_everywhere(cast: SimpleNamespace, draft: ChangeRequest, api_of: Api) -> None:
    client, one = api_of(cast.marketing_member), f"{URL}{draft.pk}/"
    assert client.get(URL).json()["results"] == []
    for answer in (
        client.get(one),
        client.get(one + "evidence/"),
        patch(client, one, {"expected": "x"}),
        *[post(client, one + deed + "/") for deed in ("submit", "withdraw", "rebase", "apply")],
        post(client, one + "comments/", {"body": "x"}),
        post(client, one + "votes/", {"verdict": "approve", "digest": draft.digest}),
    ):
        assert answer.status_code == 404, answer.content


def test_boards__only_administrators_write(cast: SimpleNamespace, board: Any, api_of: Api) -> None:
    given = {"name": "Mine", "policy": {"quorum": 1}}
    for person in (cast.steward, cast.owner, cast.marketing_member):
        client = api_of(person)
        assert client.get("/api/v1/boards/grocery/").status_code == 200
        answer = client.put("/api/v1/boards/grocery/", json.dumps(given), content_type="application/json")
        assert answer.status_code == 403
    assert api_of(cast.stranger).get("/api/v1/boards/").json()["results"] == []
    administrator = api_of(cast.administrator)
    bad = administrator.put(
        "/api/v1/boards/grocery/",
        json.dumps({**given, "policy": {"quorum": 0}}),
        content_type="application/json",
    )
    assert (bad.status_code, bad.json()["errors"][0]["pointer"]) == (400, "/policy/quorum")
    tag = administrator.get("/api/v1/boards/grocery/").headers["ETag"]
    put = {"content_type": "application/json", "headers": {"If-Match": tag}}
    assert administrator.put("/api/v1/boards/grocery/", json.dumps(given), **put).status_code == 200
    assert administrator.put("/api/v1/boards/grocery/", json.dumps(given), **put).status_code == 412
