"""What reviews announce: the life of boards, seats, requests and votes."""

from dataclasses import dataclass
from typing import ClassVar

from common.events import Event


@dataclass(frozen=True, kw_only=True)
class _OfRequest(Event):
    object_type: ClassVar[str] = "request"

    request_id: int
    subject_type: str
    subject_key: str
    revision: int

    @property
    def object_key(self) -> str:
        return str(self.request_id)


@dataclass(frozen=True, kw_only=True)
class RequestCreated(_OfRequest):
    """A draft was begun."""

    name: ClassVar[str] = "reviews.request.created"
    sentence: ClassVar[str] = "began request {request_id} to {kind} the {subject_type} {subject_key}"

    kind: str


@dataclass(frozen=True, kw_only=True)
class RequestEdited(_OfRequest):
    """A request got a new revision; `voided` approvals or other votes no longer count."""

    name: ClassVar[str] = "reviews.request.edited"
    sentence: ClassVar[str] = "wrote revision {revision} of request {request_id} ({cause}); {voided} votes voided"

    cause: str
    voided: int


@dataclass(frozen=True, kw_only=True)
class RequestSubmitted(_OfRequest):
    """A revision was put before the board."""

    name: ClassVar[str] = "reviews.request.submitted"
    sentence: ClassVar[str] = "submitted revision {revision} of request {request_id} to the board {board_key}"

    board_key: str
    digest: str


@dataclass(frozen=True, kw_only=True)
class RequestWithdrawn(_OfRequest):
    """A request was taken back."""

    name: ClassVar[str] = "reviews.request.withdrawn"
    sentence: ClassVar[str] = "withdrew request {request_id}"


@dataclass(frozen=True, kw_only=True)
class RequestApproved(_OfRequest):
    """The board's votes reached what its policy asks for."""

    name: ClassVar[str] = "reviews.request.approved"
    sentence: ClassVar[str] = "gave the deciding approval of request {request_id}"

    digest: str


@dataclass(frozen=True, kw_only=True)
class RequestRejected(_OfRequest):
    """The board rejected the request; the live version stays."""

    name: ClassVar[str] = "reviews.request.rejected"
    sentence: ClassVar[str] = "rejected request {request_id}"


@dataclass(frozen=True, kw_only=True)
class RequestReturned(_OfRequest):
    """A board member asked for changes."""

    name: ClassVar[str] = "reviews.request.returned"
    sentence: ClassVar[str] = "asked for changes to request {request_id}"


@dataclass(frozen=True, kw_only=True)
class RequestApplied(_OfRequest):
    """The approved change took effect."""

    name: ClassVar[str] = "reviews.request.applied"
    sentence: ClassVar[str] = "put request {request_id} into effect as version {version_number} of {subject_key}"

    version_number: int


@dataclass(frozen=True, kw_only=True)
class RequestStaled(_OfRequest):
    """The live version moved, or the content can no longer take effect."""

    name: ClassVar[str] = "reviews.request.staled"
    sentence: ClassVar[str] = "marked request {request_id} stale: {cause}"

    cause: str


@dataclass(frozen=True, kw_only=True)
class RequestRebased(_OfRequest):
    """A request was brought up to date with the live version."""

    name: ClassVar[str] = "reviews.request.rebased"
    sentence: ClassVar[str] = "brought request {request_id} up to date with version {base_version}"

    base_version: int | None
    voided: int


@dataclass(frozen=True, kw_only=True)
class RequestExpired(_OfRequest):
    """Nobody decided in time."""

    name: ClassVar[str] = "reviews.request.expired"
    sentence: ClassVar[str] = "let request {request_id} expire after {days} days in review"

    days: int


@dataclass(frozen=True, kw_only=True)
class RequestScheduled(_OfRequest):
    """The moment at which a request is to take effect was set or lifted."""

    name: ClassVar[str] = "reviews.request.scheduled"
    sentence: ClassVar[str] = "set the effective date of request {request_id} to {effective_at}"

    effective_at: str
    voided: int


@dataclass(frozen=True, kw_only=True)
class VoteCast(_OfRequest):
    """A board member voted."""

    name: ClassVar[str] = "reviews.vote.cast"
    sentence: ClassVar[str] = "voted {verdict} for {function}{in_place} on request {request_id}"

    vote_id: int
    verdict: str
    function: str
    digest: str
    in_place: str = ""


@dataclass(frozen=True, kw_only=True)
class CommentAdded(_OfRequest):
    """Somebody spoke in the conversation."""

    name: ClassVar[str] = "reviews.comment.added"
    sentence: ClassVar[str] = "commented on request {request_id}"

    comment_id: int


@dataclass(frozen=True, kw_only=True)
class SuggestionMade(_OfRequest):
    """Somebody offered another wording of one part."""

    name: ClassVar[str] = "reviews.suggestion.made"
    sentence: ClassVar[str] = "suggested another {part} for request {request_id}"

    suggestion_id: int
    part: str


@dataclass(frozen=True, kw_only=True)
class SuggestionClosed(_OfRequest):
    """A suggestion was taken, declined or taken back."""

    name: ClassVar[str] = "reviews.suggestion.closed"
    sentence: ClassVar[str] = "closed the suggestion of another {part} for request {request_id}: {outcome}"

    suggestion_id: int
    part: str
    outcome: str


@dataclass(frozen=True, kw_only=True)
class AttemptRefused(_OfRequest):
    """Somebody tried what they may not."""

    name: ClassVar[str] = "reviews.attempt.refused"
    sentence: ClassVar[str] = "was refused to {attempt} request {request_id}: {cause}"

    attempt: str
    cause: str
    code: str


