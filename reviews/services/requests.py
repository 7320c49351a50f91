"""Begins, edits, withdraws and dates change requests."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from common import correlation
from common.clock import now
from common.errors import Conflict, Invalid
from ledger.services import announce
from reviews.authority import instant
from reviews.choices import CONFIRMED, Kind
from reviews.events import RequestCreated, RequestEdited, RequestScheduled, RequestWithdrawn
from reviews.models import ChangeRequest, Emergency
from reviews.policies import RequestPolicy
from reviews.services.editing import EDITABLE, revise, take_over, texts
from reviews.services.examining import Proposal, checked_effective_at, examined, with_default_owners
from reviews.services.locking import check_lock_version, locked
from reviews.services.rebasing import rebase_request
from reviews.services.revising import (
    about,
    first_revision,
    saved,
)
from reviews.services.submitting import submit_request
from reviews.statements import merged_statement
from reviews.states import next_state
from reviews.subjects import Live, subject_for

__all__ = [
    "create_request",
    "edit_request",
    "rebase_request",
    "schedule_request",
    "submit_request",
    "withdraw_request",
]


@transaction.atomic
def create_request(
    *,
    actor: Any,
    kind: str,
    subject_type: str,
    subject_key: str,
    proposed: dict[str, Any],
    rationale: str,
    expected: str = "",
    effective_at: datetime | None = None,
    title: str = "",
    statement: Mapping[str, Any] | None = None,
) -> ChangeRequest:
    """Afterwards a draft stands, with the full content and the live version that it was written against.

    Refuses: Invalid (content, unknown kind or field), NotAllowed (not the actor's branch), NoBoard, Conflict (the
    thing to create exists).
    Announces: RequestCreated.
    """
    subject = subject_for(subject_type, kind)
    rationale, expected, title = texts(rationale, expected, title)
    live = subject.live(subject_key)
    if kind == Kind.CREATE and live is not None:
        raise Conflict(f"{subject_key} is a live {subject.noun} already. Propose a change of it.", code="key_taken")
    given = with_default_owners(kind, subject_type, subject.full_content(kind, subject_key, proposed, live), actor)
    found = examined(viewer=actor, subject=subject, kind=kind, key=subject_key, content=given, base=live)
    request = ChangeRequest(
        kind=kind,
        subject_type=subject_type,
        subject_key=subject_key,
        author=actor,
        title=title or found.title,
        rationale=rationale,
        expected=expected,
        effective_at=checked_effective_at(effective_at),
        statement=merged_statement({}, statement),
    )
    _begin(request, found, live)
    with correlation.bind(request.correlation_id):
        announce(RequestCreated(**about(request), kind=str(kind)), actor=actor)
    return request


def _begin(request: ChangeRequest, found: Proposal, live: Live | None) -> None:
    """Store a new request and its first revision."""
    request.proposed, request.path, request.board = found.content, found.path, found.board
    request.base_version, request.base_content = (live.version, live.content) if live else (None, None)
    request.created_at = request.updated_at = now()
    request.correlation_id = correlation.current()
    request.save(force_insert=True)
    first_revision(request, checks=found.checks, differences=found.differences)
    request.save(update_fields=["digest"])


def edit_request(
    *, actor: Any, request_id: int, changes: dict[str, Any], lock_version: int | None = None
) -> ChangeRequest:
    """Afterwards the request has the changed fields in a new revision; votes on the old one are void.

    In review it stays in review, approved it returns to review; either way it stands before the board with a new
    impact and digest. `proposed` may be partial: what it leaves out stays as proposed before.

    Refuses: RequestUnknown, NotAllowed, Stale (lock_version), IllegalMove, BaseMoved, Invalid, Conflict (before the
    board, and a check fails).
    Announces: RequestEdited; nothing when nothing changed.
    """
    unknown = [name for name in changes if name not in EDITABLE]
    if unknown:
        raise Invalid(f"{unknown[0]} cannot be edited. Editable: {', '.join(EDITABLE)}.", pointer=f"/{unknown[0]}")
    with locked(actor=actor, request_id=request_id) as request:
        RequestPolicy().require(actor, "edit", request)
        state = next_state(request.state, "edit")
        check_lock_version(request, lock_version)
        before = {name: getattr(request, name) for name in EDITABLE}
        found = take_over(request, actor, changes)
        if before == {name: getattr(request, name) for name in EDITABLE}:
            return request
        voided = revise(request, actor, "edited", state, found.checks, found.differences)
        announce(RequestEdited(**about(request), cause="edited", voided=voided), actor=actor)
        return request


def schedule_request(
    *, actor: Any, request_id: int, effective_at: datetime | None, lock_version: int | None = None
) -> ChangeRequest:
    """Afterwards the request is to take effect at that instant (None: as soon as it is approved).

    The date is part of what is approved: votes given for another date are void.

    Refuses: RequestUnknown, NotAllowed, Stale (lock_version), IllegalMove, BaseMoved, Invalid (a date that has passed).
    Announces: RequestScheduled; nothing when the date is the same.
    """
    with locked(actor=actor, request_id=request_id) as request:
        RequestPolicy().require(actor, "schedule", request)
        check_lock_version(request, lock_version)
        state = next_state(request.state, "edit")
        if effective_at == request.effective_at:
            return request
        found = take_over(request, actor, {"effective_at": effective_at})
        voided = revise(request, actor, "effective date set", state, found.checks, found.differences)
        fact = RequestScheduled(**about(request), effective_at=instant(effective_at) or "", voided=voided)
        announce(fact, actor=actor)
        return request


def withdraw_request(*, actor: Any, request_id: int, lock_version: int | None = None) -> ChangeRequest:
    """Afterwards the request is withdrawn for good; the live version was never touched.

    Refuses: RequestUnknown, NotAllowed, Stale (lock_version), IllegalMove, Conflict (the way back of an emergency that
    nobody confirmed).
    Announces: RequestWithdrawn.
    """
    with locked(actor=actor, request_id=request_id) as request:
        RequestPolicy().require(actor, "withdraw", request)
        check_lock_version(request, lock_version)
        state = next_state(request.state, "withdraw")
        _refuse_owed_way_back(request)
        saved(request, state=state, decided_at=now(), state_reason=f"Withdrawn by {actor}.")
        announce(RequestWithdrawn(**about(request)), actor=actor)
        return request


def _refuse_owed_way_back(request: ChangeRequest) -> None:
    """Whoever broke the glass writes the way back; were they to withdraw it, the change would stand without a board."""
    if request.rolls_back_id is None or request.submitted_at is None:
        return
    passed = Emergency.objects.filter(request_id=request.rolls_back_id, used_at__isnull=False)
    if passed.exclude(retro_verdict=CONFIRMED).exists():
        raise Conflict(
            "This takes back what took effect past the board and was not confirmed, so the board decides about it. "
            "A member can reject it, or confirm the emergency.",
            code="way_back_owed",
        )
