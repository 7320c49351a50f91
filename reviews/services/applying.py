"""Puts approved requests into effect, and marks stale what no longer fits."""

from itertools import islice
from typing import Any

import structlog
from django.db import transaction
from django.db.models import Q

from common import correlation
from common.actors import SYSTEM
from common.clock import now
from common.errors import DomainError
from ledger.services import announce
from reviews.choices import State, SubjectType
from reviews.errors import NotDue
from reviews.events import RequestApplied, RequestStaled
from reviews.models import Board, ChangeRequest, Impact
from reviews.policies import RequestPolicy
from reviews.services.fitness import unfit_now
from reviews.services.locking import base_moved, check_lock_version, locked
from reviews.services.renewing import renew_requests_of
from reviews.services.revising import about, saved
from reviews.services.waiting import share_blackouts, waits_for
from reviews.states import may, next_state
from reviews.subjects import Order, subject_for
from taxonomy.services.structure import hold_structure

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
        share_blackouts()
        waiting = waits_for(request, now())
        if waiting is not None:
            raise NotDue(waiting.words)
        version = enact(request, actor)
        tell_outcome(request, version, actor)
        return request


def enact(request: ChangeRequest, actor: Any, *, at_once: bool = False) -> int | None:
    """Enact the approved content through its subject; the version's number, or None when the request waits (for its
    date, its notice, the end of a blackout or of a freeze) or turned stale.

    Live version, grounds and checks are looked at once more, while no other decision changes the taxonomy; the subject
    checks base and content again under its own lock. What it refuses leaves no trace but the stale request: the votes
    stay for the record. `at_once` is for emergencies, which wait for nothing. `request` is locked and approved. The
    caller announces.
    """
    share_blackouts()
    if not at_once and waits_for(request, now()) is not None:
        return None
    hold_structure()
    moved = base_moved(request) or unfit_now(request)
    if moved is None:
        try:
            with transaction.atomic():
                version = subject_for(request.subject_type).apply(actor=actor, order=_order(request))
        except DomainError as refused:
            moved = refused.detail.rstrip(".")
        else:
            _applied(request, version, at_once=at_once)
            if request.subject_type == SubjectType.BOARD:
                # Rows that the enactment has locked already; what stands before the board goes on under its new policy.
                renew_requests_of(Board.objects.get(key=request.subject_key), actor)
            return version
    _stale(request, moved)
    return None


def _applied(request: ChangeRequest, version: int, *, at_once: bool) -> None:
    at = now()
    if at_once:
        # Past the board: the guard of the database asks for broken glass instead of votes.
        request.is_emergency, request.decided_at = True, at
    state = str(State.APPLIED) if at_once else next_state(request.state, "apply")
    saved(request, state=state, state_reason="", applied_at=at, applied_version=version)


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
    """Afterwards no request before a board is written against, or rests on, a version that is no longer live.

    Refuses: nothing.
    Announces: RequestStaled for each; returns how many.
    """
    found = 0
    about = Q(subject_type=subject_type, subject_key=subject_key)
    resting = Impact.objects.filter(
        grounds__has_key=f"{subject_type}:{subject_key}", request__state__in=[State.IN_REVIEW, State.APPROVED]
    )
    with transaction.atomic():
        rows = (
            ChangeRequest.objects.select_for_update(of=("self",))
            .filter(about | Q(pk__in=resting.values("request")), state__in=[State.IN_REVIEW, State.APPROVED])
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
    approved = ChangeRequest.objects.filter(state=State.APPROVED).exclude(effective_at__gt=now())
    candidates = list(approved.select_related("board").order_by("effective_at", "pk"))
    # One that waits for a blackout to end must not take the place of one that is due.
    numbers = list(islice((request.pk for request in candidates if waits_for(request, now()) is None), BATCH))
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


def suspend_schedules_of(username: str) -> int:
    """Afterwards nothing takes effect by a schedule that this person set and no longer answers for.

    Refuses: nothing.
    Announces: RequestStaled for each; returns how many.
    """
    rows = ChangeRequest.objects.filter(state=State.APPROVED, effective_at__isnull=False)
    theirs = rows.filter(Q(author__username=username) | Q(revisions__editor__username=username)).distinct()
    found = 0
    for number in theirs.values_list("pk", flat=True):
        with locked(actor=SYSTEM, request_id=number) as request:
            cause = unfit_now(request) if may(request.state, "stale") else None
            if cause is not None:
                mark_stale(request, cause)
                found += 1
    return found
