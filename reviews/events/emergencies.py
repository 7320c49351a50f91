"""Break glass, the review that follows, and the way back."""

from dataclasses import dataclass
from typing import ClassVar

from reviews.events.requests import OfRequest


@dataclass(frozen=True, kw_only=True)
class EmergencyArmed(OfRequest):
    """Somebody is about to put a change into effect past its board."""

    name: ClassVar[str] = "reviews.emergency.armed"
    sentence: ClassVar[str] = "armed the way past the board for request {request_id}: {reason}"

    reason: str


@dataclass(frozen=True, kw_only=True)
class EmergencyUsed(OfRequest):
    """A change took effect past its board."""

    name: ClassVar[str] = "reviews.emergency.used"
    sentence: ClassVar[str] = "put request {request_id} into effect past its board, until {holds_until}: {reason}"

    reason: str
    holds_until: str


@dataclass(frozen=True, kw_only=True)
class RetroEscalated(OfRequest):
    """Nobody reviewed an emergency in time; the board above has to."""

    name: ClassVar[str] = "reviews.retro.escalated"
    sentence: ClassVar[str] = "handed the review of emergency request {request_id} to {reached}"

    reached: str
    level: int


@dataclass(frozen=True, kw_only=True)
class RetroHeld(OfRequest):
    """An emergency was reviewed."""

    name: ClassVar[str] = "reviews.retro.held"
    sentence: ClassVar[str] = "reviewed the emergency of request {request_id}: {verdict}"

    verdict: str


@dataclass(frozen=True, kw_only=True)
class RollbackOwed(OfRequest):
    """The way back of an emergency was put before the board, or could not be."""

    name: ClassVar[str] = "reviews.rollback.owed"
    sentence: ClassVar[str] = "{words} the way back of emergency request {request_id}"

    words: str
    rollback_id: int | None
