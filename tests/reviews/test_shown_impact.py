"""Who reads which figures of a signed record."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.urls import reverse

from common.actors import SYSTEM
from memberships import services
from reviews.models import ChangeRequest
from reviews.selectors.shown_impact import FEW, HELD_OUT, coarse, without_held_out
from reviews.services.requests import create_request, submit_request

RECORD: dict[str, Any] = {
    "form": "membership",
    "computed": True,
    "entering": 100,
    "leaving": 4,
    "staying": 44,
    "total": 144,
    "moves": [
        {"segment": "a", "name": "A", "from": 3, "to": 4},
        {"segment": "b", "name": "B", "from": 60, "to": 0},
        {"segment": "c", "name": "C", "from": 17, "to": 0},
    ],
    "elsewhere": {"from": 20, "to": 0},
    "revenue": {"moved": 9.5, "attribute": "spend"},
    "consent_blocked": {"purpose": "marketing", "entering": 98, "staying": 2},
    "account_owners": [{"name": "Ann", "count": 101}, {"name": "Bo", "count": 3}],
}


def test_coarse__few_leave__nothing_gives_them_away() -> None:
    found = coarse(RECORD)
    assert (found["entering"], found["leaving"], found["staying"], found["exact"]) == (96, FEW, 48, False)
    assert [row["from"] for row in found["moves"]] == [FEW, 60, "not shown"]
    assert found["elsewhere"]["from"] == 20
    assert "reason" in found["revenue"]
    assert (found["consent_blocked"]["entering"], found["consent_blocked"]["staying"]) == ("nearly all", FEW)
    assert [row["count"] for row in found["account_owners"]] == ["not shown", FEW]


def test_coarse__nothing_small__as_counted() -> None:
    record = {**RECORD, "leaving": 40, "moves": [], "elsewhere": {"from": 100, "to": 40}}
    found = coarse(record)
    assert (found["entering"], found["leaving"], found["staying"], found["exact"]) == (100, 40, 44, True)
    assert found["revenue"] == RECORD["revenue"]


def test_without_held_out__keeps_the_other_months_and_their_course() -> None:
    month = {"on": "2026-08-31", "size": 9, "live": 8, "lift": 1.2, "reason": "", "held_out": True}
    seen = {"flap_rate": 0.1, "stability": 0.9}
    backtest = {"months": [month, {**month, "on": "2026-09-30", "held_out": False}], "flap_rate": 0.5, "seen": seen}
    found = without_held_out(backtest)
    assert (found["months"][0]["size"], found["months"][0]["reason"]) == (None, HELD_OUT)
    assert found["months"][1]["size"] == 9
    assert (found["flap_rate"], found["stability"]) == (0.1, 0.9)


@pytest.fixture
def submitted(grocer: SimpleNamespace) -> ChangeRequest:
    run = services.request_run(actor=SYSTEM, trigger="schedule")
    services.execute_run(run.pk)
    request = create_request(
        actor=grocer.owner,
        kind="change",
        subject_type="segment",
        subject_key="anchors",
        proposed={"rule": "orders_90d < 3 OR spend_365d >= 5000"},
        rationale="The stores live on others now.",
    )
    return submit_request(actor=grocer.owner, request_id=request.pk)


@pytest.mark.django_db
def test_impact__three_readers__each_reads_what_is_theirs(
    grocer: SimpleNamespace, submitted: ChangeRequest, client_of: Any, api_of: Any
) -> None:
    address = f"/api/v1/change-requests/{submitted.pk}/"
    told = {
        name: api_of(getattr(grocer, name)).get(address).json()["impact"]
        for name in ("viewer", "marketing_member", "steward", "owner")
    }
    assert (told["steward"]["entering"], told["marketing_member"]["entering"]) == (3, 3)
    assert (told["viewer"]["entering"], told["viewer"]["leaving"]) == (FEW, FEW)
    assert {row.get("held_out") for row in told["steward"]["backtest"]["months"]} == {True, False}
    assert all(row["reason"] == HELD_OUT for row in told["owner"]["backtest"]["months"] if row["held_out"])
    page = reverse("reviews:request", args=[submitted.pk]) + "?tab=impact"
    for name in ("viewer", "steward"):
        html = client_of(getattr(grocer, name)).get(page).content.decode()
        assert "Past month-ends" in html
        assert "What hangs on it" in html
        assert (FEW in html) == (name == "viewer")
