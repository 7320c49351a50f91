"""Records that somebody tried what they may not; in its own transaction, since the attempt's own rolls back."""

from typing import Any

import structlog
from django.db import transaction

from common import correlation
from common.errors import DomainError
from ledger.services import announce
from reviews.events import AttemptRefused
from reviews.models import ChangeRequest
from reviews.services.revising import about

log = structlog.get_logger(__name__)


def record_refusal(*, actor: Any, request_id: int, attempt: str, refused: DomainError) -> None:
    """Afterwards the ledger says who tried what on which request, and why it was refused.

    Refuses: nothing.
    Announces: AttemptRefused; nothing when there is no such request.
    """
    request = ChangeRequest.objects.filter(pk=request_id).first()
    if request is None:
        return
    log.warning("attempt.refused", request=request_id, attempt=attempt, code=refused.code, actor=actor.pk)
    with transaction.atomic(), correlation.bind(request.correlation_id):
        fact = AttemptRefused(**about(request), attempt=attempt, cause=refused.detail, code=refused.code)
        announce(fact, actor=actor)
    refused.is_entered = True
