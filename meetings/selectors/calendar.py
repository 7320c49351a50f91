"""The calendar: meetings, dates by which something is due or takes effect, and times in which nothing does."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.urls import reverse

from meetings.choices import MeetingState
from meetings.models import Meeting
from meetings.policies import MeetingPolicy
from reviews.selectors.calendar import entries as governance_entries

LOOKS = {
    "effective": ("Takes effect", "note"),
    "blackout": ("Blackout", "bad"),
    "due": ("Decision due", "warn"),
    "expiry": ("Expires", "quiet"),
    "meeting": ("Meeting", "wait"),
}


@dataclass(frozen=True)
class Entry:
    """One thing in the calendar: what, when, until when, where it leads."""

    kind: str
    title: str
    url: str
    starts_at: datetime
    ends_at: datetime | None = None
    place: str = ""
    key: str = ""

    @property
    def label(self) -> str:
        return LOOKS.get(self.kind, (self.kind.replace("_", " ").capitalize(), "quiet"))[0]

    @property
    def tone(self) -> str:
        return LOOKS.get(self.kind, ("", "quiet"))[1]

    def is_on(self, day: date) -> bool:
        """Whether it touches that day (UTC)."""
        last = (self.ends_at - timedelta(seconds=1)).date() if self.ends_at else self.starts_at.date()
        return self.starts_at.date() <= day <= max(last, self.starts_at.date())


def entries(viewer: Any, since: datetime, until: datetime) -> list[Entry]:
    """All that the viewer may see between the two instants, in order."""
    found = [_taken_over(each) for each in governance_entries(viewer, since, until)]
    meetings = MeetingPolicy().visible(viewer).exclude(state=MeetingState.CANCELLED).select_related("board")
    held = meetings.filter(starts_at__lt=until, ends_at__gt=since).defer("minutes")
    found += [_meeting(each) for each in held]
    return sorted(found, key=lambda entry: (entry.starts_at, entry.kind, entry.title))


def _meeting(meeting: Meeting) -> Entry:
    url, key = reverse("meetings:meeting", args=[meeting.pk]), f"meeting-{meeting.pk}"
    title = f"{meeting.board}: {meeting}"
    return Entry("meeting", title, url, meeting.starts_at, meeting.ends_at, meeting.place, key)


def _taken_over(given: Any) -> Entry:
    """What reviews tell, as an entry of the calendar."""
    key = f"{given.kind}-{given.url.strip('/').replace('/', '-')}-{given.at:%Y%m%d%H%M}"
    title = f"{given.title}: {given.note}" if given.note and given.kind == "effective" else given.title
    return Entry(given.kind, title, given.url, given.at, given.until, given.board, key)


@dataclass(frozen=True)
class Day:
    """One day of a month with what touches it."""

    on: date
    is_of_month: bool
    entries: Sequence[Entry]


def weeks_of(month: date, found: Sequence[Entry]) -> list[list[Day]]:
    """The weeks of a month from Monday, each day with its entries."""
    first = month.replace(day=1)
    start = first - timedelta(days=first.weekday())
    weeks: list[list[Day]] = []
    while start < _next_month(first):
        days = [start + timedelta(days=number) for number in range(7)]
        weeks.append([Day(day, day.month == first.month, [e for e in found if e.is_on(day)]) for day in days])
        start += timedelta(days=7)
    return weeks


def _next_month(first: date) -> date:
    return (first.replace(day=28) + timedelta(days=4)).replace(day=1)


def span_of(month: date) -> tuple[date, date]:
    """The first day that the month's page shows, and the day after its last."""
    first = month.replace(day=1)
    last = _next_month(first)
    return first - timedelta(days=first.weekday()), last + timedelta(days=(7 - last.weekday()) % 7)
