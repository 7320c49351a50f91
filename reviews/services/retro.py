"""Holds the review that an emergency owes, carries it up board by board until it is held, and prepares the way back."""

from datetime import timedelta
from typing import Any

import structlog
from django.db import transaction
from django.db.models import QuerySet

from accounts.choices import Role
from accounts.selectors import holders_of
from common import correlation
from common.actors import SYSTEM
from common.clock import now
from common.errors import Conflict, DomainError, Invalid, NotAllowed
from common.texts import clean_text
from ledger.services import announce
from notifications.choices import Kind as Told
from notifications.services import notify
from reviews.choices import CONFIRMED, NOT_CONFIRMED, OPEN, RetroState, State
from reviews.events import RetroEscalated, RetroHeld, RollbackOwed
from reviews.models import ChangeRequest, Emergency
from reviews.selectors.emergencies import boards_up, owed, review_refusal, reviewers, told_of
from reviews.services.emergencies import REVIEW_HOURS
from reviews.services.locking import locked
from reviews.services.refusals import record_refusal
from reviews.services.revising import about
from reviews.services.rollbacks import prepare_rollback
from reviews.services.submitting import submit_request

log = structlog.get_logger(__name__)
VERDICTS = (CONFIRMED, NOT_CONFIRMED)


def hold_retro(*, actor: Any, request_id: int, verdict: str, notes: str) -> Emergency:
    """Afterwards the emergency is reviewed: confirmed, so that it stands; or not, so that its way back is before the
    board.

    Refuses: RequestUnknown, NotAllowed (who did it or wrote it; no member of the boards; entered in the ledger),
    Invalid (verdict, notes), Conflict (no review is owed).
    Announces: RetroHeld; RollbackOwed where it was not confirmed.
    """
    if verdict not in VERDICTS:
        raise Invalid(f"A verdict is one of: {', '.join(VERDICTS)}.", code="unknown_verdict", pointer="/verdict")
    words = clean_text(notes, pointer="/notes", max_length=5000, lines=True)
    found = Emergency.objects.filter(request_id=request_id).select_related("request__board").first()
    refusal = review_refusal(actor, found) if found else None
    if refusal is not None:
        refused = NotAllowed(refusal)
        record_refusal(actor=actor, request_id=request_id, attempt="review the emergency of", refused=refused)
        raise refused
    with locked(actor=actor, request_id=request_id) as request:
        emergency = Emergency.objects.select_for_update().filter(request=request).first()
        if emergency is None or emergency.retro_state != RetroState.OWED:
            raise Conflict("No review is owed for this request.", code="nothing_owed")
        emergency.retro_state, emergency.retro_verdict, emergency.retro_notes = RetroState.HELD, verdict, words
        emergency.retro_by, emergency.retro_at = actor, now()
        emergency.save()
        announce(RetroHeld(**about(request), verdict=verdict.replace("_", " ")), actor=actor)
        emergency.request = request
        if verdict == NOT_CONFIRMED:
            put_way_back(emergency)
        return emergency


def watch_emergencies() -> int:
    """Afterwards every review that is overdue has gone one board up, and what was not confirmed in time has its way
    back before the board; each in its own transaction.

    Refuses: nothing; one that fails is logged and tried again next time.
    Announces: RetroEscalated, RollbackOwed; returns how many it looked after.
    """
    done = 0
    ended = ChangeRequest.objects.filter(rolls_back__isnull=False, state__in=(State.WITHDRAWN, State.EXPIRED))
    unsettled = Emergency.objects.filter(retro_verdict=NOT_CONFIRMED, request__in=ended.values("rolls_back"))
    unsettled = unsettled.exclude(request__in=_ways_back().values("rolls_back"))
    for number in [*owed().values_list("pk", flat=True), *unsettled.values_list("pk", flat=True)]:
        try:
            done += _watch(number)
        except Exception:
            # One that fails by surprise must not keep the others from going up.
            log.exception("emergency.not_watched", emergency=number)
    return done


