"""Breaks the glass: puts a change into effect past its board, loudly, for a time, with a review that is owed."""

from datetime import timedelta
from typing import Any

from django.db import transaction

from common.clock import now
from common.errors import Conflict, DomainError, Invalid, NotAllowed
from common.texts import clean_text
from ledger.services import announce
from notifications.choices import Kind as Told
from notifications.services import notify
from reviews.choices import RetroState, State
from reviews.errors import BaseMoved, ChangedSinceOpened
from reviews.events import EmergencyArmed, EmergencyUsed
from reviews.models import ChangeRequest, Emergency
from reviews.selectors.emergencies import glass_refusal, told_of
from reviews.services.applying import enact, mark_stale, tell_outcome
from reviews.services.locking import base_moved, locked
from reviews.services.refusals import record_refusal
from reviews.services.revising import about
from reviews.services.waiting import said

ARMED_MINUTES = 15
HOLDS_HOURS = 72
REVIEW_HOURS = 24
_OPEN = (State.IN_REVIEW, State.APPROVED)


def arm_emergency(*, actor: Any, request_id: int, reason: str, digest: str) -> Emergency:
    """Afterwards the glass is armed for this very wording: the second click within minutes puts it into effect.

    Refuses: RequestUnknown, NotAllowed (entered in the ledger), Invalid (reason), Conflict (not before its board, or
    broken already), ChangedSinceOpened (digest).
    Announces: EmergencyArmed.
    """
    words = clean_text(reason, pointer="/reason", max_length=5000, lines=True)
    if len(words) < 20:
        raise Invalid("Say in a sentence why this cannot wait for the board.", pointer="/reason", code="too_short")
    _require(actor, request_id)
    with locked(actor=actor, request_id=request_id) as request:
        _refuse_closed(request)
        _refuse_unseen(request, digest)
        at = now()
        held = {
            "person_id": actor.pk,
            "reason": words,
            "digest": request.digest,
            "armed_at": at,
            "armed_until": at + timedelta(minutes=ARMED_MINUTES),
        }
        emergency, _ = Emergency.objects.update_or_create(request=request, defaults=held)
        announce(EmergencyArmed(**about(request), reason=words[:300]), actor=actor)
        return emergency


def use_emergency(*, actor: Any, request_id: int, digest: str) -> ChangeRequest:
    """Afterwards the change is in effect past its board, until `holds_until` unless the board confirms it.

    The whole board and every auditor are told; a review is owed.

    Refuses: RequestUnknown, NotAllowed (entered in the ledger), Conflict (not armed by this person, or too late),
    ChangedSinceOpened (another wording than was armed), BaseMoved (it no longer fits; the request turned stale).
    Announces: EmergencyUsed, RequestApplied; RequestStaled where it no longer fits.
    """
    _require(actor, request_id)
    refused = _used(actor, request_id, digest)
    if refused is not None:
        raise refused
    return ChangeRequest.objects.get(pk=request_id)


def _used(actor: Any, request_id: int, digest: str) -> DomainError | None:
    """Nothing; or a refusal to raise after the commit, because what it found out about the request must stay."""
    with locked(actor=actor, request_id=request_id) as request:
        _refuse_closed(request)
        emergency = Emergency.objects.select_for_update().filter(request=request).first()
        if emergency is None or emergency.person_id != actor.pk:
            raise Conflict("Arm it first: say why this cannot wait, then confirm.", code="not_armed")
        if emergency.armed_until < now():
            late = f"More than {ARMED_MINUTES} minutes have passed since it was armed. Look again, and arm it anew."
            raise Conflict(late, code="armed_too_long_ago")
        _refuse_unseen(request, digest)
        if emergency.digest != request.digest:
            raise ChangedSinceOpened("The request changed since it was armed. Look at it, and arm it anew.")
        moved = base_moved(request) or _broken(request, emergency, actor)
        if moved is not None:
            mark_stale(request, moved)
            return BaseMoved(f"It can no longer take effect: {moved}.", extra={"state": str(State.STALE)})
        return None


def _broken(request: ChangeRequest, emergency: Emergency, actor: Any) -> str | None:
    """Put it into effect; what kept it from that, where something did."""
    before = request.state, request.version
    try:
        with transaction.atomic():
            at = now()
            emergency.used_at, emergency.holds_until = at, at + timedelta(hours=HOLDS_HOURS)
            emergency.retro_state, emergency.retro_due_at = RetroState.OWED, at + timedelta(hours=REVIEW_HOURS)
            emergency.save()
            version = enact(request, actor, at_once=True)
            if version is None:
                raise _NoEffect(request.state_reason.rstrip("."))
    except _NoEffect as none:
        # What the attempt had written on the row in memory is undone in the database.
        request.state, request.version = before
        return str(none)
    emergency.request = request
    reason, until = emergency.reason[:300], emergency.holds_until.isoformat()
    announce(EmergencyUsed(**about(request), reason=reason, holds_until=until), actor=actor)
    tell_outcome(request, version, actor)
    _tell(emergency)
    return None


class _NoEffect(Exception):
    """The change could not take effect; nothing of the attempt stays."""


def _tell(emergency: Emergency) -> None:
    request = emergency.request
    if emergency.holds_until is None or emergency.retro_due_at is None:
        return
    notify(
        to=told_of(emergency),
        kind=Told.EMERGENCY,
        title=f"Past the board: #{request.pk} {request.title}",
        body=f"{emergency.person} put it into effect: {emergency.reason} It holds until {said(emergency.holds_until)}; "
        f"a member of {request.board.name} has to review it by {said(emergency.retro_due_at)}.",
        url=f"/requests/{request.pk}/",
        about=f"request:{request.pk}",
        key=f"emergency:{emergency.pk}",
        urgent=True,
    )


def _require(actor: Any, request_id: int) -> None:
    """Refuse, and enter in the ledger, where the person may not pass the board."""
    request = ChangeRequest.objects.filter(pk=request_id).select_related("board").first()
    refusal = glass_refusal(actor, request) if request else None
    if refusal is not None:
        refused = NotAllowed(refusal)
        record_refusal(actor=actor, request_id=request_id, attempt="break the glass on", refused=refused)
        raise refused


def _refuse_closed(request: ChangeRequest) -> None:
    if request.state not in _OPEN:
        raise Conflict(
            "Only what is before its board, or waits for its date, can take effect past it. Submit it first.",
            code="not_before_the_board",
        )


def _refuse_unseen(request: ChangeRequest, digest: str) -> None:
    if not isinstance(digest, str) or digest != request.digest:
        raise ChangedSinceOpened(
            "The request changed since you opened it. Look at it again.",
            extra={"state": str(request.state), "digest": request.digest},
        )
