"""What meetings announce; the minutes are written from these facts and those of the votes."""

from dataclasses import dataclass
from typing import ClassVar

from common.events import Event


@dataclass(frozen=True, kw_only=True)
class _OfMeeting(Event):
    object_type: ClassVar[str] = "meeting"

    meeting_id: int
    board_key: str

    @property
    def object_key(self) -> str:
        return str(self.meeting_id)


@dataclass(frozen=True, kw_only=True)
class SeriesChanged(Event):
    """A board's habit of meeting was set up or ended."""

    object_type: ClassVar[str] = "board"
    name: ClassVar[str] = "meetings.series.changed"
    sentence: ClassVar[str] = "{change} the series of meetings {series_id} of the board {board_key}"

    series_id: int
    board_key: str
    change: str

    @property
    def object_key(self) -> str:
        return self.board_key


@dataclass(frozen=True, kw_only=True)
class MeetingPlanned(_OfMeeting):
    """A meeting was planned, and its agenda drawn."""

    name: ClassVar[str] = "meetings.meeting.planned"
    sentence: ClassVar[str] = "planned meeting {meeting_id} of the board {board_key} for {starts_at}: {items} items"

    starts_at: str
    items: int


@dataclass(frozen=True, kw_only=True)
class MeetingOpened(_OfMeeting):
    """A meeting began."""

    name: ClassVar[str] = "meetings.meeting.opened"
    sentence: ClassVar[str] = "opened meeting {meeting_id} of the board {board_key}; {quorum} must be present"

    quorum: int


@dataclass(frozen=True, kw_only=True)
class MeetingCancelled(_OfMeeting):
    """A meeting will not be held."""

    name: ClassVar[str] = "meetings.meeting.cancelled"
    sentence: ClassVar[str] = "cancelled meeting {meeting_id} of the board {board_key}"


@dataclass(frozen=True, kw_only=True)
class MeetingClosed(_OfMeeting):
    """A meeting ended; its minutes are frozen."""

    name: ClassVar[str] = "meetings.meeting.closed"
    sentence: ClassVar[str] = "closed meeting {meeting_id} of the board {board_key} with minutes {digest}"

    digest: str
    decided: int


@dataclass(frozen=True, kw_only=True)
class AttendanceTaken(_OfMeeting):
    """Somebody came, came for another, was excused or left."""

    name: ClassVar[str] = "meetings.attendance.taken"
    sentence: ClassVar[str] = "entered {username} as {presence} in meeting {meeting_id}"

    username: str
    presence: str
    stands_for: str


@dataclass(frozen=True, kw_only=True)
class AgendaDrawn(_OfMeeting):
    """What the board has to decide was put on the agenda anew."""

    name: ClassVar[str] = "meetings.agenda.drawn"
    sentence: ClassVar[str] = "drew the agenda of meeting {meeting_id}: {added} items added"

    added: int


@dataclass(frozen=True, kw_only=True)
class ItemMoved(_OfMeeting):
    """An item was added, taken up, skipped, restored, moved, decided, noted or left open."""

    name: ClassVar[str] = "meetings.item.moved"
    sentence: ClassVar[str] = "{move} item {item_id} of meeting {meeting_id}"

    item_id: int
    request_id: int | None
    move: str
    cause: str
