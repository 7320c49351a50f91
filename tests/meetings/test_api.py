"""A meeting through the API: planned, opened, places taken, votes in the room, closed with frozen minutes."""

import json
from types import SimpleNamespace
from typing import Any

import pytest

from common.digests import digest_of
from meetings.models import Meeting
from reviews.models import ChangeRequest
from tests.meetings.conftest import item_of

pytestmark = pytest.mark.django_db

LATER = "2031-03-01T09:00:00Z"


def send(program: Any, path: str, body: Any = None, status: int = 200, **headers: str) -> Any:
    answer = program.post(f"/api/v1{path}", json.dumps(body or {}), content_type="application/json", headers=headers)
    assert answer.status_code == status, answer.content
    return answer.json()


def digest_now(request: ChangeRequest) -> str:
    return ChangeRequest.objects.get(pk=request.pk).digest


def test_meeting__planned_held_and_closed__the_minutes_are_frozen_with_their_digest(
    stage: SimpleNamespace, api_of: Any
) -> None:
    marketing, sales = api_of(stage.marketing_member), api_of(stage.sales_member)
    here = f"/meetings/{stage.meeting.pk}"
    send(marketing, f"{here}/open/")
    send(marketing, f"{here}/attendance/", {"presence": "present"})
    room = send(sales, f"{here}/attendance/", {"presence": "present"})
    assert (room["state"], room["room"]["has_quorum"], room["you"]["is_here"]) == ("open", True, True)

    rule = item_of(stage.rule)
    seen = next(each for each in room["items"] if each["id"] == rule.pk)
    assert seen["request"]["digest"] == digest_now(stage.rule)
    assert send(marketing, f"{here}/items/{rule.pk}/move/", {"move": "take_up"})["current"] == rule.pk
    send(marketing, f"{here}/items/{rule.pk}/notes/", {"text": "Nobody minds."}, 201)
    vote = {"verdict": "approve", "digest": seen["request"]["digest"]}
    send(marketing, f"{here}/items/{rule.pk}/votes/", vote, 201)
    decided = send(sales, f"{here}/items/{rule.pk}/votes/", vote, 201)
    assert next(each for each in decided["items"] if each["id"] == rule.pk)["state"] == "decided"

    words = item_of(stage.words)
    picks = [{"item": words.pk, "digest": digest_now(stage.words)}]
    (taken,) = send(marketing, f"{here}/consent/", {"picks": picks})["results"]
    assert taken["taken"] is True, taken

    closed = send(marketing, f"{here}/close/")
    minutes = sales.get(f"/api/v1{here}/minutes/").json()
    assert (closed["state"], minutes["frozen"]) == ("closed", True)
    assert minutes["digest"] == closed["digest"] == digest_of(minutes["minutes"])
    (line,) = [each for each in minutes["minutes"]["items"] if each["item"] == rule.pk]
    assert [each["verdict"] for each in line["votes"]] == ["approve", "approve"]


def test_room__vote_on_another_wording_or_from_outside__is_refused(opened: SimpleNamespace, api_of: Any) -> None:
    here, item = f"/meetings/{opened.meeting.pk}", item_of(opened.rule).pk
    marketing = api_of(opened.marketing_member)
    send(marketing, f"{here}/items/{item}/move/", {"move": "take_up"})
    old = {"verdict": "approve", "digest": "0" * 64}
    assert send(marketing, f"{here}/items/{item}/votes/", old, 409)["errors"][0]["code"] == "changed_since_opened"
    vote = {"verdict": "approve", "digest": digest_now(opened.rule)}
    absent = send(api_of(opened.finance_member), f"{here}/items/{item}/votes/", vote, 409)
    assert absent["errors"][0]["code"] == "not_in_room"
    send(api_of(opened.owner), f"{here}/items/{item}/votes/", vote, 403)
    send(api_of(opened.viewer), f"{here}/close/", None, 403)


def test_change__with_an_older_tag__is_stale_and_changes_nothing(opened: SimpleNamespace, api_of: Any) -> None:
    marketing, here = api_of(opened.marketing_member), f"/meetings/{opened.meeting.pk}"
    tag = marketing.get(f"/api/v1{here}/")["ETag"]
    send(marketing, f"{here}/items/", {"title": "Any other business"}, 201, **{"If-Match": tag})
    send(marketing, f"{here}/close/", None, 412, **{"If-Match": tag})
    assert Meeting.objects.get(pk=opened.meeting.pk).state == "open"


def test_plan__series_and_meetings__stand_in_their_lists(grocer: SimpleNamespace, api_of: Any) -> None:
    member = api_of(grocer.marketing_member)
    series = {"board": "board", "name": "Weekly", "cadence": "weekly", "first_at": LATER, "zone": "Europe/Berlin"}
    begun = send(member, "/meeting-series/", series, 201)
    assert [row["id"] for row in member.get("/api/v1/meeting-series/").json()["results"]] == [begun["id"]]
    send(member, f"/meeting-series/{begun['id']}/end/")
    assert member.get("/api/v1/meeting-series/").json()["results"] == []

    first = send(member, "/meetings/", {"board": "board", "title": "March", "starts_at": LATER}, 201)
    second = send(member, "/meetings/", {"board": "board", "title": "April", "starts_at": LATER}, 201)
    send(member, f"/meetings/{first['id']}/cancel/")
    planned = member.get("/api/v1/meetings/", {"state": "planned", "board": "board"}).json()["results"]
    assert [row["id"] for row in planned] == [second["id"]]
    page = member.get("/api/v1/meetings/", {"limit": 1}).json()
    assert len(member.get(page["next"]).json()["results"]) == 1


@pytest.mark.parametrize(
    ("path", "body", "pointer"),
    [
        ("/meetings/", {"board": "board", "title": "M", "starts_at": "9999-12-31T23:59:00Z"}, "/starts_at"),
        ("/meetings/", {"board": "board", "title": "M", "starts_at": LATER, "minutes": 10**12}, "/minutes"),
        ("/meetings/", {"board": "board", "title": " ", "starts_at": LATER}, "/title"),
        ("/meetings/", {"board": "board", "title": "M", "starts_at": LATER, "chair": "me"}, "/chair"),
        ("/meeting-series/", {"board": "board", "name": "W", "cadence": "hourly", "first_at": LATER}, "/cadence"),
        ("/meeting-series/", {"board": "board", "name": "W", "cadence": "weekly", "first_at": "soon"}, "/first_at"),
    ],
)
def test_plan__odd_input__is_refused_where_it_is_odd(
    grocer: SimpleNamespace, api_of: Any, path: str, body: dict[str, Any], pointer: str
) -> None:
    refused = send(api_of(grocer.marketing_member), path, body, 400)
    assert refused["errors"][0]["pointer"] == pointer


def test_plan__by_somebody_without_a_seat__is_refused(grocer: SimpleNamespace, api_of: Any) -> None:
    send(api_of(grocer.viewer), "/meetings/", {"board": "board", "title": "M", "starts_at": LATER}, 403)
