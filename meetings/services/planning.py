"""Plans meetings: series, single meetings, and the agenda from what the board has to decide."""

import uuid
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import available_timezones

from django.db import transaction
from django.db.models import Max
from django.urls import reverse

from common import correlation
from common.actors import SYSTEM
from common.clock import now
from common.errors import Invalid
from common.texts import clean_text
from ledger.services import announce
from meetings.choices import Cadence, Lane, MeetingState
from meetings.errors import MeetingUnknown
from meetings.events import AgendaDrawn, MeetingCancelled, MeetingPlanned, SeriesChanged
from meetings.measures import dates_between
from meetings.models import Item, Meeting, Series
from meetings.policies import MeetingPolicy
from meetings.services.locking import is_over, locked_meeting, touched
from meetings.states import next_meeting_state
from notifications.choices import Kind
from notifications.services import notify, tell_rooms
from reviews.selectors import board_for
from reviews.selectors.attention import members_of
from reviews.selectors.in_meetings import open_rows_of

AHEAD = timedelta(days=14)
MINUTES_BY_RISK = (2, 5, 10, 20)


@transaction.atomic
def begin_series(
    *,
    actor: Any,
    board_key: str,
    name: str,
    cadence: str,
    first_at: datetime,
    zone: str = "UTC",
    minutes: int = 60,
    place: str = "",
) -> Series:
    """Afterwards the board meets as told; its meetings are planned two weeks ahead.

    Refuses: BoardUnknown, NotAllowed, Invalid. Announces: SeriesChanged.
    """
    board = board_for(viewer=actor, key=board_key)
    MeetingPolicy().require(actor, "hold", board)
    if cadence not in Cadence.values:
        raise Invalid("Choose how often the board meets.", code="unknown_choice", pointer="/cadence")
    if zone not in available_timezones():
        raise Invalid("Give a time zone such as Europe/Berlin.", code="unknown_choice", pointer="/zone")
    if not 5 <= minutes <= 600:
        raise Invalid("A meeting takes between 5 and 600 minutes.", code="out_of_range", pointer="/minutes")
    _refuse_odd_day(first_at, "/first_at")
    series = Series.objects.create(
        board_id=board.pk,
        name=clean_text(name, pointer="/name", max_length=120),
        cadence=cadence,
        first_at=first_at,
        zone=zone,
        minutes=minutes,
        place=clean_text(place, pointer="/place", max_length=200, required=False),
        set_by=actor,
        created_at=now(),
    )
    announce(SeriesChanged(series_id=series.pk, board_key=board.key, change="began"), actor=actor)
    return series


@transaction.atomic
def end_series(*, actor: Any, series_id: int) -> Series:
    """Afterwards no further meeting of the series is planned; those that are planned stay.

    Refuses: MeetingUnknown, NotAllowed. Announces: SeriesChanged.
    """
    series = MeetingPolicy().visible_series(actor).select_for_update(of=("self",)).filter(pk=series_id).first()
    if series is None:
        raise MeetingUnknown("There is no such series.")
    MeetingPolicy().require(actor, "hold", series.board)
    series.ended_at = now()
    series.save(update_fields=["ended_at"])
    announce(SeriesChanged(series_id=series.pk, board_key=series.board.key, change="ended"), actor=actor)
    return series


@transaction.atomic
def plan_meeting(
    *, actor: Any, board_key: str, title: str, starts_at: datetime, minutes: int = 60, place: str = ""
) -> Meeting:
    """Afterwards the meeting is planned, its agenda drawn, and the board's members are told.

    Refuses: BoardUnknown, NotAllowed, Invalid. Announces: MeetingPlanned.
    """
    board = board_for(viewer=actor, key=board_key)
    MeetingPolicy().require(actor, "hold", board)
    if not 5 <= minutes <= 600:
        raise Invalid("A meeting takes between 5 and 600 minutes.", code="out_of_range", pointer="/minutes")
    _refuse_odd_day(starts_at, "/starts_at")
    words = clean_text(title, pointer="/title", max_length=120)
    where = clean_text(place, pointer="/place", max_length=200, required=False)
    return _planned(actor, board, words, starts_at, minutes, where)


def _refuse_odd_day(moment: datetime, pointer: str) -> None:
    """Far beyond these years dates cannot be reckoned with."""
    if not 1990 <= moment.year <= 2200:
        raise Invalid("Give a day between the years 1990 and 2200.", code="out_of_range", pointer=pointer)


