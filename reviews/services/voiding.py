"""Voids votes that no longer stand for a seat, so that whoever holds it may vote; each in the story of its request."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet

from common import correlation
from common.actors import SYSTEM
from common.clock import now
from ledger.services import announce
from reviews.choices import State
from reviews.events import VoteVoided
from reviews.models import ChangeRequest, Delegation, Seat, Vote
from reviews.selectors.rights import has_lapsed
from reviews.services.revising import about


def void_lapsed(request: ChangeRequest, seat: Seat | None) -> int:
    """Void what stands in the way of a vote from the seat and counts no longer: its voter's account was closed since,
    the seat was taken back, or its holder sat there for another function. Part of the caller's transaction, under the
    request's lock; how many they were."""
    if seat is None:
        return 0
    rows = _standing(Vote.objects.filter(seat__user_id=seat.user_id), request)
    found = [vote for vote in rows.select_related("voter", "seat", "delegation") if has_lapsed(vote, seat)]
    for vote in found:
        _void(request, vote, f"{vote.voter} may no longer vote from the seat that it was cast from", SYSTEM)
    return len(found)


def requests_under(lent: Delegation) -> list[ChangeRequest]:
    """The requests in review on which a vote was cast under the delegation, locked, in the order of their numbers.

    Boards lock their requests in this order too, and a vote locks its request before the delegation: so nobody waits
    for each other.
    """
    rows = ChangeRequest.objects.select_for_update(of=("self",)).filter(pk__in=voted_under(lent), state=State.IN_REVIEW)
    return list(rows.select_related("board", "author").order_by("pk"))


def voted_under(lent: Delegation) -> set[int]:
    """The requests in review on which a vote stands that was cast under the delegation."""
    votes = Vote.objects.filter(delegation=lent, voided_at__isnull=True, request__state=State.IN_REVIEW)
    return set(votes.values_list("request_id", flat=True))


def void_under(lent: Delegation, requests: Sequence[ChangeRequest], actor: Any) -> int:
    """Void the votes that were cast under the delegation on these requests; how many they were."""
    done = 0
    for request in requests:
        for vote in _standing(Vote.objects.filter(delegation=lent), request).select_related("voter"):
            _void(request, vote, f"The seat of {lent.seat.user} was taken back from {vote.voter}", actor)
            done += 1
    return done


def _standing(rows: QuerySet[Vote], request: ChangeRequest) -> QuerySet[Vote]:
    return rows.filter(request_id=request.pk, revision__number=request.revision, voided_at__isnull=True)


def _void(request: ChangeRequest, vote: Vote, cause: str, actor: Any) -> None:
    Vote.objects.filter(pk=vote.pk, voided_at__isnull=True).update(voided_at=now(), void_reason=f"{cause}."[:300])
    with correlation.bind(request.correlation_id):
        announce(
            VoteVoided(**about(request), vote_id=vote.pk, username=vote.voter.get_username(), cause=cause[:300]),
            actor=actor,
        )
