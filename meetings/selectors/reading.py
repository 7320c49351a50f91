"""Meetings as their pages show them."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet

from meetings.choices import HERE, ItemState, Lane, MeetingState
from meetings.errors import MeetingUnknown
from meetings.measures import Timer, timer_in_words
from meetings.models import Attendance, Item, Meeting, Series
from meetings.policies import MeetingPolicy
from meetings.selectors.presence import Room, room_for
from meetings.selectors.timing import seconds_of
from reviews.selectors import standing
from reviews.selectors.at_work import InboxRow
from reviews.selectors.in_meetings import lenders_to, rows_about, seated_in, sits_or_stands_in, votes_in
from reviews.selectors.standing import eligibility


@dataclass(frozen=True)
class ItemView:
    """One item with its request as a row, its timer, and its place in its list."""

    item: Item
    row: InboxRow | None
    timer: Timer
    is_first: bool
    is_last: bool


@dataclass(frozen=True)
class MeetingView:
    """A meeting as one viewer sees it now."""

    meeting: Meeting
    consent: list[ItemView]
    agenda: list[ItemView]
    current: ItemView | None
    room: Room
    attendance: list[Attendance]
    absent: list[Any]
    mine: Attendance | None
    may_hold: bool
    may_sit: bool
    lenders: list[Any]
    voted: frozenset[int]

    @property
    def confirmable(self) -> list[ItemView]:
        """What stands on the consent agenda for this person to confirm."""
        return [
            each for each in self.consent if each.item.state == ItemState.PENDING and each.item.pk not in self.voted
        ]


def meetings_for(*, viewer: Any, state: str = "", board_key: str = "") -> QuerySet[Meeting]:
    """The meetings that the viewer may see, newest first, with `item_count` and `decided_count`; without minutes. In
    one state or of one board, where they are named."""
    rows = MeetingPolicy().visible(viewer)
    rows = rows.filter(state=state) if state else rows
    rows = rows.filter(board__key=board_key.replace("\x00", "")) if board_key else rows
    return (
        rows.select_related("board", "series")
        .defer("minutes")
        .annotate(item_count=Count("items"), decided_count=Count("items", filter=Q(items__state=ItemState.DECIDED)))
        .order_by("-starts_at", "-pk")
    )


def series_for(*, viewer: Any) -> QuerySet[Series]:
    """The series that go on."""
    return MeetingPolicy().visible_series(viewer).select_related("board")


def meeting_for(*, viewer: Any, meeting_id: int) -> Meeting:
    """The meeting of that number, as far as the viewer may see it."""
    rows = MeetingPolicy().visible(viewer).select_related("board", "chair", "series")
    found = rows.filter(pk=meeting_id).first()
    if found is None:
        raise MeetingUnknown(f"There is no meeting {meeting_id}.")
    return found


def view_of(*, viewer: Any, meeting: Meeting) -> MeetingView:
    """All that the page of a meeting shows."""
    items = list(Item.objects.filter(meeting=meeting).select_related("request__board", "request__author"))
    rows = rows_about([item.request_id for item in items if item.request_id is not None])
    consent = _views([item for item in items if item.lane == Lane.CONSENT], rows)
    agenda = _views([item for item in items if item.lane == Lane.AGENDA], rows)
    current = next((each for each in (*consent, *agenda) if each.item.state == ItemState.DISCUSSED), None)
    attendance = list(Attendance.objects.filter(meeting=meeting).select_related("person", "stands_for"))
    entered = {row.person_id for row in attendance}
    requests = {vote.request_id for vote in votes_in(meeting.pk) if vote.voter_id == viewer.pk and not vote.is_void}
    sits = sits_or_stands_in(viewer, meeting.board)
    return MeetingView(
        meeting=meeting,
        consent=consent,
        agenda=agenda,
        current=current,
        room=room_for(meeting, current.item if current else None),
        attendance=attendance,
        absent=[person for person in seated_in(meeting.board) if person.pk not in entered],
        mine=next((row for row in attendance if row.person_id == viewer.pk and row.presence in HERE), None),
        may_hold=MeetingPolicy().can(viewer, "hold", meeting.board)
        and meeting.state in (MeetingState.PLANNED, MeetingState.OPEN),
        may_sit=sits and meeting.state == MeetingState.OPEN,
        lenders=list(lenders_to(viewer, meeting.board_id).values()),
        voted=frozenset(item.pk for item in items if item.request_id in requests),
    )


def _views(items: list[Item], rows: dict[int, InboxRow]) -> list[ItemView]:
    return [
        ItemView(
            item=item,
            row=rows.get(item.request_id) if item.request_id is not None else None,
            timer=timer_in_words(seconds_of(item), item.minutes),
            is_first=number == 0,
            is_last=number == len(items) - 1,
        )
        for number, item in enumerate(items)
    ]


def box_of(viewer: Any, view: MeetingView) -> dict[str, Any]:
    """What the vote box of the item under discussion shows: what is missing, and whether the viewer may vote."""
    if view.current is None or view.current.row is None:
        return {}
    request = view.current.row.request
    found = eligibility(viewer, request)
    reason = found.reason
    if found.may_vote and view.mine is None:
        reason = "Take your place in the meeting to vote in it."
    elif found.may_vote and not view.room.has_quorum:
        reason = f"{view.room.counted} of {view.room.needed} are here for this item: no vote is taken in the room."
    return {"standing": standing(request), "reason": reason, "function": found.function, "request": request}
