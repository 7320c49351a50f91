"""What is said and read about a request: votes, remarks, suggestions, assumptions, packs."""

from dataclasses import dataclass
from typing import ClassVar

from common.events import Event
from reviews.events.requests import OfRequest


@dataclass(frozen=True, kw_only=True)
class VoteCast(OfRequest):
    """A board member voted."""

    name: ClassVar[str] = "reviews.vote.cast"
    sentence: ClassVar[str] = "voted {verdict} for {function}{in_place} on request {request_id}"

    vote_id: int
    verdict: str
    function: str
    digest: str
    in_place: str = ""


@dataclass(frozen=True, kw_only=True)
class VoteVoided(OfRequest):
    """A vote stopped counting although the request is as it was: the seat that it was cast from is not the voter's."""

    name: ClassVar[str] = "reviews.vote.voided"
    sentence: ClassVar[str] = "voided the vote of {username} on request {request_id}: {cause}"

    vote_id: int
    username: str
    cause: str


@dataclass(frozen=True, kw_only=True)
class CommentAdded(OfRequest):
    """Somebody spoke in the conversation."""

    name: ClassVar[str] = "reviews.comment.added"
    sentence: ClassVar[str] = "commented on request {request_id}"

    comment_id: int


@dataclass(frozen=True, kw_only=True)
class SuggestionMade(OfRequest):
    """Somebody offered another wording of one part."""

    name: ClassVar[str] = "reviews.suggestion.made"
    sentence: ClassVar[str] = "suggested another {part} for request {request_id}"

    suggestion_id: int
    part: str


@dataclass(frozen=True, kw_only=True)
class SuggestionClosed(OfRequest):
    """A suggestion was taken, declined or taken back."""

    name: ClassVar[str] = "reviews.suggestion.closed"
    sentence: ClassVar[str] = "closed the suggestion of another {part} for request {request_id}: {outcome}"

    suggestion_id: int
    part: str
    outcome: str


@dataclass(frozen=True, kw_only=True)
class AttemptRefused(OfRequest):
    """Somebody tried what they may not."""

    name: ClassVar[str] = "reviews.attempt.refused"
    sentence: ClassVar[str] = "was refused to {attempt} request {request_id}: {cause}"

    attempt: str
    cause: str
    code: str


@dataclass(frozen=True, kw_only=True)
class AssumptionLeft(OfRequest):
    """What a change in force rests on was found outside its band; a review is open."""

    name: ClassVar[str] = "reviews.assumption.left"
    sentence: ClassVar[str] = "found that “{text}” (request {request_id}) no longer holds: {value}"

    assumption_id: int
    text: str
    value: float


@dataclass(frozen=True, kw_only=True)
class AssumptionReviewed(OfRequest):
    """Somebody looked at an assumption that no longer held."""

    name: ClassVar[str] = "reviews.assumption.reviewed"
    sentence: ClassVar[str] = "looked at “{text}” (request {request_id}), which no longer held: {note}"

    assumption_id: int
    text: str
    note: str


@dataclass(frozen=True, kw_only=True)
class EvidenceTaken(Event):
    """Somebody took the evidence pack of a request; `manifest` is the digest of what they were given."""

    name: ClassVar[str] = "reviews.evidence.taken"
    sentence: ClassVar[str] = "took the evidence of request {request_id}, revision {revision}: manifest {manifest}"
    object_type: ClassVar[str] = "evidence"

    request_id: int
    revision: int
    manifest: str

    @property
    def object_key(self) -> str:
        return str(self.request_id)
