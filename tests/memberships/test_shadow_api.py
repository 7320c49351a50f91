"""The shadow lane through the API: started, listed, read, promoted into a request or attached to one, ended."""

import json
from types import SimpleNamespace
from typing import Any

import pytest

from memberships.models import Shadow
from tests.memberships.conftest import run_now

pytestmark = pytest.mark.django_db

HERE = "/api/v1/shadows/"
ASKED = {"segment": "anchors", "name": "Spend alone", "rule": "spend_365d >= 3000"}


def send(program: Any, path: str, body: Any = None, status: int = 200, method: str = "post") -> Any:
    answer = getattr(program, method)(path, json.dumps(body or {}), content_type="application/json")
    assert answer.status_code == status, answer.content
    return answer.json()


@pytest.fixture
def grocer(cast: SimpleNamespace) -> SimpleNamespace:
    """The grocer with its board, after its first run."""
    from tests.factories.grocer import make_grocer

    people = make_grocer(cast)
    run_now()
    return people


def test_shadow__started_and_ended__stands_in_its_lists_with_its_days(grocer: SimpleNamespace, api_of: Any) -> None:
    owner = api_of(grocer.owner)
    made = send(owner, HERE, ASKED, 201)
    here = f"{HERE}{made['id']}/"
    (day,) = made["days"]
    assert (day["size"], day["live"]) == (Shadow.objects.get().days.get().size, Shadow.objects.get().days.get().live)
    assert [row["id"] for row in owner.get(HERE, {"segment": "anchors", "state": "running"}).json()["results"]] == [
        made["id"]
    ]
    record = owner.get(f"{here}record/").json()
    assert (record["shadow"], record["days"][0]["size"]) == (made["id"], day["size"])
    ended = send(owner, f"{here}stop/", {"reason": "Seen enough."})
    assert (ended["end_reason"], ended["may_stop"]) == ("Seen enough.", False)
    send(owner, f"{here}stop/", None, 409)
    assert owner.get(HERE, {"state": "running"}).json()["results"] == []


def test_shadow__read_by_somebody_who_sees_no_members__tells_no_small_count(
    grocer: SimpleNamespace, api_of: Any
) -> None:
    made = send(api_of(grocer.owner), HERE, ASKED, 201)
    viewer, here = api_of(grocer.viewer), f"{HERE}{made['id']}/"
    (day,) = viewer.get(here).json()["days"]
    assert [day[name] for name in ("both", "only_shadow")] == ["fewer than 5", "fewer than 5"]
    assert viewer.get(f"{here}record/").status_code == 403
    send(viewer, f"{here}stop/", None, 403)
    send(viewer, HERE, ASKED, 403)


def test_shadow__promoted__becomes_a_draft_that_names_it(grocer: SimpleNamespace, api_of: Any) -> None:
    owner = api_of(grocer.owner)
    made = send(owner, HERE, ASKED, 201)
    draft = send(owner, f"{HERE}{made['id']}/promote/", None, 201)
    assert (draft["state"], draft["proposed"]["rule"]) == ("draft", ASKED["rule"])
    assert draft["statement"]["shadow"]["shadow"] == made["id"]


def test_request__run_in_the_shadow_and_attached__carries_its_record(grocer: SimpleNamespace, api_of: Any) -> None:
    owner = api_of(grocer.owner)
    asked = {
        "kind": "change",
        "subject": {"type": "segment", "key": "anchors"},
        "proposed": {"rule": ASKED["rule"]},
        "rationale": "It is time.",
        "expected": "More calls.",
    }
    number = send(owner, "/api/v1/change-requests/", asked, 201)["id"]
    here = f"/api/v1/change-requests/{number}/shadow/"
    shadow = send(owner, here, None, 201)["shadow"]
    assert Shadow.objects.get(pk=shadow).request_number == number
    attached = send(owner, here, {"shadow": shadow}, 200, "put")
    assert attached["statement"]["shadow"]["shadow"] == shadow
    send(owner, here, {"shadow": 999_999}, 404, "put")
    send(api_of(grocer.viewer), here, {"shadow": shadow}, 404, "put")


@pytest.mark.parametrize(
    ("more", "pointer"),
    [
        ({"days": 0}, "/days"),
        ({"days": 10**12}, "/days"),
        ({"segment": "nowhere"}, "/segment"),
        ({"name": " "}, "/name"),
        ({"rule": "sleep(1)"}, "/rule"),
        ({"owner": "viewer"}, "/owner"),
    ],
)
def test_start__odd_input__is_refused_where_it_is_odd(
    grocer: SimpleNamespace, api_of: Any, more: dict[str, Any], pointer: str
) -> None:
    refused = send(api_of(grocer.owner), HERE, {**ASKED, **more}, 400)
    assert refused["errors"][0].get("pointer") == pointer or "position" in refused["errors"][0], refused
    assert not Shadow.objects.exists()
