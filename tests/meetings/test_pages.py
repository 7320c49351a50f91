"""The pages of meetings and the calendar, and the files for one's own."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from common.clock import now
from meetings.content import Appointment, calendar_file
from meetings.models import Item, Meeting
from meetings.selectors.calendar import Entry, span_of, weeks_of
from reviews.models import Vote
from tests.meetings.conftest import item_of


def test_calendar_file__with_odd_texts__is_escaped_folded_and_whole() -> None:
    at = datetime(2026, 3, 4, 9, tzinfo=UTC)
    title = "Board; of, all\r\nBEGIN:VALARM \\ " + "ü" * 60
    text = calendar_file([Appointment("m-1", title, at, at + timedelta(hours=1), "Room\n1", "https://x/\r\nX:1")], at)
    lines = text.split("\r\n")
    assert all(len(line.encode()) <= 75 for line in lines)
    assert text.count("BEGIN:") == 3 and "\r\nBEGIN:VALARM" not in text and "\r\nX:1" not in text
    unfolded = text.replace("\r\n ", "")
    assert "SUMMARY:Board\\; of\\, all\\nBEGIN:VALARM \\\\ " + "ü" * 60 in unfolded
    assert "DTSTART:20260304T090000Z" in text and "DTEND:20260304T100000Z" in text


def test_weeks__of_a_month__show_what_lasts_on_each_of_its_days() -> None:
    start = datetime(2026, 3, 30, 12, tzinfo=UTC)
    entry = Entry("blackout", "Easter", "/", start, start + timedelta(days=2))
    month = start.date().replace(day=1)
    weeks = weeks_of(month, [entry])
    assert all(len(week) == 7 for week in weeks) and weeks[0][0].on.weekday() == 0
    assert [day.on.day for week in weeks for day in week if day.entries] == [30, 31, 1]
    assert span_of(month) == (weeks[0][0].on, weeks[-1][-1].on + timedelta(days=1))


@pytest.mark.django_db
def test_meeting__from_plan_to_minutes__is_held_by_its_pages(stage: SimpleNamespace, client_of: Any) -> None:
    chair, sales = client_of(stage.marketing_member), client_of(stage.sales_member)
    one = f"/meetings/{stage.meeting.pk}"
    assert "March" in chair.get("/meetings/").content.decode()
    pack = chair.get(f"{one}/pack/").content.decode()
    assert "What changes" in pack and "Missing to decide" in pack and "It is time." in pack
    assert client_of(stage.viewer).post(f"{one}/open/").status_code == 403
    chair.post(f"{one}/open/")
    for browser in (chair, sales):
        browser.post(f"{one}/place/", {"presence": "present"})
    confirm = {"pick": f"{item_of(stage.words).pk}:{stage.words.digest}"}
    for browser in (chair, sales):
        page = browser.post(f"{one}/consent/", confirm).content.decode()
        assert "Your approval was taken" in page
    version = str(Meeting.objects.get().version)
    chair.post(f"{one}/items/{item_of(stage.rule).pk}/move/", {"move": "take_up", "seen": version})
    state = sales.get(f"{one}/state/?seen={version}").content.decode()
    assert "Under discussion" in state and "The agenda moved on" in state
    vote = f"{one}/items/{item_of(stage.rule).pk}/vote/"
    refused = sales.post(vote, {"verdict": "reject", "digest": stage.rule.digest, "reason": ""})
    assert refused.status_code == 422 and "Say why" in refused.content.decode()
    sales.post(vote, {"verdict": "reject", "digest": stage.rule.digest, "reason": "It lets in everybody."})
    assert Vote.objects.filter(verdict="reject").count() == 1
    chair.post(f"{one}/items/", {"title": "The campaign", "minutes": "5"})
    chair.post(f"{one}/items/{Item.objects.get(title='The campaign').pk}/note/", {"text": "Later."})
    chair.post(f"{one}/close/", {"seen": str(Meeting.objects.get().version)})
    minutes = client_of(stage.viewer).get(f"{one}/minutes/").content.decode()
    assert "Frozen" in minutes and "It lets in everybody." in minutes and Meeting.objects.get().digest in minutes
    assert client_of(stage.stranger).get(f"{one}/minutes/").status_code == 404


@pytest.mark.django_db
def test_planning__on_the_pages__makes_a_meeting_and_a_series(grocer: SimpleNamespace, client_of: Any) -> None:
    browser = client_of(grocer.sales_member)
    given = {"board_key": "board", "on": "2026-07-01T10:00", "zone": "Europe/Berlin", "minutes": "45", "place": "Attic"}
    assert browser.post("/meetings/plan/", {**given, "title": "July"}).status_code == 302
    meeting = Meeting.objects.get()
    assert meeting.starts_at == datetime(2026, 7, 1, 8, tzinfo=UTC)
    assert browser.post("/meetings/series/", {**given, "name": "Weekly", "cadence": "weekly"}).status_code == 302
    assert browser.post("/meetings/plan/", {**given, "title": ""}).status_code == 422
    assert client_of(grocer.viewer).post("/meetings/plan/", {**given, "title": "No"}).status_code in (403, 422)
    assert Meeting.objects.count() == 1
    file = browser.get(f"/meetings/{meeting.pk}/meeting.ics")
    assert file["Content-Type"].startswith("text/calendar") and b"LOCATION:Attic" in file.content


@pytest.mark.django_db
def test_calendar__of_a_month__shows_meetings_as_month_list_and_file(stage: SimpleNamespace, client_of: Any) -> None:
    browser = client_of(stage.viewer)
    month = (now() + timedelta(days=2)).strftime("%Y-%m")
    for query in (f"?month={month}", f"?month={month}&view=list", f"?month={month}&kind=meeting"):
        assert "Segmentation board: March" in browser.get(f"/calendar/{query}").content.decode()
    for odd in ("?month=9999-99", "?month=0001-01", "?month=x&kind=y"):
        assert browser.get(f"/calendar/{odd}").status_code == 200
    assert b"March" in browser.get("/calendar/portal.ics").content
    assert b"March" not in client_of(stage.stranger).get("/calendar/portal.ics").content
