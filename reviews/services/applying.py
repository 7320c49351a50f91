"""Puts approved requests into effect, and marks stale what no longer fits."""

from typing import Any

import structlog
from django.db import transaction

from common import correlation
from common.actors import SYSTEM
from common.clock import now
from common.errors import DomainError
from ledger.services import announce
from reviews.choices import State
from reviews.errors import NotDue
from reviews.events import RequestApplied, RequestStaled
from reviews.models import ChangeRequest
from reviews.policies import RequestPolicy
from reviews.services.locking import base_moved, check_lock_version, locked
from reviews.services.revising import about, saved
from reviews.states import may, next_state
from reviews.subjects import Order, subject_for

log = structlog.get_logger(__name__)
BATCH = 100


def apply_request(*, actor: Any, request_id: int, lock_version: int | None = None) -> ChangeRequest:
    """Afterwards an approved request that is due is in effect, or stale with the reason when it no longer fits.

    Refuses: RequestUnknown, NotAllowed, Stale (lock_version), IllegalMove (not approved), NotDue.
    Announces: RequestApplied or RequestStaled (besides what the subject announces).
    """
    with locked(actor=actor, request_id=request_id) as request:
        if actor is not SYSTEM:
            RequestPolicy().require(actor, "apply", request)
        check_lock_version(request, lock_version)
        next_state(request.state, "apply")
        if request.effective_at is not None and request.effective_at > now():
            when = request.effective_at.strftime("%d %B %Y, %H:%M UTC")
            raise NotDue(f"It was approved to take effect on {when}. Another date needs another approval.")
        version = enact(request, actor)
        tell_outcome(request, version, actor)
        return request


def enact(request: ChangeRequest, actor: Any) -> int | None:
    """Enact the approved content through its subject; the version's number, or None when the request turned stale.

    The subject checks the base and the content again under its own lock. What it refuses leaves no trace but the
    stale request: the votes stay for the record. `request` is locked and approved. The caller announces.
    """
    moved = base_moved(request)
    if moved is None:
        try:
            with transaction.atomic():
                version = subject_for(request.subject_type).apply(actor=actor, order=_order(request))
        except DomainError as refused:
            moved = refused.detail.rstrip(".")
        else:
            saved(request, state=next_state(request.state, "apply"), applied_at=now(), applied_version=version)
            return version
    _stale(request, moved)
    return None


def _order(request: ChangeRequest) -> Order:
    return Order(
        kind=request.kind,
        key=request.subject_key,
        content=dict(request.proposed),
        base_version=request.base_version,
        rationale=request.rationale,
        expected=request.expected,
        reference=str(request.pk),
    )


def tell_outcome(request: ChangeRequest, version: int | None, actor: Any) -> None:
    """Announce what `enact` did; nothing when the request waits for its date."""
    if version is not None:
        announce(RequestApplied(**about(request), version_number=version), actor=actor)
    elif request.state == State.STALE:
        announce(RequestStaled(**about(request), cause=request.state_reason), actor=SYSTEM)


def _stale(request: ChangeRequest, cause: str) -> None:
    saved(request, state=next_state(request.state, "stale"), state_reason=f"{cause}.", decided_at=None)


def mark_stale(request: ChangeRequest, cause: str) -> None:
    """Mark a locked request stale and announce it."""
    _stale(request, cause)
    announce(RequestStaled(**about(request), cause=request.state_reason), actor=SYSTEM)


def stale_competitors(*, subject_type: str, subject_key: str) -> int:
    """Afterwards no request before a board is written against a version that is no longer live.

    Refuses: nothing.
    Announces: RequestStaled for each; returns how many.
    """
    found = 0
    with transaction.atomic():
        rows = (
            ChangeRequest.objects.select_for_update(of=("self",))
            .filter(subject_type=subject_type, subject_key=subject_key, state__in=[State.IN_REVIEW, State.APPROVED])
            .select_related("board", "author")
            .order_by("pk")
        )
        moved = [(request, cause) for request in rows if (cause := base_moved(request)) and may(request.state, "stale")]
        for request, cause in moved:
            with correlation.bind(request.correlation_id):
                mark_stale(request, cause)
            found += 1
    return found


def apply_due() -> int:
    """Afterwards every approved request whose date has come is in effect, or stale; each in its own transaction.

    Refuses: nothing; one that fails is logged and tried again next time.
    Announces: as `apply_request`; returns how many were taken up.
    """
    due = ChangeRequest.objects.filter(state=State.APPROVED).exclude(effective_at__gt=now())
    numbers = list(due.order_by("effective_at", "pk").values_list("pk", flat=True)[:BATCH])
    done = 0
    for number in numbers:
        try:
            apply_request(actor=SYSTEM, request_id=number)
            done += 1
        except DomainError as refused:
            log.info("request.not_applied", request=number, code=refused.code)
        except Exception:
            # One request that fails by surprise must not keep the others behind it from taking effect.
            log.exception("request.not_applied", request=number)
    return done
