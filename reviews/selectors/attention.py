"""Who has to be told of a request, who looks at it, and which boards stand above its own."""

from collections.abc import Iterable
from typing import Any

from django.db.models import F

from accounts.choices import Role
from accounts.selectors import people
from common.clock import now
from ledger.selectors import entries_about
from reviews.models import Board, ChangeRequest, Claim, Comment, Revision, Seat, Vote
from reviews.selectors.standing import standing

MAX_LEVELS = 10


def deciders_of(request: ChangeRequest) -> list[Any]:
    """Everybody who can vote on the request now: seats, those whom a seat is lent to, and those who are named."""
    found = standing(request)
    lent = [row.delegate for part in found.functions for row in getattr(part, "lent", [])]
    return list({person.pk: person for person in [*(each for each, _ in found.eligible), *lent]}.values())


def writers_of(request: ChangeRequest) -> set[int]:
    """The author and everybody who edited it."""
    editors = Revision.objects.filter(request_id=request.pk, editor__isnull=False).values_list("editor_id", flat=True)
    return {request.author_id, *editors}


def voters_of(request: ChangeRequest, revision: int | None = None) -> set[int]:
    """Everybody who voted on the request, or on one revision of it, void or not."""
    votes = Vote.objects.filter(request_id=request.pk)
    if revision is not None:
        votes = votes.filter(revision__number=revision)
    return set(votes.values_list("voter_id", flat=True))


def members_of(board: Board) -> set[int]:
    """Who sits in the board now."""
    rows = Seat.objects.filter(board=board, until__isnull=True, user__is_active=True)
    return set(rows.values_list("user_id", flat=True))


def administrators() -> set[int]:
    """Everybody who can seat people."""
    rows = people().filter(grants__role=Role.ADMINISTRATOR, grants__branch="")
    return set(rows.values_list("pk", flat=True))


def boards_above(board: Board) -> list[Board]:
    """The boards that an overdue request goes to, nearest first; a circle ends where it began."""
    found: list[Board] = []
    seen = {board.pk}
    following = board.escalates_to
    while following is not None and following.pk not in seen and len(found) < MAX_LEVELS:
        found.append(following)
        seen.add(following.pk)
        following = following.escalates_to
    return found


def absent_of(request: ChangeRequest) -> list[Any]:
    """Who could decide and has not signed in since the request was submitted."""
    since = request.submitted_at
    return [
        person
        for person in deciders_of(request)
        if since is not None and (person.last_login is None or person.last_login < since)
    ]


def offered_names(request: ChangeRequest) -> set[str]:
    """The people for whom lending the seat was offered on this request before."""
    rows = entries_about("request", str(request.pk)).filter(event="reviews.delegation.offered")
    return {str(payload.get("username", "")) for payload in rows.values_list("payload", flat=True)}


def claims_on(request_ids: Iterable[int]) -> dict[int, list[Claim]]:
    """Request -> who is looking at it now, who began first."""
    rows = (
        Claim.objects.filter(request_id__in=list(request_ids), released_at__isnull=True, until__gt=now())
        .select_related("person")
        .order_by("at", "pk")
    )
    found: dict[int, list[Claim]] = {}
    for claim in rows:
        found.setdefault(claim.request_id, []).append(claim)
    return found


def watched_by(viewer: Any) -> set[int]:
    """The requests that the person has spoken or voted on, or looks at."""
    spoken = Comment.objects.filter(author_id=viewer.pk).values_list("request_id", flat=True)
    voted = Vote.objects.filter(voter_id=viewer.pk).values_list("request_id", flat=True)
    looks = Claim.objects.filter(person_id=viewer.pk, released_at__isnull=True).values_list("request_id", flat=True)
    return {*spoken, *voted, *looks}


def voted_now(viewer: Any, request_ids: Iterable[int]) -> set[int]:
    """Those of the requests on whose current revision the person has voted."""
    votes = Vote.objects.filter(voter_id=viewer.pk, request_id__in=list(request_ids), voided_at__isnull=True)
    return set(votes.filter(revision__number=F("request__revision")).values_list("request_id", flat=True))
