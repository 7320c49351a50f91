"""Who is in the room, and whether they are enough for one item."""

from dataclasses import dataclass

from meetings.choices import HERE
from meetings.models import Attendance, Item, Meeting
from reviews.selectors.in_meetings import aside_from


@dataclass(frozen=True)
class Room:
    """Who counts towards the quorum of one item: those who are here, without those who stand aside from it."""

    here: list[Attendance]
    aside: dict[int, str]
    needed: int

    @property
    def counted(self) -> int:
        return sum(row.person_id not in self.aside for row in self.here)

    @property
    def has_quorum(self) -> bool:
        return self.counted >= self.needed

    @property
    def not_counted(self) -> list[tuple[Attendance, str]]:
        """Those who are here and do not count, with the reason."""
        return [(row, self.aside[row.person_id]) for row in self.here if row.person_id in self.aside]


def room_for(meeting: Meeting, item: Item | None = None) -> Room:
    """The room as it stands for an item, or in general."""
    rows = Attendance.objects.filter(meeting=meeting, presence__in=HERE).select_related("person", "stands_for")
    aside = aside_from(item.request_id) if item is not None and item.request_id is not None else {}
    return Room(list(rows), aside, meeting.quorum)
