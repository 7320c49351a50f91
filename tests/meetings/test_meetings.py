"""Meetings of boards: agenda, places, quorum, votes in the room, minutes that equal the ledger."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from common.clock import now
from common.digests import digest_of
from common.errors import Conflict, Invalid, NotAllowed
from ledger.models import Entry
from meetings.choices import ItemState, Lane, MeetingState
from meetings.errors import AgendaMoved, NoQuorum, NotInRoom
from meetings.measures import dates_between, timer_in_words
from meetings.models import Attendance, Item, Meeting
from meetings.selectors import minutes_of, view_of
from meetings.services.agenda import add_item, add_note, move_item
from meetings.services.holding import close_meeting, open_meeting, take_place
from meetings.services.planning import (
    begin_series,
    cancel_meeting,
    draw_agenda,
    plan_coming,
    plan_meeting,
    remind_of_meetings,
)
from meetings.services.voting import approve_consent, vote_in_meeting
from meetings.states import ITEM_MOVES, MEETING_MOVES, next_item_state, next_meeting_state
from notifications.models import Notification
from reviews.errors import ChangedSinceOpened
from reviews.models import ChangeRequest, Vote
from tests.meetings.conftest import item_of, proposed

pytestmark = pytest.mark.django_db


def cast(
    stage: SimpleNamespace, person: Any, request: ChangeRequest, verdict: str = "approve", reason: str = ""
) -> Item:
    digest = ChangeRequest.objects.get(pk=request.pk).digest
    return vote_in_meeting(
        actor=person,
        meeting_id=stage.meeting.pk,
        item_id=item_of(request).pk,
        verdict=verdict,
        reason=reason,
        digest=digest,
    )


def move(stage: SimpleNamespace, request: ChangeRequest, name: str, **given: Any) -> Item:
    return move_item(
        actor=stage.marketing_member, meeting_id=stage.meeting.pk, item_id=item_of(request).pk, move=name, **given
    )


@pytest.mark.parametrize(
    ("seconds", "words", "tone"),
    [
        (0, "10 min left of 10", "wait"),
        (8 * 60, "2 min left of 10", "warn"),
        (10 * 60, "0 min over its 10", "bad"),
        (13 * 60 + 5, "3 min over its 10", "bad"),
    ],
)
def test_timer__by_time_taken__has_word_and_shape(seconds: int, words: str, tone: str) -> None:
    found = timer_in_words(seconds, 10)
    assert (found.words, found.tone) == (words, tone)


def test_dates__through_summer_time__keep_the_hour_of_the_wall() -> None:
    first = datetime(2026, 3, 20, 9, tzinfo=UTC)
    found = dates_between(first, "weekly", "Europe/Berlin", first, first + timedelta(days=15))
    assert found == [
        first,
        datetime(2026, 3, 27, 9, tzinfo=UTC),
        datetime(2026, 4, 3, 8, tzinfo=UTC),
    ]
    assert dates_between(first, "weekly", "UTC", first + timedelta(days=700), first + timedelta(days=707))


def test_moves__that_the_tables_do_not_list__are_refused() -> None:
    for state in MeetingState.values:
        for name in ("open", "close", "cancel"):
            if (state, name) not in MEETING_MOVES:
                with pytest.raises(Conflict):
                    next_meeting_state(state, name)
    for state in ItemState.values:
        for name in ("take_up", "skip", "restore", "decide", "leave", "note"):
            if (state, name) not in ITEM_MOVES:
                with pytest.raises(Conflict):
                    next_item_state(state, name)


def test_agenda__of_what_is_open__puts_words_alone_on_consent_and_the_rest_by_risk(stage: SimpleNamespace) -> None:
    assert item_of(stage.words).lane == Lane.CONSENT
    assert item_of(stage.rule).lane == Lane.AGENDA
    assert Notification.objects.filter(kind="meeting").count() == 3
    late = proposed(stage.owner, "anchor-families", meaning="Families among the anchors.")
    assert draw_agenda(actor=stage.sales_member, meeting_id=stage.meeting.pk) == 1
    assert draw_agenda(actor=stage.sales_member, meeting_id=stage.meeting.pk) == 0
    assert item_of(late).lane == Lane.CONSENT
    for person in (stage.viewer, stage.owner, stage.auditor):
        with pytest.raises(NotAllowed):
            draw_agenda(actor=person, meeting_id=stage.meeting.pk)


def test_items__moved_from_two_tabs__tell_the_second_that_the_agenda_moved(opened: SimpleNamespace) -> None:
    seen = Meeting.objects.get().version
    move(opened, opened.rule, "take_up", seen=seen)
    with pytest.raises(AgendaMoved):
        move(opened, opened.rule, "leave", seen=seen)
    assert item_of(opened.rule).state == ItemState.DISCUSSED
    own = add_item(actor=opened.sales_member, meeting_id=opened.meeting.pk, title="The spring campaign")
    give = {"actor": opened.sales_member, "meeting_id": opened.meeting.pk, "item_id": own.pk}
    move_item(**give, move="take_up")
    assert item_of(opened.rule).state == ItemState.LEFT_OPEN
    move_item(**give, move="up")
    move_item(**give, move="note")
    with pytest.raises(Invalid):
        move(opened, opened.words, "skip")
    move(opened, opened.words, "skip", reason="Not ready")
    move(opened, opened.words, "restore")
    move(opened, opened.words, "object")
    assert item_of(opened.words).lane == Lane.AGENDA
    with pytest.raises(Conflict):
        move(opened, opened.words, "object")
    moves = Entry.objects.filter(event="meetings.item.moved").order_by("id").values_list("payload", flat=True)
    assert [payload["move"] for payload in moves] == [
        "take_up", "added", "leave", "take_up", "up", "note", "skip", "restore", "object",
    ]  # fmt: skip


def test_places__in_the_room__are_taken_by_oneself(opened: SimpleNamespace) -> None:
    give = {"meeting_id": opened.meeting.pk}
    with pytest.raises(NotAllowed):
        take_place(actor=opened.marketing_member, presence="present", username="finance_member", **give)
    with pytest.raises(NotAllowed):
        take_place(actor=opened.owner, presence="present", **give)
    with pytest.raises(Invalid):
        take_place(actor=opened.finance_member, presence="delegate", stands_for="sales_member", **give)
    take_place(actor=opened.marketing_member, presence="excused", username="finance_member", **give)
    take_place(actor=opened.marketing_member, presence="present", **give)
    assert Attendance.objects.count() == 3
    assert Entry.objects.filter(event="meetings.attendance.taken").count() == 3


def test_vote__out_of_order__is_refused(opened: SimpleNamespace) -> None:
    with pytest.raises(Conflict, match="under discussion"):
        cast(opened, opened.sales_member, opened.rule)
    move(opened, opened.rule, "take_up")
    with pytest.raises(NotInRoom):
        cast(opened, opened.finance_member, opened.rule)
    with pytest.raises(NotAllowed):
        cast(opened, opened.owner, opened.rule)
    give = {"meeting_id": opened.meeting.pk, "item_id": item_of(opened.rule).pk, "verdict": "approve"}
    with pytest.raises(ChangedSinceOpened):
        vote_in_meeting(actor=opened.sales_member, digest="0" * 64, **give)
    assert Vote.objects.count() == 0


def test_vote__without_quorum__completes_nothing(opened: SimpleNamespace) -> None:
    move(opened, opened.rule, "take_up")
    cast(opened, opened.marketing_member, opened.rule)
    take_place(actor=opened.marketing_member, meeting_id=opened.meeting.pk, presence="absent")
    with pytest.raises(NoQuorum):
        cast(opened, opened.sales_member, opened.rule)
    opened.rule.refresh_from_db()
    assert opened.rule.state == "in_review"
    assert item_of(opened.rule).state == ItemState.DISCUSSED
    take_place(actor=opened.finance_member, meeting_id=opened.meeting.pk, presence="present")
    cast(opened, opened.sales_member, opened.rule)
    assert item_of(opened.rule).state == ItemState.DECIDED


def test_quorum__with_somebody_who_wrote_the_item__does_not_count_them(opened: SimpleNamespace) -> None:
    own = proposed(opened.sales_member, "households", rule="spend_365d IS NOT NULL")
    draw_agenda(actor=opened.marketing_member, meeting_id=opened.meeting.pk)
    move(opened, own, "take_up")
    view = view_of(viewer=opened.marketing_member, meeting=opened.meeting)
    assert (view.room.counted, view.room.needed) == (1, 2)
    assert [str(row.person) for row, _ in view.room.not_counted] == ["Sal Sands"]
    with pytest.raises(NoQuorum):
        cast(opened, opened.marketing_member, own)


def test_consent_agenda__confirmed_by_each__casts_their_own_votes(opened: SimpleNamespace) -> None:
    item, digest = item_of(opened.words), opened.words.digest
    give = {"meeting_id": opened.meeting.pk}
    rule = (item_of(opened.rule).pk, opened.rule.digest)
    first = approve_consent(actor=opened.marketing_member, picks=[(item.pk, digest), rule], **give)
    assert [each.is_taken for each in first] == [True, False]
    (second,) = approve_consent(actor=opened.sales_member, picks=[(item.pk, digest)], **give)
    assert second.is_taken and second.words.endswith("it is applied now.")
    assert item_of(opened.words).state == ItemState.DECIDED
    assert set(Vote.objects.values_list("meeting_id", flat=True)) == {opened.meeting.pk}
    with pytest.raises(Invalid):
        approve_consent(actor=opened.sales_member, picks=[], **give)


def test_minutes__of_a_meeting__equal_the_ledger_and_are_frozen(opened: SimpleNamespace) -> None:
    give = {"meeting_id": opened.meeting.pk}
    for person in (opened.marketing_member, opened.sales_member):
        approve_consent(actor=person, picks=[(item_of(opened.words).pk, opened.words.digest)], **give)
    move(opened, opened.rule, "take_up")
    add_note(actor=opened.sales_member, item_id=item_of(opened.rule).pk, text="Too wide\nfor the north.", **give)
    add_note(actor=opened.marketing_member, item_id=item_of(opened.rule).pk, text="Agreed.", **give)
    cast(opened, opened.sales_member, opened.rule, "reject", "It lets in everybody.")
    closed = close_meeting(actor=opened.marketing_member, **give)

    written = closed.minutes
    said = {vote["entry"]: vote for item in written["items"] for vote in item["votes"]}
    entries = {entry.pk: entry for entry in Entry.objects.filter(event="reviews.vote.cast")}
    assert said.keys() == entries.keys() and len(said) == 3
    for number, entry in entries.items():
        vote, payload = said[number], entry.payload
        assert (vote["vote"], vote["verdict"], vote["function"], vote["digest"], vote["username"]) == (
            payload["vote_id"],
            payload["verdict"],
            payload["function"],
            payload["digest"],
            entry.actor_name,
        )
    outcomes = {item["request"]: item["outcome"]["event"] for item in written["items"]}
    assert outcomes == {opened.words.pk: "reviews.request.applied", opened.rule.pk: "reviews.request.rejected"}
    rule = next(item for item in written["items"] if item["request"] == opened.rule.pk)
    assert [vote["reason"] for vote in rule["dissent"]] == ["It lets in everybody."]
    assert "Sal Sands: Too wide" in rule["notes"] and "Mark Marsh: Agreed." in rule["notes"]
    assert [(each["entry"], each["event"]) for each in written["entries"]] == list(
        Entry.objects.filter(object_type="meeting").exclude(event="meetings.meeting.closed").order_by("id")
        .values_list("id", "event")
    )  # fmt: skip
    assert closed.digest == digest_of(written) == Entry.objects.get(event="meetings.meeting.closed").payload["digest"]

    for rows, change in (
        (Meeting.objects.all(), {"title": "Another"}),
        (Item.objects.all(), {"notes": "Nothing"}),
        (Attendance.objects.all(), {"presence": "absent"}),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.update(**change)
    with pytest.raises(Conflict):
        close_meeting(actor=opened.marketing_member, **give)
    with pytest.raises(AgendaMoved):
        add_item(actor=opened.marketing_member, title="Too late", **give)


def test_votes__outside_the_room__are_no_votes_of_the_meeting(opened: SimpleNamespace) -> None:
    from tests.reviews.conftest import vote

    vote(opened.sales_member, opened.rule, "reject", "No.")
    written = minutes_of(Meeting.objects.get())
    assert all(not item["votes"] and item["outcome"] is None for item in written["items"])


def test_meetings__of_one_board__are_open_one_at_a_time_and_cancelled_before(stage: SimpleNamespace) -> None:
    other = plan_meeting(
        actor=stage.sales_member, board_key="board", title="April", starts_at=now() + timedelta(days=30)
    )
    open_meeting(actor=stage.marketing_member, meeting_id=stage.meeting.pk)
    for number in (stage.meeting.pk, other.pk):
        with pytest.raises(Conflict):
            open_meeting(actor=stage.sales_member, meeting_id=number)
    cancel_meeting(actor=stage.sales_member, meeting_id=other.pk)
    with pytest.raises(Conflict):
        cancel_meeting(actor=stage.sales_member, meeting_id=stage.meeting.pk)
    with pytest.raises(NotAllowed):
        close_meeting(actor=stage.viewer, meeting_id=stage.meeting.pk)


def test_series__planned_twice__plans_each_meeting_once_and_reminds_once(grocer: SimpleNamespace) -> None:
    begin_series(
        actor=grocer.marketing_member,
        board_key="board",
        name="Weekly",
        cadence="weekly",
        first_at=now() + timedelta(hours=20),
    )
    assert (plan_coming(), plan_coming()) == (2, 0)
    assert (remind_of_meetings(), remind_of_meetings()) == (3, 0)
    assert Entry.objects.filter(event="meetings.meeting.planned").count() == 2
    for wrong in ({"cadence": "hourly"}, {"zone": "Mars"}, {"minutes": 0}):
        given = {"cadence": "weekly", "zone": "UTC", "minutes": 30, **wrong}
        with pytest.raises(Invalid):
            begin_series(actor=grocer.marketing_member, board_key="board", name="x", first_at=now(), **given)
