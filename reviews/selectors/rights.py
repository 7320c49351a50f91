"""By what right somebody votes on a request: a seat of their own, one that is lent to them, or being named."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from common.clock import now
from common.once import by_person, once_per_page
from reviews.errors import NoSeat, Recused
from reviews.models import ChangeRequest, Declaration, Delegation, Seat, Vote
from reviews.policies import aside_of, hands_of, vote_refusal
from reviews.quorum import NAMED


@dataclass(frozen=True)
class Right:
    """One way in which a person may vote: the function, and the seat with its delegation where there is one."""

    function: str
    seat: Seat | None = None
    delegation: Delegation | None = None

    @property
    def holder(self) -> Any:
        """The person whose seat is lent, None where somebody votes for themselves."""
        return self.seat.user if self.seat is not None and self.delegation is not None else None


@dataclass(frozen=True)
class Hands:
    """Who may not vote on one request: those who shaped it, and those who stand aside."""

    shaped: Mapping[int, str]
    aside: Mapping[int, Declaration]

    @property
    def barred(self) -> frozenset[int]:
        """All of them."""
        return frozenset(self.shaped) | frozenset(self.aside)


def hands_on(request: ChangeRequest) -> Hands:
    """Who may not vote on the request, and why."""
    return Hands(hands_of(request), aside_of(request))


def lent_now(board_id: int) -> QuerySet[Delegation]:
    """The seats of the board that are lent at this moment, with holder and delegate."""
    moment = now()
    return (
        Delegation.objects.filter(
            seat__board_id=board_id,
            seat__until__isnull=True,
            seat__user__is_active=True,
            delegate__is_active=True,
            revoked_at__isnull=True,
            starts_at__lte=moment,
            ends_at__gt=moment,
        )
        .select_related("seat__user", "delegate", "granted_by")
        .order_by("pk")
    )


@once_per_page(by_person)
def lent_to(user: Any) -> list[Delegation]:
    """The seats that are lent to the person at this moment, in any board."""
    moment = now()
    rows = Delegation.objects.filter(
        delegate_id=user.pk,
        seat__until__isnull=True,
        seat__user__is_active=True,
        revoked_at__isnull=True,
        starts_at__lte=moment,
        ends_at__gt=moment,
    )
    return list(rows.select_related("seat").order_by("pk"))


def rights_of(user: Any, request: ChangeRequest) -> list[Right]:
    """The ways in which the person could vote on the request now, their own seat first."""
    if getattr(user, "pk", None) is None or not getattr(user, "is_active", False):
        return []
    own = Seat.objects.filter(board_id=request.board_id, user_id=user.pk, until__isnull=True).select_related("user")
    found = [Right(seat.function, seat) for seat in own]
    lent = lent_now(request.board_id).filter(delegate_id=user.pk)
    found += [Right(delegation.seat.function, delegation.seat, delegation) for delegation in lent]
    if not own and is_named(user, request):
        # Last, for whom a seat is lent whose holder has voted, or may not decide here.
        found.append(Right(NAMED))
    return found


def is_named(user: Any, request: ChangeRequest) -> bool:
    """Whether the requirement of the request names the person."""
    return any(item.get("username") == user.get_username() for item in request.requirement.get("people") or ())


def right_refusal(user: Any, request: ChangeRequest, right: Right | None, hands: Hands) -> Exception | None:
    """Why the person may not vote by that right, as the error to raise; None when they may."""
    lent = right.delegation if right else None
    if lent is not None and lent.granted_by_id in hands.shaped and lent.granted_by_id != lent.seat.user_id:
        # Else somebody who writes a request and may lend the seats of others would choose who judges it.
        return Recused(
            f"This seat was lent by {lent.granted_by}, who {hands.shaped[lent.granted_by_id]} this request. "
            f"{lent.seat.user}, or somebody they lend it to, can vote from it."
        )
    function, holder = (right.function, right.holder) if right else (None, None)
    refused = vote_refusal(user, request, function, hands.shaped, hands.aside, holder)
    lapsed = _loan_in_words(user, request) if isinstance(refused, NoSeat) and right is None else ""
    return NoSeat(lapsed) if lapsed else refused


def _loan_in_words(user: Any, request: ChangeRequest) -> str:
    """Why a seat that was lent to the person gives them no vote at this moment; empty where none was."""
    rows = Delegation.objects.filter(delegate_id=user.pk, seat__board_id=request.board_id)
    lent = rows.select_related("seat__user").order_by("-ends_at", "-pk").first()
    if lent is None:
        return ""
    holder = lent.seat.user
    if not holder.is_active:
        return f"{holder}, who lent you a seat, no longer has an active account, so nobody votes from it."
    if lent.seat.until is not None:
        return f"{holder}, who lent you a seat, holds it no longer, so nobody votes from it."
    if lent.revoked_at is not None:
        return f"The seat of {holder} was lent to you, and taken back on {lent.revoked_at:%d %B %Y}. {holder} can vote."
    if lent.starts_at > now():
        return f"The seat of {holder} is lent to you from {lent.starts_at:%d %B %Y}; until then {holder} votes."
    return (
        f"The seat of {holder} was lent to you until {lent.ends_at:%d %B %Y, %H:%M} UTC. {holder} can vote, or can "
        "lend it again."
    )


def _used_seats(request: ChangeRequest, user: Any) -> set[int]:
    """The holders of seats from which somebody else has voted on the current revision."""
    votes = Vote.objects.filter(request_id=request.pk, revision__number=request.revision, voided_at__isnull=True)
    votes = votes.filter(voter__is_active=True).exclude(delegation__revoked_at__isnull=False)
    return set(votes.exclude(voter_id=user.pk).filter(seat__isnull=False).values_list("seat__user_id", flat=True))


def has_lapsed(vote: Vote, seat: Seat) -> bool:
    """Whether a vote from the seat of that holder counts no longer and so leaves it to be given anew: its voter's
    account was closed, the seat was taken back from them, or its holder sat there for another function."""
    if vote.seat is None or vote.seat.user_id != seat.user_id:
        return False
    taken_back = vote.delegation is not None and vote.delegation.revoked_at is not None
    moved = vote.seat.until is not None and vote.function != seat.function
    return not vote.voter.is_active or taken_back or moved


def best_right(user: Any, request: ChangeRequest, hands: Hands, delegation_id: int | None = None) -> Right | None:
    """The right to vote by: the delegation asked for, else the first that nothing speaks against, else the first."""
    rights = rights_of(user, request)
    if delegation_id is not None:
        rights = [right for right in rights if right.delegation is not None and right.delegation.pk == delegation_id]
    free = [right for right in rights if right_refusal(user, request, right, hands) is None]
    if len(free) > 1:
        used = _used_seats(request, user)
        free = [right for right in free if right.seat is None or right.seat.user_id not in used] or free
    return next(iter([*free, *rights]), None)
