"""Boards, seats, lent seats and blackouts."""

from dataclasses import dataclass
from typing import ClassVar

from common.events import Event
from reviews.events.requests import OfRequest


@dataclass(frozen=True, kw_only=True)
class DelegationOffered(OfRequest):
    """Somebody who could decide has not been here since it was submitted: lending the seat was offered."""

    name: ClassVar[str] = "reviews.delegation.offered"
    sentence: ClassVar[str] = "offered to lend the seat of {username}, who has not seen request {request_id}"

    username: str


@dataclass(frozen=True, kw_only=True)
class _OfBoard(Event):
    object_type: ClassVar[str] = "board"

    board_key: str

    @property
    def object_key(self) -> str:
        return self.board_key


@dataclass(frozen=True, kw_only=True)
class BoardDefined(_OfBoard):
    """A board was set up or changed."""

    name: ClassVar[str] = "reviews.board.defined"
    sentence: ClassVar[str] = "{change} the board {board_key}, now in version {board_version}: quorum {quorum}"

    change: str
    board_version: int
    policy_version: int
    quorum: int


@dataclass(frozen=True, kw_only=True)
class SeatChanged(_OfBoard):
    """Somebody took, changed or left a seat."""

    name: ClassVar[str] = "reviews.seat.changed"
    sentence: ClassVar[str] = "{change} {username} for {function} in the board {board_key}"

    username: str
    function: str
    change: str


@dataclass(frozen=True, kw_only=True)
class _OfBlackout(Event):
    object_type: ClassVar[str] = "blackout"

    blackout_id: int
    blackout_name: str

    @property
    def object_key(self) -> str:
        return str(self.blackout_id)


@dataclass(frozen=True, kw_only=True)
class BlackoutAnnounced(_OfBlackout):
    """A time was announced in which nothing takes effect."""

    name: ClassVar[str] = "reviews.blackout.announced"
    sentence: ClassVar[str] = "announced the blackout “{blackout_name}” of {where} from {starts_at} to {ends_at}"

    where: str
    starts_at: str
    ends_at: str


@dataclass(frozen=True, kw_only=True)
class BlackoutCancelled(_OfBlackout):
    """A blackout was called off."""

    name: ClassVar[str] = "reviews.blackout.cancelled"
    sentence: ClassVar[str] = "cancelled the blackout “{blackout_name}”"


@dataclass(frozen=True, kw_only=True)
class SeatForced(_OfBoard):
    """The operator of the machine seated somebody past the board that decides about boards."""

    name: ClassVar[str] = "reviews.seat.forced"
    sentence: ClassVar[str] = (
        "seated {username} for {function} in the board {board_key} from the machine itself, past {governing}, "
        "which decides about boards"
    )

    username: str
    function: str
    governing: str


@dataclass(frozen=True, kw_only=True)
class SeatLent(_OfBoard):
    """A seat was lent to somebody for a time."""

    name: ClassVar[str] = "reviews.seat.lent"
    sentence: ClassVar[str] = (
        "lent the seat of {holder} for {function} in the board {board_key} to {username} until {until}"
    )

    delegation_id: int
    holder: str
    username: str
    function: str
    until: str


@dataclass(frozen=True, kw_only=True)
class SeatTakenBack(_OfBoard):
    """A seat that was lent is its holder's alone again."""

    name: ClassVar[str] = "reviews.seat.taken_back"
    sentence: ClassVar[str] = "took the seat of {holder} in the board {board_key} back from {username}"

    delegation_id: int
    holder: str
    username: str
    function: str
