"""Takes votes: bound to what was seen, once per person, decided under the request's lock."""

from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction

from common.actors import SYSTEM
from common.clock import now
from common.errors import Conflict, DomainError, Invalid, NotAllowed
from common.texts import clean_text
from ledger.services import announce
from reviews.choices import State, Verdict
from reviews.errors import AlreadyVoted, BaseMoved, ChangedSinceOpened, NoSeat
from reviews.events import RequestApproved, RequestRejected, RequestReturned, VoteCast
from reviews.models import ChangeRequest, Delegation, Impact, Revision, Seat, Vote
from reviews.selectors.requests import current_revision
from reviews.selectors.rights import Right, best_right, hands_on, right_refusal
from reviews.selectors.standing import judged
from reviews.services.applying import enact, mark_stale, tell_outcome
from reviews.services.locking import base_moved, locked
from reviews.services.refusals import record_refusal
from reviews.services.renewing import is_outdated, renew, tell_renewed
from reviews.services.revising import about, saved
from reviews.services.voiding import void_lapsed
from reviews.services.waiting import refuse_what_cannot_apply
from reviews.states import next_state

NEEDS_REASON = (Verdict.REJECT, Verdict.REQUEST_CHANGES)


@dataclass(frozen=True)
class Paper:
    """One ballot paper as it was handed in."""

    verdict: str
    reason: str
    digest: str
    meeting_id: int | None
    delegation_id: int | None


def cast_vote(
    *,
    actor: Any,
    request_id: int,
    verdict: str,
    reason: str = "",
    digest: str,
    meeting_id: int | None = None,
    delegation_id: int | None = None,
) -> Vote:
    """Afterwards the vote stands, and where it decides, the request is decided; approved and due, it is in effect.

    `delegation_id` names the lent seat from which it is cast; without it the actor's own seat, else the one that is
    lent to them, else their being named by the requirement. `meeting_id` says in which meeting it was cast.

    All in one transaction under the request's lock: of two last votes at one instant one decides and the other
    finds the request decided. Where the live version has moved, the request turns stale instead.

    Refuses: RequestUnknown, Recused, StandsAside, NoSeat (entered in the ledger), IllegalMove (not in review),
    ChangedSinceOpened (digest), AlreadyVoted, BaseMoved, Invalid (verdict, missing reason), Conflict (a vote that
    counted ended at this moment).
    Announces: VoteVoided where a vote from the seat had lapsed; VoteCast; then RequestApproved, RequestRejected or
    RequestReturned; then RequestApplied or RequestStaled.
    """
    verdict, reason = _checked(verdict, reason)
    paper = Paper(verdict, reason, digest, meeting_id, delegation_id)
    try:
        taken = _cast(actor, request_id, paper)
    except NotAllowed as refused:
        record_refusal(actor=actor, request_id=request_id, attempt="vote on", refused=refused)
        raise
    if isinstance(taken, DomainError):
        raise taken
    return taken


def _checked(verdict: str, reason: str) -> tuple[str, str]:
    if verdict not in Verdict.values:
        raise Invalid(f"A verdict is one of: {', '.join(Verdict.values)}.", code="unknown_verdict", pointer="/verdict")
    words = clean_text(reason, pointer="/reason", max_length=5000, required=False, lines=True)
    if verdict in NEEDS_REASON and not words:
        raise Invalid("Say why, so that the author can act on it.", code="reason_required", pointer="/reason")
    return verdict, words


def _cast(actor: Any, request_id: int, paper: Paper) -> Vote | DomainError:
    """The vote; or a refusal to raise after the commit, because what it found out about the request must stay."""
    with locked(actor=actor, request_id=request_id) as request:
        right = _held_right(actor, request, paper.delegation_id)
        next_state(request.state, "vote")
        refused = _refuse_moved(request)
        if refused is not None:
            return refused
        _refuse_unseen(request, paper.digest)
        revision = current_revision(request)
        void_lapsed(request, right.seat)
        _refuse_second(actor, revision, right)
        if paper.verdict == Verdict.APPROVE:
            refuse_what_cannot_apply(request)
        vote = _store(request, revision, actor, right, paper)
        outcome = judged(request).outcome
        version = _decided(request, outcome, actor)
        announce(_told(request, vote, right), actor=actor)
        _tell(request, outcome, actor)
        if outcome == "approved":
            tell_outcome(request, version, actor)
        return vote


def _told(request: ChangeRequest, vote: Vote, right: Right) -> VoteCast:
    lender = f" in the place of {right.holder.get_username()}" if right.holder else ""
    return VoteCast(
        **about(request),
        vote_id=vote.pk,
        verdict=vote.verdict,
        function=right.function,
        digest=request.digest,
        in_place=lender,
    )


def _held_right(actor: Any, request: ChangeRequest, delegation_id: int | None) -> Right:
    """The actor's right to vote, its seat and delegation locked so that neither can end while the vote is taken."""
    hands = hands_on(request)
    right = best_right(actor, request, hands, delegation_id)
    refused = right_refusal(actor, request, right, hands)
    if refused is not None:
        raise refused
    if right is None or not _is_held(right):
        raise NoSeat(f"You hold no seat in {request.board.name}, which decides here.")
    return right


