"""Puts a request before its board."""

from typing import Any

from common.clock import now
from common.errors import Conflict
from ledger.services import announce
from reviews.events import RequestSubmitted
from reviews.measures import due_after
from reviews.models import ChangeRequest, Vote
from reviews.policies import RequestPolicy
from reviews.selectors.requests import current_revision
from reviews.services.editing import refuse_failed
from reviews.services.examining import Proposal, examined
from reviews.services.locking import check_lock_version, locked, refuse_moved_base
from reviews.services.revising import about, next_revision, put_before_board, saved
from reviews.services.waiting import refuse_short_notice, refuse_what_cannot_apply
from reviews.states import next_state
from reviews.subjects import Live, subject_for


def submit_request(*, actor: Any, request_id: int, lock_version: int | None = None) -> ChangeRequest:
    """Afterwards the request is in review before the board that governs its subject today.

    Everything is examined anew; impact, checks and policy are kept as shown, and the digest covers them. A request
    that was sent back and is submitted unchanged gets a new revision, so that everybody votes again.

    Refuses: RequestUnknown, NotAllowed, Stale (lock_version), IllegalMove, BaseMoved, NoBoard, Invalid, Conflict (a
    check failed, or the effective date has passed).
    Announces: RequestSubmitted.
    """
    with locked(actor=actor, request_id=request_id) as request:
        RequestPolicy().require(actor, "submit", request)
        state = next_state(request.state, "submit")
        check_lock_version(request, lock_version)
        refuse_moved_base(request)
        if request.effective_at is not None and request.effective_at <= now():
            raise Conflict(
                "The effective date has passed. Set a later one, or none, and submit again.", code="past_date"
            )
        found = _examined(request, actor)
        request.board, request.path = found.board, found.path
        revision = current_revision(request)
        if Vote.objects.filter(revision=revision).exists():
            revision, _ = next_revision(
                request,
                editor=actor,
                cause="submitted again unchanged",
                checks=found.checks,
                differences=found.differences,
            )
        put_before_board(request, revision, found.checks)
        refuse_what_cannot_apply(request)
        refuse_short_notice(request, now())
        due_at = due_after(request.requirement, moment := now())
        saved(request, state=state, submitted_at=moment, state_reason="", due_at=due_at, reminded_at=None, escalation=0)
        fact = RequestSubmitted(**about(request), board_key=request.board.key, digest=request.digest)
        announce(fact, actor=actor)
        return request


def _examined(request: ChangeRequest, actor: Any) -> Proposal:
    base = Live(request.base_version, request.base_content) if request.base_version and request.base_content else None
    found = examined(
        viewer=request.author,
        subject=subject_for(request.subject_type, request.kind),
        kind=request.kind,
        key=request.subject_key,
        content=dict(request.proposed),
        base=base,
    )
    refuse_failed(found.checks)
    return found