@transaction.atomic
def _watch(number: int) -> int:
    rows = Emergency.objects.select_for_update(of=("self",), skip_locked=True)
    emergency = rows.filter(pk=number).select_related("request__board", "person").first()
    if emergency is None or emergency.retro_due_at is None or emergency.holds_until is None:
        return 0
    with correlation.bind(emergency.request.correlation_id):
        if emergency.retro_state == RetroState.HELD:
            # Not confirmed, and its way back expired before the board had decided about it.
            owes = emergency.retro_verdict == NOT_CONFIRMED and not _has_way_back(emergency.request)
            return int(owes and put_way_back(emergency) is not None)
        escalated = emergency.retro_due_at <= now()
        if escalated:
            _escalate(emergency)
        lapsed = emergency.holds_until <= now() and not _has_way_back(emergency.request)
        if lapsed:
            put_way_back(emergency)
    return int(escalated or lapsed)


def _escalate(emergency: Emergency) -> None:
    """One board up; beyond the last, administrators are asked, and reminded until it is held."""
    emergency.retro_level = min(emergency.retro_level + 1, 30_000)
    emergency.retro_due_at = now() + timedelta(hours=REVIEW_HOURS)
    emergency.save(update_fields=["retro_level", "retro_due_at"])
    request = emergency.request
    reached = boards_up(request.board, emergency.retro_level)
    where = reached[-1].name if len(reached) > emergency.retro_level else "the administrators"
    announce(RetroEscalated(**about(request), reached=where, level=emergency.retro_level), actor=SYSTEM)
    auditors = set(holders_of(Role.AUDITOR).values_list("pk", flat=True))
    notify(
        to=reviewers(emergency) | auditors,
        kind=Told.RETRO_DUE,
        title=f"Review owed: #{request.pk} {request.title}",
        body=f"It took effect past {request.board.name}, and nobody has reviewed that. It is now for {where} to do.",
        url=f"/requests/{request.pk}/",
        about=f"request:{request.pk}",
        key=f"retro:{emergency.pk}:{emergency.retro_level}",
        urgent=True,
    )


def put_way_back(emergency: Emergency) -> ChangeRequest | None:
    """Afterwards a request that takes the emergency back is before the board, in the name of whoever broke the glass;
    or everybody is told that it has to be done by hand. Part of the caller's transaction.

    Refuses: nothing.
    Announces: RollbackOwed (besides what the new request announces).
    """
    request = emergency.request
    try:
        with transaction.atomic():
            back = prepare_rollback(actor=_answering(emergency), request_id=request.pk)
            if back.state == State.DRAFT:
                back = submit_request(actor=back.author, request_id=back.pk)
    except DomainError as refused:
        # Tried again with every look; said once.
        if _tell(emergency, f"It could not be prepared: {refused.detail}", "failed", f"/requests/{request.pk}/"):
            announce(RollbackOwed(**about(request), words="could not prepare", rollback_id=None), actor=SYSTEM)
        return None
    _tell(emergency, f"Request #{back.pk} takes it back; it waits for votes.", str(back.pk), f"/requests/{back.pk}/")
    announce(RollbackOwed(**about(request), words="put before the board", rollback_id=back.pk), actor=SYSTEM)
    return back


def _answering(emergency: Emergency) -> Any:
    """Who stands for the way back: whoever broke the glass, the author, or an administrator; the first still here."""
    administrator = holders_of(Role.ADMINISTRATOR).first()
    people = (emergency.person, emergency.request.author, administrator)
    return next((person for person in people if person is not None and person.is_active), emergency.person)


def _has_way_back(request: ChangeRequest) -> bool:
    return _ways_back().filter(rolls_back=request).exists()


def _ways_back() -> QuerySet[ChangeRequest]:
    """The ways back that were taken, or are open, or that a board refused."""
    return ChangeRequest.objects.filter(rolls_back__isnull=False, state__in=(*OPEN, State.APPLIED, State.REJECTED))


def _tell(emergency: Emergency, words: str, key: str, url: str) -> int:
    """Tell everybody who was told of the emergency; how many had not been told that yet."""
    request = emergency.request
    return notify(
        to=told_of(emergency) | {emergency.person_id},
        kind=Told.EMERGENCY,
        title=f"The way back of #{request.pk} {request.title}",
        body=f"It took effect past {request.board.name} and was not confirmed. {words}",
        url=url,
        about=f"request:{request.pk}",
        key=f"way-back:{emergency.pk}:{key}",
        urgent=True,
    )
