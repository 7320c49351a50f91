"""Ends requests that nobody decided in time."""

from datetime import timedelta

from django.db import transaction

from common import correlation
from common.actors import SYSTEM
from common.clock import now
from ledger.services import announce
from reviews.choices import State
from reviews.events import RequestExpired
from reviews.models import ChangeRequest
from reviews.selectors.standing import expires_days
from reviews.services.revising import about, saved
from reviews.states import next_state


def expire_requests() -> int:
    """Afterwards no request has been in review longer than its board's policy allows.

    A request that is being voted on at this moment is left for the next time.

    Refuses: nothing.
    Announces: RequestExpired for each; returns how many.
    """
    expired = 0
    for number in ChangeRequest.objects.filter(state=State.IN_REVIEW).order_by("pk").values_list("pk", flat=True):
        expired += _expire(number)
    return expired


@transaction.atomic
def _expire(number: int) -> int:
    request = (
        ChangeRequest.objects.select_for_update(of=("self",), skip_locked=True)
        .filter(pk=number, state=State.IN_REVIEW)
        .select_related("board", "author")
        .first()
    )
    if request is None or request.submitted_at is None:
        return 0
    days = expires_days(request)
    if request.submitted_at + timedelta(days=days) > now():
        return 0
    reason = f"Nobody decided within {days} days."
    saved(request, state=next_state(request.state, "expire"), decided_at=now(), state_reason=reason)
    with correlation.bind(request.correlation_id):
        announce(RequestExpired(**about(request), days=days), actor=SYSTEM)
    return 1
