"""Takes one person's approval of several requests of the light path, each as a vote of its own."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from common.errors import DomainError, Invalid
from reviews.models import ChangeRequest
from reviews.selectors.at_work import rows_of
from reviews.selectors.requests import request_for
from reviews.services.voting import cast_vote

AT_MOST = 50


@dataclass(frozen=True)
class BulkResult:
    """What became of one of the votes: taken, or refused with the reason."""

    request_id: int
    title: str
    is_taken: bool
    words: str


def approve_light(*, actor: Any, picks: Sequence[tuple[int, str]]) -> list[BulkResult]:
    """Afterwards each pick (request and the digest that was seen) that takes the light path carries the person's vote.

    Each vote is taken or refused for itself; one refusal keeps no other from being taken.

    Refuses: Invalid (nothing chosen, or too much at once). Announces: as `cast_vote`, for each.
    """
    if not picks or len(picks) > AT_MOST:
        raise Invalid(f"Choose between 1 and {AT_MOST} requests of the light path.", pointer="/picks")
    return [_one(actor, number, digest) for number, digest in dict(picks).items()]


def _one(actor: Any, number: int, digest: str) -> BulkResult:
    title = f"Request {number}"
    try:
        request = request_for(viewer=actor, request_id=number)
        title = request.title
        if not rows_of([request])[0].is_light:
            raise Invalid("It does not take the light path; look at it for itself.", code="not_light")
        cast_vote(actor=actor, request_id=number, verdict="approve", digest=digest)
    except DomainError as refused:
        return BulkResult(number, title, False, refused.detail)
    state = ChangeRequest.objects.get(pk=number).get_state_display().lower()
    return BulkResult(number, title, True, f"Your approval was taken; it is {state} now.")
