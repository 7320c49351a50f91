"""The main job through the API alone, with a real worker: proposed, approved, recomputed, read, learned."""

import json
from types import SimpleNamespace
from typing import Any

import pytest

from ledger.models import Handoff
from memberships.models import Run
from tests.flows.waiting import until

pytestmark = pytest.mark.django_db(transaction=True)

PLAYBOOK = {
    "why": "They carry the stores.",
    "values": "Time.",
    "value_proposition": "We carry the heavy half.",
    "messages": [{"audience": "Desk", "text": "Good day."}],
    "channels": [{"channel": "Telephone", "guidance": "In the morning."}],
    "pricing": "No discount.",
    "objections": [{"objection": "Too dear.", "answer": "From the second order it is not."}],
    "decision_makers": [{"role": "Whoever shops", "concern": "Time"}],
    "triggers": [{"trigger": "A complaint", "response": "Ring on the day."}],
    "next_steps": [{"step": "Ring", "done_when": "A note is written."}],
    "dos": ["Ask first."],
    "donts": ["Do not name numbers."],
}
BRIEF = {
    "rationale": "They carry the stores.",
    "data_sources": "Receipts.",
    "rule_explained": "Orders and spend.",
    "how_to_use": "Look before you ring.",
    "dos": ["Look."],
    "donts": ["Guess."],
    "walkthrough": {
        "title": "Who is an anchor?",
        "minutes": 3,
        "steps": [
            {"kind": "read", "title": "Half of it all", "body": "Read this."},
            {
                "kind": "choose",
                "title": "Why two numbers?",
                "question": "Why?",
                "choices": [
                    {"text": "Habit and weight", "feedback": "Yes.", "right": True},
                    {"text": "By chance", "feedback": "No.", "right": False},
                ],
            },
            {
                "kind": "classify",
                "title": "In or out?",
                "question": "Nine orders and 4,000. In?",
                "customer": {"orders_90d": 9, "spend_365d": 4000},
                "in_feedback": "In.",
                "out_feedback": "Out.",
            },
        ],
    },
}


class Program:
    """A client program of one person."""

    def __init__(self, client: Any) -> None:
        self.client = client

    def get(self, path: str, status: int = 200) -> Any:
        answer = self.client.get(f"/api/v1{path}")
        assert answer.status_code == status, answer.content
        return answer.json()

    def post(self, path: str, body: Any = None, status: tuple[int, ...] = (200, 201, 202)) -> Any:
        answer = self.client.post(f"/api/v1{path}", json.dumps(body or {}), content_type="application/json")
        assert answer.status_code in status, answer.content
        return answer.json() if answer.content else None

    def members(self, key: str) -> list[str]:
        return self.get(f"/segments/{key}/members/")["results"]

    def propose(self, **request: Any) -> int:
        made = self.post("/change-requests/", {"rationale": "It is time.", "expected": "More calls.", **request})
        self.post(f"/change-requests/{made['id']}/submit/")
        return int(made["id"])

    def vote(self, request_id: int, verdict: str = "approve", **more: Any) -> Any:
        digest = self.get(f"/change-requests/{request_id}/")["digest"]
        return self.post(f"/change-requests/{request_id}/votes/", {"verdict": verdict, "digest": digest, **more})


@pytest.fixture
def programs(worker: Any, grocer: SimpleNamespace, api_of: Any) -> SimpleNamespace:
    return SimpleNamespace(
        **{
            name: Program(api_of(person))
            for name, person in vars(grocer).items()
            if name in ("owner", "steward", "marketing_member", "sales_member", "rep", "learner")
        }
    )


def approve(programs: SimpleNamespace, request_id: int) -> None:
    programs.marketing_member.vote(request_id)
    programs.sales_member.vote(request_id)
    assert programs.owner.get(f"/change-requests/{request_id}/")["state"] == "applied"


def test_story__through_the_api__proposed_approved_recomputed_read_learned(
    programs: SimpleNamespace,
) -> None:
    run = programs.steward.post("/runs/")
    until(lambda: programs.steward.get(f"/runs/{run['id']}/")["state"] == "succeeded", "the first run")
    assert programs.steward.members("anchors") == ["hh-01", "hh-02", "hh-09"]

    request_id = programs.owner.propose(
        kind="change",
        subject={"type": "segment", "key": "anchors"},
        proposed={"rule": "orders_90d >= 9 AND spend_365d >= 3000"},
    )
    seen = programs.marketing_member.get(f"/change-requests/{request_id}/")
    assert (seen["impact"]["entering"], seen["impact"]["leaving"]) == (1, 0)
    approve(programs, request_id)
    until(lambda: "hh-04" in programs.steward.members("anchors"), "the new rule's members")
    changes = programs.steward.get("/segments/anchors/changes/")["results"]
    (move,) = [row for row in changes if "hh-04" in row["entered"]]
    assert (move["cause"], move["version"], move["previous_version"]) == ("rule", 2, 1)

    for kind, content in (("playbook", PLAYBOOK), ("brief", BRIEF)):
        approve(
            programs,
            programs.owner.propose(kind="create", subject={"type": kind, "key": "anchors"}, proposed=content),
        )

    keys = [row["key"] for row in programs.rep.get("/customers/hh-04/segments/")["results"]]
    assert "anchors" in keys
    explanation = programs.rep.get("/customers/hh-04/explanation/?segment=anchors")
    assert explanation["member"] is True
    plays = programs.rep.get("/customers/hh-04/plays/")
    assert plays[0]["next_steps"] == PLAYBOOK["next_steps"]

    programs.learner.post("/training/anchors/walkthrough/")
    for index, answer in enumerate((None, 0, "in")):
        result = programs.learner.post(
            f"/training/anchors/walkthrough/steps/{index}/", {"version": 1, "answer": answer}
        )
    assert result["right"] is True
    assert result["progress"]["completed_at"] is not None

    until(lambda: not Handoff.objects.exclude(state="done").exists(), "every hand-off")
    events = {row["event"] for row in programs.steward.get("/ledger/?object=segment:anchors")["results"]}
    assert {"taxonomy.version.enacted", "memberships.changed"} <= events


def test_story__correlation__joins_vote_enactment_and_run(programs: SimpleNamespace) -> None:
    # A run that still waits would take the new version along, and tell it in the story of its own request.
    until(lambda: not Handoff.objects.exclude(state="done").exists(), "every hand-off of the set-up")
    until(lambda: not Run.objects.filter(state="queued").exists(), "every run of the set-up")
    request_id = programs.owner.propose(
        kind="change", subject={"type": "segment", "key": "anchors"}, proposed={"rule": "orders_90d >= 9"}
    )
    approve(programs, request_id)
    trail = programs.steward.get("/ledger/?event=taxonomy.version.enacted")["results"]
    story = next(row["correlation_id"] for row in trail if row["actor"] != "system")

    def joined() -> bool:
        rows = programs.steward.get("/ledger/?limit=300")["results"]
        events = {row["event"] for row in rows if row["correlation_id"] == story}
        return {"reviews.vote.cast", "reviews.request.applied", "memberships.changed"} <= events

    until(joined, "the vote, the enactment and the published membership in one story")
