"""What the boards' meetings ask of reviews: open requests, votes cast in a meeting, who stands aside."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F

from reviews.choices import State
from reviews.models import Board, ChangeRequest, Impact, Revision, Seat, Vote
from reviews.policies import aside_of, barred_voters, holds_a_seat
from reviews.selectors.at_work import InboxRow, rows_of
from reviews.selectors.attention import members_of
from reviews.selectors.rights import lent_now
from reviews.selectors.standing import standing

AT_MOST = 200


@dataclass(frozen=True)
class CastVote:
    """One vote that was cast in a meeting, with what the minutes keep of it."""

    vote_id: int
    request_id: int
    voter_id: int
    name: str
    username: str
    function: str
    in_place_of: str
    verdict: str
    reason: str
    digest: str
    cast_at: datetime
    is_void: bool


def open_rows_of(board_id: int) -> list[InboxRow]:
    """The requests that the board has to decide, the riskiest first, among equals the oldest."""
    requests = (
        ChangeRequest.objects.filter(board_id=board_id, state=State.IN_REVIEW)
        .select_related("board", "author")
        .order_by("submitted_at", "pk")[:AT_MOST]
    )
    return sorted(rows_of(requests), key=lambda row: -row.risk.level)


def rows_about(request_ids: list[int]) -> dict[int, InboxRow]:
    """Request -> row, of those that stand on an agenda."""
    rows = ChangeRequest.objects.filter(pk__in=request_ids).select_related("board", "author")
    return {row.request.pk: row for row in rows_of(rows)}


def votes_in(meeting_id: int) -> list[CastVote]:
    """The votes that were cast in the meeting, in their order."""
    rows = Vote.objects.filter(meeting_id=meeting_id).select_related("voter", "seat__user").order_by("pk")
    return [
        CastVote(
            vote_id=vote.pk,
            request_id=vote.request_id,
            voter_id=vote.voter_id,
            name=str(vote.voter),
            username=vote.voter.get_username(),
            function=vote.function,
            in_place_of=str(vote.seat.user) if vote.seat and vote.seat.user_id != vote.voter_id else "",
            verdict=vote.verdict,
            reason=vote.reason,
            digest=vote.digest,
            cast_at=vote.cast_at,
            is_void=vote.voided_at is not None,
        )
        for vote in rows
    ]


def aside_from(request_id: int) -> dict[int, str]:
    """Person -> why they do not count on this request: they wrote a part of it, or stand aside."""
    request = ChangeRequest.objects.get(pk=request_id)
    found = dict.fromkeys(barred_voters(request), "wrote a part of it")
    return found | {person: row.get_kind_display().lower() for person, row in aside_of(request).items()}


def seated_in(board: Board) -> list[Any]:
    """The people who sit in the board now, by name."""
    rows = Seat.objects.filter(board=board, until__isnull=True, user__is_active=True).select_related("user")
    return [seat.user for seat in rows.order_by("user__display_name", "user__username")]


def lenders_to(user: Any, board_id: int) -> dict[int, Any]:
    """Person -> that person, of those whose seat in the board is lent to `user` now."""
    return {row.seat.user_id: row.seat.user for row in lent_now(board_id).filter(delegate_id=user.pk)}


def sits_or_stands_in(user: Any, board: Board) -> bool:
    """Whether the person votes in the board, from their own seat or from one that is lent to them."""
    own = holds_a_seat(user) and user.pk in members_of(board)
    return own or bool(lenders_to(user, board.pk))


def papers_of(request_ids: list[int]) -> dict[int, dict[str, Any]]:
    """Request -> what members read of it before they meet: differences, checks, rationale, what is missing."""
    requests = ChangeRequest.objects.filter(pk__in=request_ids).select_related("board", "author")
    revisions = Revision.objects.filter(request__in=request_ids, number=F("request__revision"))
    current = {revision.request_id: revision for revision in revisions}
    impacts = Impact.objects.filter(request__in=request_ids, revision__number=F("request__revision"))
    shown = {impact.request_id: impact for impact in impacts}
    return {
        request.pk: {
            "differences": list(current[request.pk].differences),
            "checks": list(shown[request.pk].checks if request.pk in shown else current[request.pk].checks),
            "rationale": request.rationale,
            "missing": standing(request).missing if request.state == State.IN_REVIEW else [],
        }
        for request in requests
    }
