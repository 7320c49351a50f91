"""Looks at an approved request once more at the moment of applying it: who answers for it, and its checks today."""

from common.actors import SYSTEM
from common.errors import DomainError
from reviews.choices import CheckStatus
from reviews.models import ChangeRequest
from reviews.selectors.expiry_of_impact import impact_has_expired
from reviews.selectors.requests import current_impact, current_revision
from reviews.subjects import subject_for
from taxonomy.selectors.grounds import enacted_since


def unfit_now(request: ChangeRequest) -> str | None:
    """Why the request may no longer take effect, in a sentence; None when it may."""
    return _unanswered(request) or _failed(request) or impact_has_expired(request)


def _unanswered(request: ChangeRequest) -> str | None:
    """A schedule needs somebody who could still call it off."""
    if request.effective_at is None:
        return None
    editor = current_revision(request).editor
    gone = next((person for person in (editor, request.author) if person is not None and not person.is_active), None)
    if gone is None:
        return None
    return f"{gone}, who scheduled it, no longer has an active account, so nobody would answer for it"


def _failed(request: ChangeRequest) -> str | None:
    """A check that passed when the board was asked and fails today; asked only where the taxonomy has moved since."""
    impact = current_impact(request)
    if impact is None or not enacted_since(impact.created_at):
        return None
    # What somebody who has left wrote is examined by the portal itself.
    viewer = request.author if request.author.is_active else SYSTEM
    subject = subject_for(request.subject_type)
    try:
        found = subject.check(viewer=viewer, kind=request.kind, key=request.subject_key, content=dict(request.proposed))
    except DomainError as refused:
        return refused.detail.rstrip(".")
    failed = next((check for check in found.checks if check.status == CheckStatus.FAIL), None)
    return f"{failed.name}: {failed.reason.rstrip('.')}" if failed else None
