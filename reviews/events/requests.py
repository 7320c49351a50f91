"""The life of requests."""

from dataclasses import dataclass
from typing import ClassVar

from common.events import Event


@dataclass(frozen=True, kw_only=True)
class OfRequest(Event):
    object_type: ClassVar[str] = "request"

    request_id: int
    subject_type: str
    subject_key: str
    revision: int

    @property
    def object_key(self) -> str:
        return str(self.request_id)


@dataclass(frozen=True, kw_only=True)
class RequestCreated(OfRequest):
    """A draft was begun."""

    name: ClassVar[str] = "reviews.request.created"
    sentence: ClassVar[str] = "began request {request_id} to {kind} the {subject_type} {subject_key}"

    kind: str


@dataclass(frozen=True, kw_only=True)
class RequestEdited(OfRequest):
    """A request got a new revision; `voided` approvals or other votes no longer count."""

    name: ClassVar[str] = "reviews.request.edited"
    sentence: ClassVar[str] = "wrote revision {revision} of request {request_id} ({cause}); {voided} votes voided"

    cause: str
    voided: int


@dataclass(frozen=True, kw_only=True)
class RequestSubmitted(OfRequest):
    """A revision was put before the board."""

    name: ClassVar[str] = "reviews.request.submitted"
    sentence: ClassVar[str] = "submitted revision {revision} of request {request_id} to the board {board_key}"

    board_key: str
    digest: str


@dataclass(frozen=True, kw_only=True)
class RequestWithdrawn(OfRequest):
    """A request was taken back."""

    name: ClassVar[str] = "reviews.request.withdrawn"
    sentence: ClassVar[str] = "withdrew request {request_id}"


@dataclass(frozen=True, kw_only=True)
class RequestApproved(OfRequest):
    """The board's votes reached what its policy asks for."""

    name: ClassVar[str] = "reviews.request.approved"
    sentence: ClassVar[str] = "gave the deciding approval of request {request_id}"

    digest: str


@dataclass(frozen=True, kw_only=True)
class RequestRejected(OfRequest):
    """The board rejected the request; the live version stays."""

    name: ClassVar[str] = "reviews.request.rejected"
    sentence: ClassVar[str] = "rejected request {request_id}"


@dataclass(frozen=True, kw_only=True)
class RequestReturned(OfRequest):
    """A board member asked for changes."""

    name: ClassVar[str] = "reviews.request.returned"
    sentence: ClassVar[str] = "asked for changes to request {request_id}"


@dataclass(frozen=True, kw_only=True)
class RequestApplied(OfRequest):
    """The approved change took effect."""

    name: ClassVar[str] = "reviews.request.applied"
    sentence: ClassVar[str] = "put request {request_id} into effect as version {version_number} of {subject_key}"

    version_number: int


@dataclass(frozen=True, kw_only=True)
class RequestStaled(OfRequest):
    """The live version moved, or the content can no longer take effect."""

    name: ClassVar[str] = "reviews.request.staled"
    sentence: ClassVar[str] = "marked request {request_id} stale: {cause}"

    cause: str


@dataclass(frozen=True, kw_only=True)
class RequestRebased(OfRequest):
    """A request was brought up to date with the live version."""

    name: ClassVar[str] = "reviews.request.rebased"
    sentence: ClassVar[str] = "brought request {request_id} up to date with version {base_version}"

    base_version: int | None
    voided: int


@dataclass(frozen=True, kw_only=True)
class RequestExpired(OfRequest):
    """Nobody decided in time."""

    name: ClassVar[str] = "reviews.request.expired"
    sentence: ClassVar[str] = "let request {request_id} expire after {days} days in review"

    days: int


@dataclass(frozen=True, kw_only=True)
class RequestScheduled(OfRequest):
    """The moment at which a request is to take effect was set or lifted."""

    name: ClassVar[str] = "reviews.request.scheduled"
    sentence: ClassVar[str] = "set the effective date of request {request_id} to {effective_at}"

    effective_at: str
    voided: int


@dataclass(frozen=True, kw_only=True)
class RequestClaimed(OfRequest):
    """A board member says that they are looking at it."""

    name: ClassVar[str] = "reviews.request.claimed"
    sentence: ClassVar[str] = "is looking at request {request_id}"


@dataclass(frozen=True, kw_only=True)
class ClaimReleased(OfRequest):
    """A board member no longer looks at it."""

    name: ClassVar[str] = "reviews.claim.released"
    sentence: ClassVar[str] = "is no longer looking at request {request_id}"


@dataclass(frozen=True, kw_only=True)
class RequestReminded(OfRequest):
    """Those who can still decide were reminded, before the date (`before`) or after it (`after`)."""

    name: ClassVar[str] = "reviews.request.reminded"
    sentence: ClassVar[str] = "reminded the board of request {request_id}, {stage} its date {due_at}"

    stage: str
    due_at: str


@dataclass(frozen=True, kw_only=True)
class RequestEscalated(OfRequest):
    """Nobody decided in time: the board above was told. It does not decide."""

    name: ClassVar[str] = "reviews.request.escalated"
    sentence: ClassVar[str] = "told the board {board_key} that request {request_id} is overdue"

    board_key: str
    level: int
