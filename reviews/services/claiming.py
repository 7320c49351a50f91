"""Claims: who is looking at a request just now."""

from typing import Any

from common.clock import now
from common.errors import NotAllowed, NotFound
from ledger.services import announce
from reviews.events import ClaimReleased, RequestClaimed
from reviews.measures import CLAIM_LASTS
from reviews.models import Claim
from reviews.selectors.standing import eligibility
from reviews.services.locking import locked
from reviews.services.revising import about


def claim_request(*, actor: Any, request_id: int) -> Claim:
    """Afterwards the others see for two days that this person is looking at it; it stops nobody from voting.

    Refuses: RequestUnknown, NotAllowed (they cannot vote on it now, with the reason).
    Announces: RequestClaimed; nothing where they were looking at it already.
    """
    with locked(actor=actor, request_id=request_id) as request:
        found = eligibility(actor, request)
        if not found.may_vote:
            raise NotAllowed(found.reason)
        moment = now()
        claim = Claim.objects.filter(request=request, person_id=actor.pk, released_at__isnull=True).first()
        is_fresh = claim is None or claim.until <= moment
        if claim is None:
            claim = Claim(request=request, person=actor, at=moment)
        elif is_fresh:
            claim.at = moment
        claim.until = moment + CLAIM_LASTS
        claim.save()
        if is_fresh:
            announce(RequestClaimed(**about(request)), actor=actor)
        return claim


def release_claim(*, actor: Any, request_id: int) -> Claim:
    """Afterwards the person no longer looks at the request.

    Refuses: RequestUnknown, NotFound (they did not).
    Announces: ClaimReleased.
    """
    with locked(actor=actor, request_id=request_id) as request:
        claim = Claim.objects.filter(request=request, person_id=actor.pk, released_at__isnull=True).first()
        if claim is None:
            raise NotFound("You are not looking at this request; nothing to release.")
        claim.released_at = now()
        claim.save(update_fields=["released_at"])
        announce(ClaimReleased(**about(request)), actor=actor)
        return claim
