"""Locks the meeting that a decision is about."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import transaction

from common import correlation
from common.actors import SYSTEM
from meetings.choices import MeetingState
from meetings.errors import AgendaMoved, ItemUnknown, MeetingUnknown
from meetings.models import Item, Meeting
from meetings.policies import MeetingPolicy


@contextmanager
def locked_meeting(*, actor: Any, meeting_id: int, action: str = "hold", seen: int | None = None) -> Iterator[Meeting]:
    """One transaction that holds the meeting's row, within the meeting's own story.

    Refuses: MeetingUnknown, NotAllowed, AgendaMoved (`seen` is the version that the person looked at).
    """
    with transaction.atomic():
        rows = Meeting.objects.all() if actor is SYSTEM else MeetingPolicy().visible(actor)
        if not rows.filter(pk=meeting_id).exists():
            raise MeetingUnknown(f"There is no meeting {meeting_id}.")
        meeting = Meeting.objects.select_for_update(of=("self",)).select_related("board").get(pk=meeting_id)
        if actor is not SYSTEM:
            MeetingPolicy().require(actor, action, meeting.board)
        if seen is not None and seen != meeting.version:
            raise AgendaMoved("Somebody else changed the agenda meanwhile. Look at it as it is now, then go on.")
        with correlation.bind(meeting.correlation_id):
            yield meeting


def item_in(meeting: Meeting, item_id: int) -> Item:
    """The item of the meeting's agenda."""
    found = Item.objects.filter(meeting=meeting, pk=item_id).select_related("request").first()
    if found is None:
        raise ItemUnknown("The agenda has no such item.")
    return found


def touched(meeting: Meeting) -> Meeting:
    """Write a new version of the meeting, so that other tabs learn that they look at an old one."""
    meeting.version += 1
    meeting.save(update_fields=["version"])
    return meeting


def is_over(meeting: Meeting) -> bool:
    """Whether nothing of the meeting changes any more."""
    return meeting.state in (MeetingState.CLOSED, MeetingState.CANCELLED)
