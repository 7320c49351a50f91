"""Audits and rituals through the API: opened, answered, findings settled, signed; planned, changed, held, ended."""

import json
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from common.clock import now
from stewardship.models import AuditItem

pytestmark = pytest.mark.django_db

HERE = "/api/v1/stewardship"


def soon(days: int = 30) -> str:
    return (now().date() + timedelta(days=days)).isoformat()


def send(program: Any, path: str, body: Any = None, status: int = 200, method: str = "post", **headers: str) -> Any:
    call = getattr(program, method)
    answer = call(f"{HERE}{path}", json.dumps(body or {}), content_type="application/json", headers=headers)
    assert answer.status_code == status, answer.content
    return answer.json()


@pytest.fixture
def people(grocer: SimpleNamespace, api_of: Any) -> SimpleNamespace:
    """A program of each person."""
    return SimpleNamespace(
        **{name: api_of(getattr(grocer, name)) for name in ("auditor", "steward", "owner", "viewer", "stranger")}
    )


@pytest.fixture
def audit(people: SimpleNamespace) -> int:
    """An open audit of one segment, with two questions."""
    asked = {
        "name": "Autumn",
        "owner": "steward",
        "auditor": "auditor",
        "due_on": soon(),
        "checklist": ["Is the meaning still true?", "Is the data fresh?"],
        "branch": "occasional",
    }
    return int(send(people.auditor, "/audits/", asked, 201)["id"])


def test_audit__answered_with_a_finding_that_is_settled__is_signed_by_two_and_reports_it(
    people: SimpleNamespace, audit: int
) -> None:
    (item,) = people.viewer.get(f"{HERE}/audits/{audit}/items/").json()["results"]
    assert (item["key"], item["answers"], item["done_at"]) == ("occasional", [], None)
    here = f"/audit-items/{item['id']}/"
    answers = {"answers": [{"ok": True}, {"ok": False, "note": "The receipts are late."}]}
    answered = send(people.steward, here, answers, method="put")
    assert [each["ok"] for each in answered["answers"]] == [True, False]
    raised = {"text": "Late receipts.", "severity": "major", "owner": "owner", "due_on": soon(7)}
    finding = send(people.steward, f"{here}findings/", raised, 201)
    assert [each["id"] for each in people.viewer.get(f"{HERE}/findings/?state=open").json()["results"]] == [
        finding["id"]
    ]
    settled = send(people.owner, f"/findings/{finding['id']}/settle/", {"state": "mended", "answer": "Sent hourly."})
    assert (settled["state"], settled["settled_by"]) == ("mended", "owner")
    send(people.owner, f"/findings/{finding['id']}/settle/", {"state": "accepted", "answer": "Well."}, 409)
    send(people.steward, f"/audits/{audit}/sign/")
    closed = send(people.auditor, f"/audits/{audit}/sign/")
    assert closed["state"] == "closed"
    assert closed["report"]["items"][0]["findings"][0]["answer"] == "Sent hourly."
    send(people.steward, here, answers, 409, "put")


def test_audit__answers_that_do_not_fit__are_refused_where_they_do_not(people: SimpleNamespace, audit: int) -> None:
    number = AuditItem.objects.get(campaign_id=audit).pk
    for answers, pointer in (
        ([{"ok": True}], "/answers"),
        ([{"ok": True}, {"ok": False}], "/answers/1/note"),
        ([{"ok": True}, {"ok": True, "by": "me"}], "/answers/1/by"),
    ):
        refused = send(people.steward, f"/audit-items/{number}/", {"answers": answers}, 400, "put")
        assert refused["errors"][0]["pointer"] == pointer
    send(people.viewer, f"/audit-items/{number}/", {"answers": [{"ok": True}, {"ok": True}]}, 403, "put")
    send(people.viewer, f"/audit-items/{number}/findings/", {}, 403)
    assert people.stranger.get(f"{HERE}/audit-items/{number}/").status_code == 404
    assert AuditItem.objects.get(pk=number).done_at is None


def test_ritual__planned_changed_held_and_ended__keeps_its_decisions(
    grocer: SimpleNamespace, people: SimpleNamespace
) -> None:
    asked = {"type": "alignment", "name": "Round", "every_days": 14, "next_on": soon(1), "owner": "owner"}
    made = send(people.owner, "/rituals/", asked, 201)
    here = f"/rituals/{made['id']}/"
    tag = people.owner.get(f"{HERE}{here}")["ETag"]
    changed = send(people.owner, here, {**asked, "every_days": 7}, method="put", **{"If-Match": tag})
    assert changed["every_days"] == 7
    send(people.owner, here, asked, 412, "put", **{"If-Match": tag})
    send(people.viewer, here, asked, 403, "put")
    held = {
        "on": now().date().isoformat(),
        "notes": "We spoke of anchors.",
        "decisions": [{"text": "Ring anchors first.", "segments": ["anchors"]}],
    }
    occurrence = send(people.owner, f"{here}hold/", held, 201)
    assert (occurrence["segments"], occurrence["decisions"][0]["text"]) == (["anchors"], "Ring anchors first.")
    send(people.owner, f"{here}hold/", held, 409)
    odd = {**held, "on": soon(-1), "decisions": [{"text": "x", "segments": ["nowhere"]}]}
    assert send(people.owner, f"{here}hold/", odd, 400)["errors"][0]["code"]
    assert send(people.owner, f"{here}end/")["ended_at"] is not None
    send(people.owner, f"{here}hold/", held, 409)


def test_session__planned_and_held__once(people: SimpleNamespace) -> None:
    asked = {"title": "Spring", "on": soon(3), "teams": ["Sales", "Product"], "topics": "What comes first."}
    made = send(people.owner, "/sessions/", asked, 201)
    send(people.owner, "/sessions/", {**asked, "teams": ["Sales"]}, 400)
    send(people.stranger, "/sessions/", asked, 403)
    here = f"/sessions/{made['id']}/"
    held = send(people.owner, f"{here}hold/", {"notes": "All agreed.", "decisions": [{"text": "Go."}]})
    assert people.viewer.get(f"{HERE}{here}").json() == held
    send(people.owner, f"{here}hold/", {"notes": "Again."}, 409)