def _planned(
    actor: Any, board: Any, title: str, starts_at: datetime, minutes: int, place: str, series: Series | None = None
) -> Meeting:
    meeting = Meeting.objects.create(
        series=series,
        board_id=board.pk,
        title=title,
        place=place,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=minutes),
        quorum=max(1, int(board.policy["quorum"])),
        planned_by=None if actor is SYSTEM else actor,
        correlation_id=uuid.uuid4(),
        created_at=now(),
    )
    added = _draw(meeting)
    url = reverse("meetings:meeting", args=[meeting.pk])
    key, words = f"meeting:{meeting.pk}", f"{board} meets on {starts_at:%d %B %Y, %H:%M} UTC: {title}"
    notify(to=members_of(board), kind=Kind.MEETING, title=words, url=url, about=key, key=f"{key}:planned")
    tell_rooms(board_key=board.key, kind=Kind.MEETING, title=words, url=url, key=f"{key}:planned")
    with correlation.bind(meeting.correlation_id):
        fact = MeetingPlanned(meeting_id=meeting.pk, board_key=board.key, starts_at=starts_at.isoformat(), items=added)
        announce(fact, actor=actor)
    return meeting


def draw_agenda(*, actor: Any, meeting_id: int) -> int:
    """Afterwards everything that the board has to decide stands on the agenda; what stood there stays in its place.

    Refuses: MeetingUnknown, NotAllowed, Conflict (the meeting is over). Announces: AgendaDrawn; returns how many came.
    """
    with locked_meeting(actor=actor, meeting_id=meeting_id) as meeting:
        if is_over(meeting):
            next_meeting_state(meeting.state, "open")
        added = _draw(meeting)
        touched(meeting)
        announce(AgendaDrawn(meeting_id=meeting.pk, board_key=meeting.board.key, added=added), actor=actor)
        return added


def _draw(meeting: Meeting) -> int:
    """Add what is open and not there yet: what surely moves nobody to the consent agenda, the rest by risk and age."""
    there = set(Item.objects.filter(meeting=meeting, request__isnull=False).values_list("request_id", flat=True))
    place = Item.objects.filter(meeting=meeting).aggregate(last=Max("place"))["last"] or 0
    rows = [row for row in open_rows_of(meeting.board_id) if row.request.pk not in there]
    Item.objects.bulk_create(
        Item(
            meeting=meeting,
            request_id=row.request.pk,
            title=row.request.title,
            lane=Lane.CONSENT if row.is_trivial else Lane.AGENDA,
            place=place + number,
            minutes=MINUTES_BY_RISK[row.risk.level],
        )
        for number, row in enumerate(rows, start=1)
    )
    return len(rows)


def cancel_meeting(*, actor: Any, meeting_id: int) -> Meeting:
    """Afterwards the meeting is not held, and its members are told.

    Refuses: MeetingUnknown, NotAllowed, Conflict (it began). Announces: MeetingCancelled.
    """
    with locked_meeting(actor=actor, meeting_id=meeting_id) as meeting:
        meeting.state = next_meeting_state(meeting.state, "cancel")
        meeting.save(update_fields=["state"])
        key, url = f"meeting:{meeting.pk}", reverse("meetings:meeting", args=[meeting.pk])
        to = members_of(meeting.board) - {actor.pk}
        notify(to=to, kind=Kind.MEETING, title=f"Cancelled: {meeting}", url=url, about=key, key=f"{key}:cancelled")
        announce(MeetingCancelled(meeting_id=meeting.pk, board_key=meeting.board.key), actor=actor)
        return meeting


def plan_coming() -> int:
    """Afterwards every meeting of an open series within the next two weeks is planned, and none of them twice.

    Refuses: nothing. Announces: MeetingPlanned for each; returns how many were planned now.
    """
    moment = now()
    planned = 0
    for number in Series.objects.filter(ended_at__isnull=True).order_by("pk").values_list("pk", flat=True):
        with transaction.atomic():
            series = Series.objects.select_for_update(of=("self",)).select_related("board").get(pk=number)
            if series.ended_at is not None:
                continue
            for at in dates_between(series.first_at, series.cadence, series.zone, moment, moment + AHEAD):
                if not Meeting.objects.filter(series=series, starts_at=at).exists():
                    _planned(SYSTEM, series.board, series.name, at, series.minutes, series.place, series)
                    planned += 1
    return planned


def remind_of_meetings() -> int:
    """Afterwards the members of each board that meets within a day were told once.

    Refuses: nothing. Announces: nothing; returns how many people were told now.
    """
    moment = now()
    soon = Meeting.objects.filter(
        state=MeetingState.PLANNED, starts_at__gt=moment, starts_at__lte=moment + timedelta(days=1)
    ).select_related("board")
    told = 0
    for meeting in soon:
        with transaction.atomic():
            told += notify(
                to=members_of(meeting.board),
                kind=Kind.MEETING,
                title=f"Soon: {meeting}, {meeting.starts_at:%d %B, %H:%M} UTC",
                url=reverse("meetings:meeting", args=[meeting.pk]),
                about=f"meeting:{meeting.pk}",
                key=f"meeting:{meeting.pk}:soon",
            )
    return told
