"""What surrounds the taking effect of a request: the way back, emergencies with their review, and blackouts."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_POST

from common.clock import now
from common.errors import DomainError, Invalid, NotFound
from reviews.choices import DECIDED, SubjectType
from reviews.models import ChangeRequest
from reviews.policies import BlackoutPolicy
from reviews.selectors import Detail, boards_for
from reviews.selectors.blackouts import coming_blackouts
from reviews.selectors.calendar import entries
from reviews.selectors.emergencies import emergency_of, glass_refusal, owed_about, review_refusal
from reviews.services.blackouts import announce_blackout, cancel_blackout
from reviews.services.emergencies import ARMED_MINUTES, HOLDS_HOURS, arm_emergency, use_emergency
from reviews.services.retro import hold_retro
from reviews.services.rollbacks import prepare_rollback
from reviews.services.waiting import notice_ends, waits_for
from safeguards.choices import Scope
from safeguards.selectors import freeze_of, frozen_words

AHEAD_DAYS = 60


def changes_part(viewer: Any, detail: Detail) -> dict[str, Any]:
    """What the page of a request says of its taking effect."""
    found = detail.request
    emergency = emergency_of(found)
    is_owed = emergency is not None and emergency.retro_state == "owed"
    return {
        "waiting": waits_for(found, now()) if found.state == "approved" else None,
        "frozen": _frozen(found),
        "notice_ends": notice_ends(found) if found.state == "approved" else None,
        "notice_days": int(found.requirement.get("notice_days") or 0),
        "emergency": emergency,
        "glass_refusal": glass_refusal(viewer, found) if found.state in ("in_review", "approved") else "",
        "is_armed": emergency is not None
        and emergency.used_at is None
        and emergency.person_id == viewer.pk
        and emergency.armed_until > now()
        and emergency.digest == found.digest,
        "armed_minutes": ARMED_MINUTES,
        "holds_hours": HOLDS_HOURS,
        "is_review_owed": is_owed,
        "review_refusal": review_refusal(viewer, emergency) if emergency is not None and is_owed else None,
        "rollbacks": list(found.rollbacks.order_by("pk")) if found.state == "applied" else [],
    }


def _frozen(found: ChangeRequest) -> str:
    """The freeze of the segment that the request is about, in a sentence; empty where it is not frozen or decided."""
    if found.subject_type != SubjectType.SEGMENT or found.state in DECIDED:
        return ""
    freeze = freeze_of(Scope.SEGMENT, found.subject_key)
    return frozen_words(freeze) if freeze else ""


@require_POST
def rollback(request: HttpRequest, request_id: int) -> HttpResponse:
    """Prepare the way back, and lead to it."""
    try:
        made = prepare_rollback(actor=request.user, request_id=request_id)
    except NotFound:
        raise
    except DomainError as refused:
        messages.error(request, refused.detail)
        return redirect("reviews:request", request_id)
    messages.success(request, "The way back is prepared. Look it over, then submit it.")
    return redirect("reviews:request", made.pk)


def _led_back(request: HttpRequest, request_id: int, words: str, deed: Any) -> HttpResponse:
    try:
        deed()
        messages.success(request, words)
    except NotFound:
        raise
    except DomainError as refused:
        messages.error(request, refused.detail)
    return redirect("reviews:request", request_id)


@require_POST
def arm(request: HttpRequest, request_id: int) -> HttpResponse:
    """The first of two clicks past the board."""
    given = {name: request.POST.get(name, "") for name in ("reason", "digest")}
    words = f"Armed. Confirm within {ARMED_MINUTES} minutes, or let it lapse."
    return _led_back(
        request, request_id, words, lambda: arm_emergency(actor=request.user, request_id=request_id, **given)
    )


@require_POST
def break_glass(request: HttpRequest, request_id: int) -> HttpResponse:
    """The second click: it takes effect now."""
    digest = request.POST.get("digest", "")
    words = "It is in effect. The whole board and the auditors have been told; a review is owed."
    return _led_back(
        request, request_id, words, lambda: use_emergency(actor=request.user, request_id=request_id, digest=digest)
    )


@require_POST
def retro(request: HttpRequest, request_id: int) -> HttpResponse:
    """Hold the review of an emergency."""
    given = {name: request.POST.get(name, "") for name in ("verdict", "notes")}
    return _led_back(
        request,
        request_id,
        "The review is held.",
        lambda: hold_retro(actor=request.user, request_id=request_id, **given),
    )


def blackouts(request: HttpRequest) -> HttpResponse:
    """The times in which nothing takes effect; whoever may can announce one."""
    given: dict[str, str] = {}
    error = ""
    if request.method == "POST":
        fields = ("board", "name", "reason", "starts_at", "ends_at")
        given = {name: request.POST.get(name, "") for name in fields}
        try:
            _announce(request, given)
            messages.success(request, "The blackout is announced.")
            return redirect("reviews:blackouts")
        except DomainError as refused:
            error = refused.detail
    return _blackouts_page(request, given, error)


def _blackouts_page(request: HttpRequest, given: dict[str, str], error: str) -> HttpResponse:
    policy = BlackoutPolicy()
    rows = [(row, policy.can(request.user, "announce", row.board)) for row in coming_blackouts()]
    mine = [board for board in boards_for(viewer=request.user) if policy.can(request.user, "announce", board)]
    context = {
        "rows": rows,
        "boards": mine,
        "may_stop_all": policy.can(request.user, "announce", None),
        "given": given,
        "error": error,
        "now": now(),
        "calendar": entries(request.user, now(), now() + timedelta(days=AHEAD_DAYS)),
        "days": AHEAD_DAYS,
    }
    return render(request, "reviews/blackouts.html", context, status=422 if error else 200)


def _announce(request: HttpRequest, given: dict[str, str]) -> None:
    times = {name: _instant(given[name], name) for name in ("starts_at", "ends_at")}
    announce_blackout(actor=request.user, name=given["name"], reason=given["reason"], board_key=given["board"], **times)


def _instant(text: str, name: str) -> datetime:
    try:
        when = parse_datetime(text)
    except ValueError:
        when = None
    if when is None:
        raise Invalid("Give both times, for example 2026-12-24T09:00.", pointer=f"/{name}")
    return when if when.tzinfo else when.replace(tzinfo=UTC)


@require_POST
def blackout_cancel(request: HttpRequest, blackout_id: int) -> HttpResponse:
    """Call a blackout off."""
    try:
        cancel_blackout(actor=request.user, blackout_id=blackout_id)
        messages.success(request, "The blackout is cancelled.")
    except DomainError as refused:
        messages.error(request, refused.detail)
    return redirect("reviews:blackouts")


def emergency_banner(request: HttpRequest, key: str) -> HttpResponse:
    """What is in force about a segment past its board, for the top of its page."""
    return render(request, "reviews/emergency_banner.html", {"owed": owed_about(key)})
