"""Alarms become cases that go from steward to owner to board, each within its time."""

import threading
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection

from common.clock import now
from common.errors import Invalid, NotAllowed
from customers.models import SourceLoad
from ledger.models import Entry
from notifications.models import Notification
from safeguards.services import freeze
from stewardship import services, tasks
from stewardship.errors import IllegalMove
from stewardship.models import Case, CaseStep

pytestmark = pytest.mark.django_db


@pytest.fixture
def overdue(grocer: SimpleNamespace) -> SimpleNamespace:
    """The till has sent nothing for two days."""
    SourceLoad.objects.update(at=now() - timedelta(days=2))
    return grocer


def told(case: Case, stage: str) -> set[str]:
    rows = Notification.objects.filter(key=f"case:{case.pk}:{stage}:due")
    return set(rows.values_list("person__username", flat=True))


def let_pass(case: Case) -> None:
    """Its time is over."""
    Case.objects.filter(pk=case.pk).update(due_at=now() - timedelta(minutes=1))


def deeds(case: Case) -> list[tuple[str, str]]:
    return list(case.steps.values_list("deed", "stage"))


def about_segment(people: SimpleNamespace, key: str = "anchors") -> Case:
    return Case.objects.create(
        alarm=f"moved:{key}",
        kind="shift",
        title="Many moved",
        url="/",
        segment_key=key,
        opened_at=now(),
        due_at=now() + timedelta(hours=24),
    )


def test_look_for_alarms__a_source_is_overdue__one_case_however_often_one_looks(overdue: SimpleNamespace) -> None:
    assert (services.look_for_alarms(), services.look_for_alarms()) == (1, 0)
    case = Case.objects.get()
    assert (case.kind, case.stage, case.state) == ("data", "steward", "open")
    assert told(case, "steward") == {"steward"}
    assert deeds(case) == [("opened", "steward")]
    assert Entry.objects.filter(event="stewardship.case.moved").count() == 1


def test_look_for_alarms__the_source_is_frozen__is_no_case(overdue: SimpleNamespace) -> None:
    freeze(actor=overdue.steward, scope="source", key="pos", reason="On purpose.")
    assert services.look_for_alarms() == 0


def test_look_for_alarms__the_alarm_falls_silent__the_case_says_so_once_and_stays(overdue: SimpleNamespace) -> None:
    services.look_for_alarms()
    SourceLoad.objects.update(at=now())
    services.look_for_alarms()
    services.look_for_alarms()
    case = Case.objects.get()
    assert case.gone_at is not None
    assert deeds(case) == [("opened", "steward"), ("gone", "steward")]
    assert case.state == "open"


def test_escalate__nobody_closes_it__goes_to_the_owners_then_the_board_then_is_late(grocer: SimpleNamespace) -> None:
    case = about_segment(grocer)
    assert services.escalate_overdue() == 0
    for stage, expected in (
        ("owner", {"owner", "steward"}),
        ("board", {"owner", "steward", "marketing_member", "sales_member", "finance_member"}),
    ):
        let_pass(case)
        assert (services.escalate_overdue(), services.escalate_overdue()) == (1, 0)
        case.refresh_from_db()
        assert case.stage == stage
        assert told(case, stage) == expected
    let_pass(case)
    assert (services.escalate_overdue(), services.escalate_overdue()) == (1, 0)
    case.refresh_from_db()
    assert (case.stage, case.is_late) == ("board", True)
    assert deeds(case) == [("escalated", "owner"), ("escalated", "board"), ("escalated", "board")]


def test_move__each_stage__only_those_who_have_it(grocer: SimpleNamespace) -> None:
    names = ("steward", "administrator", "owner", "sales_member", "rep", "viewer", "auditor")
    expected = {
        "steward": {"steward", "administrator"},
        "owner": {"steward", "administrator", "owner"},
        "board": {"steward", "administrator", "owner", "sales_member"},
    }
    case = about_segment(grocer)
    for stage, allowed in expected.items():
        Case.objects.filter(pk=case.pk).update(stage=stage)
        may = set()
        for name in names:
            try:
                services.move_case(actor=getattr(grocer, name), case_id=case.pk, move="answer", note="I look.")
            except NotAllowed:
                continue
            may.add(name)
        assert may == allowed, stage


def test_move__taken_handed_on_closed__stands_among_its_steps(grocer: SimpleNamespace) -> None:
    case = about_segment(grocer)
    taken = services.move_case(actor=grocer.steward, case_id=case.pk, move="take")
    assert (taken.state, taken.taker) == ("taken", grocer.steward)
    handed = services.move_case(actor=grocer.steward, case_id=case.pk, move="hand_on", note="It is the rule.")
    assert (handed.state, handed.stage, handed.taker) == ("open", "owner", None)
    with pytest.raises(Invalid):
        services.move_case(actor=grocer.owner, case_id=case.pk, move="close", note=" ")
    closed = services.move_case(
        actor=grocer.owner, case_id=case.pk, move="close", note="A holiday.", is_false_alarm=True
    )
    assert (closed.state, closed.reason, closed.is_false_alarm) == ("closed", "A holiday.", True)
    with pytest.raises(IllegalMove):
        services.move_case(actor=grocer.owner, case_id=case.pk, move="take")
    assert deeds(case) == [("taken", "steward"), ("handed", "steward"), ("closed", "owner")]
    let_pass(case)
    assert services.escalate_overdue() == 0


def test_tasks__twice__nothing_twice(overdue: SimpleNamespace) -> None:
    about_segment(overdue)
    Case.objects.update(due_at=now() - timedelta(minutes=1))
    for _ in range(2):
        tasks.look_for_alarms()
        tasks.remind()
    assert Case.objects.count() == 2
    assert CaseStep.objects.filter(deed="escalated").count() == 1


@pytest.mark.django_db(transaction=True)
def test_escalate__two_workers_at_once__one_step(grocer: SimpleNamespace) -> None:
    case = about_segment(grocer)
    let_pass(case)
    barrier, moved = threading.Barrier(2), []

    def run() -> None:
        try:
            barrier.wait(10)
            moved.append(services.escalate_overdue())
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(2)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(20)
    assert sum(moved) == 1
    assert deeds(case) == [("escalated", "owner")]


def test_pages_and_api__a_case__is_worked_on(overdue: SimpleNamespace, client_of: Any, api_of: Any) -> None:
    services.look_for_alarms()
    case = Case.objects.get()
    client = client_of(overdue.steward)
    assert case.title in client.get("/stewardship/cases/").content.decode()
    assert case.title in client.get("/stewardship/").content.decode()
    page = f"/stewardship/cases/{case.pk}/"
    assert "Work on it" in client.get(page).content.decode()
    assert "Work on it" not in client_of(overdue.viewer).get(page).content.decode()
    assert client.post(f"{page}move/", {"move": "close", "note": ""}).status_code == 422
    assert client.post(f"{page}move/", {"move": "take", "note": ""}).status_code == 302
    assert client_of(overdue.viewer).post(f"{page}move/", {"move": "take"}).status_code == 403
    program = api_of(overdue.steward)
    moved = program.post(
        f"/api/v1/stewardship/cases/{case.pk}/move/",
        {"move": "close", "note": "Sent.", "is_false_alarm": False},
        content_type="application/json",
    )
    assert (moved.status_code, moved.json()["state"]) == (200, "closed")
    assert [step["deed"] for step in moved.json()["steps"]] == ["opened", "taken", "closed"]
    assert program.get("/api/v1/stewardship/cases/?state=open").json()["results"] == []