def _is_held(right: Right) -> bool:
    # Without their keys: whoever takes the seat back writes rows that name its holder, and would wait for this one.
    seats = Seat.objects.select_for_update(of=("self",), no_key=True).filter(until__isnull=True, user__is_active=True)
    if right.seat is not None and not seats.filter(pk=right.seat.pk).exists():
        return False
    lent = Delegation.objects.select_for_update(no_key=True).filter(revoked_at__isnull=True)
    return right.delegation is None or lent.filter(pk=right.delegation.pk).exists()


def _refuse_moved(request: ChangeRequest) -> DomainError | None:
    """Turn the request stale, or renew it under the board's new policy, where the ground moved; the refusal to give."""
    moved = base_moved(request)
    if moved is not None:
        mark_stale(request, moved)
        return BaseMoved(
            f"This request turned stale: {moved}. Its author can bring it up to date.",
            extra={"state": str(State.STALE)},
        )
    if is_outdated(request):
        voided = renew(request)
        tell_renewed(request, voided, SYSTEM)
        return ChangedSinceOpened(
            "The board's policy changed since you opened this. Look at what is required now, then vote.",
            extra={"state": str(request.state), "digest": request.digest, "revision": request.revision},
        )
    return None


def _refuse_unseen(request: ChangeRequest, digest: str) -> None:
    if not isinstance(digest, str) or not digest:
        raise Invalid("Send the digest of what you saw.", code="required", pointer="/digest")
    if digest == request.digest:
        return
    seen = Impact.objects.filter(request=request, signed=digest).select_related("revision").first()
    seen_revision = seen.revision if seen else Revision.objects.filter(request=request, digest=digest).first()
    raise ChangedSinceOpened(
        "The request changed since you opened it. Look at what changed, then vote again.",
        extra={
            "state": str(request.state),
            "digest": request.digest,
            "revision": request.revision,
            "changed": changed_since(request, seen_revision),
        },
    )


def changed_since(request: ChangeRequest, seen: Revision | None) -> list[str]:
    """What differs between the revision that somebody saw and the current one, in words."""
    if seen is None:
        return ["You hold no wording that this request ever had; open it again."]
    names = {
        "title": "the title",
        "rationale": "the rationale",
        "expected": "the expected outcome",
        "effective_at": "the effective date",
        "base_version": "the live version it is written against",
    }
    found = [words for field, words in names.items() if getattr(seen, field) != getattr(request, field)]
    old, new = dict(seen.proposed), dict(request.proposed)
    found += [name.replace("_", " ") for name in sorted({*old, *new}) if old.get(name) != new.get(name)]
    return found or ["the impact, the checks or the board's policy"]


def _refuse_second(actor: Any, revision: Revision, right: Right) -> None:
    standing = Vote.objects.filter(revision=revision, voided_at__isnull=True)
    mine = standing.filter(voter_id=actor.pk).first()
    if mine is not None:
        said = mine.get_verdict_display().lower()
        raise AlreadyVoted(
            f"You voted “{said}” on this revision already. A verdict stands until the request changes.",
            extra={"verdict": mine.verdict},
        )
    if right.seat is None:
        return
    other = standing.filter(seat__user_id=right.seat.user_id).select_related("voter").first()
    if other is not None:
        raise AlreadyVoted(
            f"{other.voter} has voted from this seat on this revision. A seat gives one vote, whoever casts it.",
            extra={"verdict": other.verdict},
        )


def _store(request: ChangeRequest, revision: Revision, actor: Any, right: Right, paper: Paper) -> Vote:
    try:
        with transaction.atomic():
            return Vote.objects.create(
                request=request,
                revision=revision,
                voter_id=actor.pk,
                function=right.function,
                seat=right.seat,
                delegation=right.delegation,
                meeting_id=paper.meeting_id,
                verdict=paper.verdict,
                reason=paper.reason,
                digest=request.digest,
                cast_at=now(),
            )
    except IntegrityError as error:
        raise Conflict(
            "The vote was not taken: the request or your seat changed at this moment. Look again."
        ) from error


def _decided(request: ChangeRequest, outcome: str, actor: Any) -> int | None:
    """`decide`; where an account was closed between the count and the decision, so that the votes no longer suffice,
    the database refuses it, and so does this."""
    try:
        with transaction.atomic():
            return decide(request, outcome, actor)
    except IntegrityError as error:
        if "do not suffice" not in str(error):
            raise
        raise Conflict(
            "A vote that was counted ended at this moment. Look again, then vote.", code="vote_ended"
        ) from error


def decide(request: ChangeRequest, outcome: str, actor: Any) -> int | None:
    """Move the request as the votes decide; the number of the version that came into force, if one did."""
    if outcome == "open":
        saved(request)
    elif outcome == "returned":
        saved(request, state=next_state(request.state, "return"), state_reason="A board member asked for changes.")
    elif outcome == "rejected":
        state = next_state(request.state, "reject")
        saved(request, state=state, decided_at=now(), state_reason=f"Rejected by {actor}.")
    else:
        saved(request, state=next_state(request.state, "approve"), decided_at=now(), state_reason="")
        if request.effective_at is None or request.effective_at <= now():
            return enact(request, actor)
    return None


def _tell(request: ChangeRequest, outcome: str, actor: Any) -> None:
    if outcome == "approved":
        announce(RequestApproved(**about(request), digest=request.digest), actor=actor)
    elif outcome == "rejected":
        announce(RequestRejected(**about(request)), actor=actor)
    elif outcome == "returned":
        announce(RequestReturned(**about(request)), actor=actor)
