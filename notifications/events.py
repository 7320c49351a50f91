"""What notifications announce: rooms that follow a board."""

from dataclasses import dataclass
from typing import ClassVar

from common.events import Event


@dataclass(frozen=True, kw_only=True)
class _OfBoard(Event):
    object_type: ClassVar[str] = "board"

    board_key: str
    room: str
    platform: str

    @property
    def object_key(self) -> str:
        return self.board_key


@dataclass(frozen=True, kw_only=True)
class RoomOpened(_OfBoard):
    """A room of another program follows a board from now on."""

    name: ClassVar[str] = "notifications.room.opened"
    sentence: ClassVar[str] = "let the {platform} room {room} follow the board {board_key}"

    kinds: list[str]


@dataclass(frozen=True, kw_only=True)
class RoomClosed(_OfBoard):
    """A room is told nothing any more."""

    name: ClassVar[str] = "notifications.room.closed"
    sentence: ClassVar[str] = "ended what the {platform} room {room} is told of the board {board_key}"