@dataclass(frozen=True, kw_only=True)
class RequestClaimed(_OfRequest):
    """A board member says that they are looking at it."""

    name: ClassVar[str] = "reviews.request.claimed"
    sentence: ClassVar[str] = "is looking at request {request_id}"


@dataclass(frozen=True, kw_only=True)
class ClaimReleased(_OfRequest):
    """A board member no longer looks at it."""

    name: ClassVar[str] = "reviews.claim.released"
    sentence: ClassVar[str] = "is no longer looking at request {request_id}"


@dataclass(frozen=True, kw_only=True)
class RequestReminded(_OfRequest):
    """Those who can still decide were reminded, before the date (`before`) or after it (`after`)."""

    name: ClassVar[str] = "reviews.request.reminded"
    sentence: ClassVar[str] = "reminded the board of request {request_id}, {stage} its date {due_at}"

    stage: str
    due_at: str


@dataclass(frozen=True, kw_only=True)
class RequestEscalated(_OfRequest):
    """Nobody decided in time: the board above was told. It does not decide."""

    name: ClassVar[str] = "reviews.request.escalated"
    sentence: ClassVar[str] = "told the board {board_key} that request {request_id} is overdue"

    board_key: str
    level: int


@dataclass(frozen=True, kw_only=True)
class DelegationOffered(_OfRequest):
    """Somebody who could decide has not been here since it was submitted: lending the seat was offered."""

    name: ClassVar[str] = "reviews.delegation.offered"
    sentence: ClassVar[str] = "offered to lend the seat of {username}, who has not seen request {request_id}"

    username: str


@dataclass(frozen=True, kw_only=True)
class AssumptionLeft(_OfRequest):
    """What a change in force rests on was found outside its band; a review is open."""

    name: ClassVar[str] = "reviews.assumption.left"
    sentence: ClassVar[str] = "found that “{text}” (request {request_id}) no longer holds: {value}"

    assumption_id: int
    text: str
    value: float


@dataclass(frozen=True, kw_only=True)
class AssumptionReviewed(_OfRequest):
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


@dataclass(frozen=True, kw_only=True)
class AsideDeclared(_OfRequest):
    """Somebody stands aside from a request: a conflict of interest, or a recusal."""

    name: ClassVar[str] = "reviews.aside.declared"
    sentence: ClassVar[str] = "declared that {username} stands aside from request {request_id}: {kind}"

    declaration_id: int
    username: str
    kind: str


@dataclass(frozen=True, kw_only=True)
class AsideWithdrawn(_OfRequest):
    """Somebody decides again about a request from which they stood aside."""

    name: ClassVar[str] = "reviews.aside.withdrawn"
    sentence: ClassVar[str] = "withdrew the declaration that {username} stands aside from request {request_id}"

    declaration_id: int
    username: str


@dataclass(frozen=True, kw_only=True)
class OutsiderInvited(_OfRequest):
    """A board member asked somebody from outside for their yes or no."""

    name: ClassVar[str] = "reviews.outsider.invited"
    sentence: ClassVar[str] = "invited {invited} from outside to answer on request {request_id}"

    invitation_id: int
    invited: str


@dataclass(frozen=True, kw_only=True)
class OutsiderUninvited(_OfRequest):
    """An invitation was taken back unanswered."""

    name: ClassVar[str] = "reviews.outsider.uninvited"
    sentence: ClassVar[str] = "took the invitation of {invited} to request {request_id} back"

    invitation_id: int
    invited: str


@dataclass(frozen=True, kw_only=True)
class OutsiderAnswered(_OfRequest):
    """Somebody from outside answered through their link."""

    name: ClassVar[str] = "reviews.outsider.answered"
    sentence: ClassVar[str] = "took the answer of {invited} from outside on request {request_id}: {verdict}"

    invitation_id: int
    invited: str
    verdict: str
    digest: str


@dataclass(frozen=True, kw_only=True)
class EmergencyArmed(_OfRequest):
    """Somebody is about to put a change into effect past its board."""

    name: ClassVar[str] = "reviews.emergency.armed"
    sentence: ClassVar[str] = "armed the way past the board for request {request_id}: {reason}"

    reason: str


@dataclass(frozen=True, kw_only=True)
class EmergencyUsed(_OfRequest):
    """A change took effect past its board."""

    name: ClassVar[str] = "reviews.emergency.used"
    sentence: ClassVar[str] = "put request {request_id} into effect past its board, until {holds_until}: {reason}"

    reason: str
    holds_until: str


@dataclass(frozen=True, kw_only=True)
class RetroEscalated(_OfRequest):
    """Nobody reviewed an emergency in time; the board above has to."""

    name: ClassVar[str] = "reviews.retro.escalated"
    sentence: ClassVar[str] = "handed the review of emergency request {request_id} to {reached}"

    reached: str
    level: int


@dataclass(frozen=True, kw_only=True)
class RetroHeld(_OfRequest):
    """An emergency was reviewed."""

    name: ClassVar[str] = "reviews.retro.held"
    sentence: ClassVar[str] = "reviewed the emergency of request {request_id}: {verdict}"

    verdict: str


@dataclass(frozen=True, kw_only=True)
class RollbackOwed(_OfRequest):
    """The way back of an emergency was put before the board, or could not be."""

    name: ClassVar[str] = "reviews.rollback.owed"
    sentence: ClassVar[str] = "{words} the way back of emergency request {request_id}"

    words: str
    rollback_id: int | None
