"""Rituals, sessions and the calendar."""

from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from common.clock import now
from common.errors import NotAllowed
from memberships.models import Run
from notifications.models import Notification
from stewardship import services
from stewardship.errors import InvalidUpkeep, NotReady
from stewardship.models import Occurrence, Ritual
from stewardship.selectors.calendar import calendar_for, sessions_about
from stewardship.web.decisions import read_decisions

pytestmark = pytest.mark.django_db


def day(days: int = 0) -> date:
    return now().date() + timedelta(days=days)


def plan(people: SimpleNamespace, **given: Any) -> Ritual:
    options: dict[str, Any] = {
        "actor": people.owner,
        "type_": "governance_review",
        "name": "Quarterly review",
        "every_days": 90,
        "next_on": day(10),
        "owner": "owner",
        "attendees": ["sales_member", "steward"],
        "agenda": "Messaging, priorities, roadmap.",
        **given,
    }
    return services.plan_ritual(**options)


def test_calendar__three_types__stand_with_their_next_dates(grocer: SimpleNamespace) -> None:
    for type_ in ("audit", "recalibration", "governance_review"):
        plan(grocer, type_=type_, name=type_, next_on=day(10))
    entries = [each for each in calendar_for(viewer=grocer.viewer) if each.type != "review"]
    assert [(each.type, each.on) for each in entries] == [
        *((type_, day(10)) for type_ in ("audit", "governance_review", "recalibration")),
        *((type_, day(100)) for type_ in ("audit", "governance_review", "recalibration")),
    ]
    assert calendar_for(viewer=grocer.stranger) == []


def test_hold__with_decisions__is_linked_to_segments_and_moves_the_next_date(grocer: SimpleNamespace) -> None:
    ritual = plan(grocer, next_on=day())
    held = services.hold_ritual(
        actor=grocer.sales_member,
        ritual_id=ritual.pk,
        on=day(),
        notes="All came.",
        decisions=[{"text": "Anchors first.", "segments": ["anchors"]}, {"text": "No more mail."}],
    )
    ritual.refresh_from_db()
    assert ritual.next_on == day(90)
    assert held.decisions[0] == {"text": "Anchors first.", "segments": ["anchors"], "request": None}
    assert list(sessions_about("anchors")) == [held]
    with pytest.raises(NotReady):
        services.hold_ritual(actor=grocer.owner, ritual_id=ritual.pk, on=day(), notes="Again.")
    with pytest.raises(InvalidUpkeep):
        services.hold_ritual(actor=grocer.owner, ritual_id=ritual.pk, on=day(1), notes="Tomorrow.")
    with pytest.raises(NotAllowed):
        services.hold_ritual(actor=grocer.viewer, ritual_id=ritual.pk, on=day(-1), notes="Me.")


def test_hold__a_recalibration__asks_for_a_run_of_its_branch(grocer: SimpleNamespace) -> None:
    ritual = plan(grocer, type_="recalibration", branch="anchors", next_on=day())
    held = services.hold_ritual(actor=grocer.owner, ritual_id=ritual.pk, on=day(), notes="Done.")
    run = Run.objects.get(pk=held.run_id)
    assert run.segment_keys == ["anchors"]


@pytest.mark.parametrize(
    "wrong", [{"segments": ["nothing"]}, {"text": ""}, {"request": 999_999}, {"request": "one"}, {"request": True}]
)
def test_hold__a_decision_about_nothing__is_refused(grocer: SimpleNamespace, wrong: dict[str, Any]) -> None:
    from common.errors import DomainError

    ritual = plan(grocer)
    with pytest.raises(DomainError):
        services.hold_ritual(
            actor=grocer.owner, ritual_id=ritual.pk, on=day(), notes="So.", decisions=[{"text": "We do.", **wrong}]
        )
    assert not Occurrence.objects.exists()


def test_plan__wrong_type_cadence_person_or_branch__is_refused(grocer: SimpleNamespace) -> None:
    from common.errors import DomainError

    for wrong in ({"type_": "party"}, {"every_days": 0}, {"owner": "nobody"}, {"branch": "nothing"}, {"name": ""}):
        with pytest.raises(DomainError):
            plan(grocer, **wrong)
    for name in ("viewer", "rep", "learner", "auditor"):
        with pytest.raises(NotAllowed):
            plan(grocer, actor=getattr(grocer, name))
    assert plan(grocer, actor=grocer.sales_member).pk


