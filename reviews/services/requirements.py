"""Computes what a draft would need if it were submitted now."""

from typing import Any

from common.errors import DomainError
from reviews.choices import State
from reviews.conditions import needs_effect
from reviews.models import ChangeRequest
from reviews.selectors.requirement import Preview, requirement_preview
from reviews.subjects import subject_for

BEFORE_SUBMISSION = (State.DRAFT, State.CHANGES_REQUESTED, State.STALE)


def preview_requirement(*, viewer: Any, request: ChangeRequest) -> Preview:
    """What the request needs, with the effect of a draft computed on the newest build where a condition asks for it.

    Refuses: RequestUnknown.
    Announces: nothing.
    """
    is_open = request.state in BEFORE_SUBMISSION
    record = _record(request) if is_open and needs_effect(request.board.policy) else None
    return requirement_preview(viewer, request, record)


def _record(request: ChangeRequest) -> dict[str, Any]:
    """The effect of a draft; empty where it cannot be told, which takes the strictest path."""
    subject = subject_for(request.subject_type)
    try:
        return subject.effect(kind=request.kind, key=request.subject_key, content=dict(request.proposed)).record
    except DomainError:
        return {}
