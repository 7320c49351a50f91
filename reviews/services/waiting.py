"""What keeps an approved request from taking effect now: its date, the notice that is owed, a blackout."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection

from common.errors import Conflict
from reviews.choices import State
from reviews.models import Blackout, ChangeRequest
from reviews.selectors.blackouts import blackout_for

_BLACKOUTS = 7_208_301
_SCHEDULES = 7_208_302


@dataclass(frozen=True)
class Waiting:
    """Why an approved request waits, in a sentence; `until` is empty where nobody can say."""

    words: str
    until: datetime | None = None


def waits_for(request: ChangeRequest, at: datetime) -> Waiting | None:
    """What the request waits for at that instant; None when it is due."""
    if request.effective_at is not None and request.effective_at > at:
        words = f"It was approved to take effect on {said(request.effective_at)}. Another date needs another approval."
        return Waiting(words, request.effective_at)
    return _of_notice(request, at) or _of_blackout(request, at)


def notice_ends(request: ChangeRequest) -> datetime | None:
    """When the notice that the board's policy asks for is over; None where it asks for none or nobody has decided."""
    days = int(request.requirement.get("notice_days") or 0)
    return request.decided_at + timedelta(days=days) if days and request.decided_at else None


def _of_notice(request: ChangeRequest, at: datetime) -> Waiting | None:
    ends = notice_ends(request)
    if ends is None or ends <= at:
        return None
    days = int(request.requirement["notice_days"])
    asked = "1 day" if days == 1 else f"{days} days"
    return Waiting(f"{request.board.name} asks for {asked} of notice; that is over on {said(ends)}.", ends)


def _of_blackout(request: ChangeRequest, at: datetime) -> Waiting | None:
    found: Blackout | None = blackout_for(request, at)
    if found is None:
        return None
    words = f"Nothing takes effect during the blackout “{found.name}”. It waits until that ends, {said(found.ends_at)}."
    return Waiting(words, found.ends_at)


def share_blackouts() -> None:
    """Until the commit no blackout is announced or cancelled; others may put into effect what is due meanwhile."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [_BLACKOUTS])


def hold_blackouts() -> None:
    """Wait for every enactment under way; until the commit none begins."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_BLACKOUTS])


def refuse_what_cannot_apply(request: ChangeRequest) -> None:
    """Refuse to approve what could not take effect as it stands: a second schedule, or a date before the notice is
    over.

    Of two requests about one subject that would be approved at the same instant, one waits here for the other.
    """
    if request.effective_at is None:
        return
    with connection.cursor() as cursor:
        subject = f"{request.subject_type}:{request.subject_key}"
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [_SCHEDULES, subject])
    other = scheduled_other(request)
    if other is not None and other.effective_at is not None:
        raise Conflict(
            f"Another change of {request.subject_key} is scheduled already: request #{other.pk}, "
            f"{said(other.effective_at)}. It has to take effect, or be withdrawn, before this one can be approved.",
            code="schedule_taken",
            extra={"request": other.pk},
        )


def scheduled_other(request: ChangeRequest) -> ChangeRequest | None:
    """The other approved request about the same subject that waits for its date, if there is one."""
    rows = ChangeRequest.objects.filter(
        subject_type=request.subject_type,
        subject_key=request.subject_key,
        state=State.APPROVED,
        effective_at__isnull=False,
    )
    return rows.exclude(pk=request.pk).first()


def refuse_short_notice(request: ChangeRequest, at: datetime) -> None:
    """Refuse to submit a date that comes before the notice could be over."""
    days = int(request.requirement.get("notice_days") or 0)
    if not days or request.effective_at is None:
        return
    earliest = at + timedelta(days=days)
    if request.effective_at < earliest:
        asked = "1 day" if days == 1 else f"{days} days"
        raise Conflict(
            f"{request.board.name} asks for {asked} of notice, so this cannot take effect before {said(earliest)}. "
            "Set a later date, or none.",
            code="notice_too_short",
        )


def said(at: datetime) -> str:
    """An instant in words."""
    return at.strftime("%d %B %Y, %H:%M UTC")