def test_change_and_end__by_who_keeps_it__and_nobody_else(grocer: SimpleNamespace) -> None:
    ritual = plan(grocer)
    with pytest.raises(NotAllowed):
        plan(grocer, actor=grocer.sales_member, ritual_id=ritual.pk)
    assert plan(grocer, ritual_id=ritual.pk, name="Another").name == "Another"
    services.end_ritual(actor=grocer.steward, ritual_id=ritual.pk)
    with pytest.raises(NotReady):
        services.hold_ritual(actor=grocer.owner, ritual_id=ritual.pk, on=day(), notes="So.")
    assert [each for each in calendar_for(viewer=grocer.viewer) if each.type != "review"] == []


def test_session__two_teams__is_planned_held_once_and_linked(grocer: SimpleNamespace) -> None:
    with pytest.raises(InvalidUpkeep):
        services.plan_session(actor=grocer.owner, title="Alone", on=day(3), teams=["Sales"], topics="Us.")
    made = services.plan_session(
        actor=grocer.owner,
        title="Spring",
        on=day(3),
        teams=["Sales", "Product"],
        topics="What comes first.",
        attendees=["sales_member"],
        segments=["occasional"],
    )
    assert Notification.objects.filter(person=grocer.sales_member, key=f"session:{made.pk}:planned").exists()
    decided = [{"text": "Anchors.", "segments": ["anchors"]}]
    held = services.hold_session(actor=grocer.sales_member, occurrence_id=made.pk, notes="Good.", decisions=decided)
    assert held.segments == ["occasional", "anchors"]
    with pytest.raises(NotReady):
        services.hold_session(actor=grocer.owner, occurrence_id=made.pk, notes="Again.")


def test_remind__before_and_past__each_once_and_a_due_recalibration_runs_once(grocer: SimpleNamespace) -> None:
    ritual = plan(grocer, next_on=day(2))
    assert (services.remind_of_rituals(), services.remind_of_rituals()) == (1, 0)
    told = Notification.objects.filter(about=f"ritual:{ritual.pk}")
    assert set(told.values_list("person__username", flat=True)) == {"owner", "sales_member", "steward"}
    due = plan(grocer, type_="recalibration", next_on=day(-1))
    runs = Run.objects.count()
    assert (services.remind_of_rituals(), services.remind_of_rituals()) == (3, 0)
    assert Run.objects.count() == runs + 1
    assert told.model.objects.filter(about=f"ritual:{due.pk}", key__endswith="past").count() == 1


def test_decisions__as_people_write_them__name_segments_and_requests() -> None:
    assert read_decisions(["[anchors] first, see #12", "Less mail"]) == [
        {"text": "[anchors] first, see #12", "segments": ["anchors"], "request": 12},
        {"text": "Less mail", "segments": [], "request": None},
    ]


def test_pages_and_api__a_ritual_and_a_session__from_plan_to_decisions(
    grocer: SimpleNamespace, client_of: Any, api_of: Any
) -> None:
    client = client_of(grocer.owner)
    asked = {
        "type_": "alignment", "name": "Hand-over round", "meeting": "Round table", "every_days": "14",
        "next_on": day(1).isoformat(), "owner": "owner", "attendees": ["steward"], "agenda": "", "branch": "",
    }  # fmt: skip
    assert client.post("/stewardship/rituals/new/", {**asked, "every_days": "0"}).status_code == 422
    assert client.post("/stewardship/rituals/new/", asked).status_code == 302
    ritual = Ritual.objects.get()
    page = f"/stewardship/rituals/{ritual.pk}/"
    assert client.post(f"{page}edit/", {**asked, "name": "Round"}).status_code == 302
    assert client.post(page, {"on": day().isoformat(), "notes": "Came.", "decisions": "[nothing] x"}).status_code == 422
    held = client.post(page, {"on": day().isoformat(), "notes": "Came.", "decisions": "[anchors] first"})
    assert held.status_code == 302
    assert "[anchors] first" in client.get(held.url).content.decode()
    assert "Round" in client.get("/stewardship/calendar/?type=alignment").content.decode()
    planned = {
        "title": "Spring", "on": day(5).isoformat(), "teams": "Sales\nProduct", "topics": "All",
        "attendees": ["steward"], "segments": "anchors",
    }  # fmt: skip
    made = client.post("/stewardship/sessions/new/", planned)
    assert made.status_code == 302
    assert client.post(made.url, {"notes": "Good.", "decisions": ""}).status_code == 302
    assert client_of(grocer.viewer).post(made.url, {"notes": "x"}).status_code == 403
    assert client.post(f"{page}end/").status_code == 302
    program = api_of(grocer.viewer)
    assert [each["name"] for each in program.get("/api/v1/stewardship/rituals/").json()["results"]] == ["Round"]
    sessions = program.get("/api/v1/stewardship/sessions/").json()["results"]
    assert [each["title"] for each in sessions] == ["Spring", "Round"]
    kinds = {each["type"] for each in program.get("/api/v1/stewardship/calendar/").json()["results"]}
    assert kinds >= {"alignment", "planning"}
