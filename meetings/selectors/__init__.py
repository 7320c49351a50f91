"""Reading meetings, minutes and the calendar."""

from meetings.selectors.minutes import minutes_of
from meetings.selectors.presence import Room, room_for
from meetings.selectors.reading import (
    ItemView,
    MeetingView,
    meeting_for,
    meetings_for,
    series_for,
    view_of,
)

__all__ = [
    "ItemView",
    "MeetingView",
    "Room",
    "meeting_for",
    "meetings_for",
    "minutes_of",
    "room_for",
    "series_for",
    "view_of",
]
