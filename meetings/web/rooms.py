"""The room of one meeting: agenda, places, votes, notes."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from common.errors import DomainError, Invalid, NotFound
from meetings.selectors import meeting_for, view_of
from meetings.selectors.reading import box_of
from meetings.services.agenda import add_item, add_note, move_item
from meetings.services.holding import close_meeting, open_meeting, take_place
from meetings.services.planning import cancel_meeting, draw_agenda
from meetings.services.voting import approve_consent, vote_in_meeting
from reviews.choices import Verdict

VERDICTS = [{"value": verdict.value, "label": verdict.label} for verdict in Verdict]
MOVED = {
    "take_up": "Under discussion: its time runs and its votes are taken.",
    "leave": "Left open; it stays before the board.",
    "note": "Noted as spoken of.",
    "skip": "Skipped, with the reason in the minutes.",
    "restore": "Back on the agenda.",
    "object": "Taken out of the consent agenda, to be discussed.",
    "up": "Moved up.",
    "down": "Moved down.",
}
"""What is said of each move of an item."""


@never_cache
@require_GET
def meeting(request: HttpRequest, meeting_id: int) -> HttpResponse:
    """One meeting as it stands."""
    return _page(request, meeting_id)


def _page(request: HttpRequest, meeting_id: int, *, status: int = 200, **more: Any) -> HttpResponse:
    found = meeting_for(viewer=request.user, meeting_id=meeting_id)
    view = view_of(viewer=request.user, meeting=found)
    context = {"view": view, "meeting": found, "box": box_of(request.user, view), "verdicts": VERDICTS, **more}
    return render(request, "meetings/meeting.html", context, status=status)


@never_cache
@require_GET
def state(request: HttpRequest, meeting_id: int) -> HttpResponse:
    """What changes by itself in the room, asked for every few seconds."""
    found = meeting_for(viewer=request.user, meeting_id=meeting_id)
    view = view_of(viewer=request.user, meeting=found)
    seen = request.GET.get("seen", "")
    context = {"view": view, "meeting": found, "box": box_of(request.user, view), "seen": seen}
    return render(request, "meetings/meeting.html#state", context)


def _done(request: HttpRequest, meeting_id: int, words: str, deed: Callable[[], Any]) -> HttpResponse:
    """Do it, say so, and show the meeting; a refusal is said there too."""
    try:
        deed()
        messages.success(request, words)
    except NotFound:
        raise
    except DomainError as refused:
        messages.error(request, refused.detail)
        if refused.status == 403:
            raise
    return redirect("meetings:meeting", meeting_id)


def _seen(request: HttpRequest) -> int | None:
    text = request.POST.get("seen", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


@require_POST
def begin(request: HttpRequest, meeting_id: int) -> HttpResponse:
    """Open the meeting."""
    deed = lambda: open_meeting(actor=request.user, meeting_id=meeting_id)  # noqa: E731
    return _done(request, meeting_id, "The meeting is open. Everybody takes their own place.", deed)


@require_POST
def close(request: HttpRequest, meeting_id: int) -> HttpResponse:
    """Close the meeting; its minutes are frozen."""
    deed = lambda: close_meeting(actor=request.user, meeting_id=meeting_id, seen=_seen(request))  # noqa: E731
    return _done(request, meeting_id, "Closed. The minutes are written and frozen.", deed)


@require_POST
def cancel(request: HttpRequest, meeting_id: int) -> HttpResponse:
    """Cancel the meeting."""
    deed = lambda: cancel_meeting(actor=request.user, meeting_id=meeting_id)  # noqa: E731
    return _done(request, meeting_id, "Cancelled; the members were told.", deed)


@require_POST
def draw(request: HttpRequest, meeting_id: int) -> HttpResponse:
    """Put what the board has to decide on the agenda."""
    deed = lambda: draw_agenda(actor=request.user, meeting_id=meeting_id)  # noqa: E731
    return _done(request, meeting_id, "The agenda holds all that the board has to decide now.", deed)


@require_POST
def place(request: HttpRequest, meeting_id: int) -> HttpResponse:
    """Take a place, or excuse somebody."""
    given = {name: request.POST.get(name, "") for name in ("presence", "username", "stands_for", "note")}
    deed = lambda: take_place(actor=request.user, meeting_id=meeting_id, **given)  # noqa: E731
    return _done(request, meeting_id, "Entered.", deed)


@require_POST
def add(request: HttpRequest, meeting_id: int) -> HttpResponse:
    """Put something to speak of on the agenda."""
    minutes = request.POST.get("minutes", "10")[:4]
    given: dict[str, Any] = {
        "title": request.POST.get("title", ""),
        "minutes": int(minutes) if minutes.isdecimal() else 10,
    }
    deed = lambda: add_item(actor=request.user, meeting_id=meeting_id, **given)  # noqa: E731
    return _done(request, meeting_id, "Added to the agenda.", deed)


@require_POST
def move(request: HttpRequest, meeting_id: int, item_id: int) -> HttpResponse:
    """Move an item."""
    given: dict[str, Any] = {
        "move": request.POST.get("move", ""),
        "reason": request.POST.get("reason", ""),
        "seen": _seen(request),
    }
    deed = lambda: move_item(actor=request.user, meeting_id=meeting_id, item_id=item_id, **given)  # noqa: E731
    return _done(request, meeting_id, MOVED.get(given["move"], "Moved."), deed)


@require_POST
def note(request: HttpRequest, meeting_id: int, item_id: int) -> HttpResponse:
    """Write a note on an item."""
    text = request.POST.get("text", "")
    deed = lambda: add_note(actor=request.user, meeting_id=meeting_id, item_id=item_id, text=text)  # noqa: E731
    return _done(request, meeting_id, "Noted.", deed)


@never_cache
@require_POST
def vote(request: HttpRequest, meeting_id: int, item_id: int) -> HttpResponse:
    """Cast my vote in the room; a refusal keeps my words."""
    given: dict[str, Any] = {name: request.POST.get(name, "") for name in ("verdict", "reason", "digest")}
    try:
        vote_in_meeting(actor=request.user, meeting_id=meeting_id, item_id=item_id, **given)
    except NotFound:
        raise
    except DomainError as refused:
        status = 422 if refused.status == 400 else refused.status
        return _page(request, meeting_id, status=status, vote={**given, "error": refused.detail})
    messages.success(request, "Your vote was taken.")
    return redirect("meetings:meeting", meeting_id)


@never_cache
@require_POST
def consent(request: HttpRequest, meeting_id: int) -> HttpResponse:
    """Confirm the consent agenda: my vote on each item of it."""
    picks: list[tuple[int, str]] = []
    for text in request.POST.getlist("pick"):
        number, _, digest = text.partition(":")
        if not (number.isascii() and number.isdigit() and len(number) < 12 and digest):
            raise Invalid("Confirm items of the agenda.", pointer="/pick")
        picks.append((int(number), digest))
    meeting_for(viewer=request.user, meeting_id=meeting_id)
    results = approve_consent(actor=request.user, meeting_id=meeting_id, picks=picks)
    return _page(request, meeting_id, results=results)
