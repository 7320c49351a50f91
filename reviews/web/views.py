"""The list of requests, one request, and what is done to it."""

from datetime import UTC
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_POST

from common.errors import DomainError, Invalid, NotFound
from common.web import paginate
from reviews.choices import Kind, SubjectType
from reviews.filters import VOTES, RequestFilter
from reviews.selectors import governing_board, requests_about, requests_for, waiting_count
from reviews.selectors.at_work import rows_of
from reviews.selectors.boards import names_for
from reviews.selectors.checklist import checklist_in_force
from reviews.selectors.requests import in_order
from reviews.services.applying import apply_request
from reviews.services.requests import rebase_request, schedule_request, submit_request, withdraw_request
from reviews.web.wording import filter_chips, list_url
from taxonomy.selectors import path_of, segment_for

CHIPS = {
    "type": "About a",
    "kind": "Kind",
    "board": "Board",
    "subject": "Segment or key",
    "author": "Author",
    "q": "Contains",
}


def requests(request: HttpRequest) -> HttpResponse:
    """Requests, those that wait for the viewer first."""
    asked = request.GET if request.GET else {"state": "open"}
    narrowed = RequestFilter(asked, queryset=requests_for(viewer=request.user), viewer=request.user)
    waiting = waiting_count(request.user)
    found: QuerySet[Any] = narrowed.sorted_by(request.GET.get("sort", ""))
    page = paginate(request, found.values_list("pk", "rank"), per_page=30)
    ranks = dict(page.object_list)
    page.object_list = in_order(list(ranks), viewer=request.user)
    context = {
        "page": page,
        "rows": rows_of(page.object_list),
        "votes": {number for number, rank in ranks.items() if rank == VOTES},
        "filters": _list_filters(request),
        "tabs": _list_tabs(request, waiting),
        "chips": filter_chips(request.GET, CHIPS),
        "text": request.GET.get("q", ""),
    }
    return render(request, "reviews/list.html", context)


def _list_tabs(request: HttpRequest, waiting: int) -> list[dict[str, Any]]:
    state = request.GET.get("state", "" if request.GET else "open")
    narrowed = {name: request.GET[name] for name in CHIPS if request.GET.get(name)}
    chosen = "waiting" if request.GET.get("waiting") else "mine" if request.GET.get("mine") else state
    rows: list[tuple[str, str, dict[str, str], int | None]] = [
        ("open", "Undecided", {"state": "open"}, None),
        ("waiting", "Waiting for me", {"waiting": "1"}, waiting),
        ("mine", "Mine", {"mine": "1"}, None),
        ("decided", "Decided", {"state": "decided"}, None),
        ("", "All", {"state": ""}, None),
    ]
    return [
        {"label": label, "href": list_url(**query, **narrowed), "is_current": key == chosen, "count": count}
        for key, label, query, count in rows
    ]


def _list_filters(request: HttpRequest) -> list[dict[str, Any]]:
    """The choices that narrow the list, each with the one taken."""
    boards = names_for(viewer=request.user)
    offered = (("type", SubjectType.choices), ("kind", Kind.choices), ("board", boards))
    return [
        {"name": name, "label": CHIPS[name], "choices": choices, "chosen": request.GET.get(name, "")}
        for name, choices in offered
    ]


def done(request: HttpRequest, request_id: int, words: str, deed: Any) -> HttpResponse:
    """Do it, say so, and show the request; a refusal is said there too."""
    try:
        deed()
        messages.success(request, words)
    except NotFound:
        raise
    except DomainError as refused:
        messages.error(request, refused.detail)
    return redirect("reviews:request", request_id)


@require_POST
def submit(request: HttpRequest, request_id: int) -> HttpResponse:
    """Put it before the board."""
    return done(request, request_id, "Submitted.", lambda: submit_request(actor=request.user, request_id=request_id))


@require_POST
def withdraw(request: HttpRequest, request_id: int) -> HttpResponse:
    """Take it back for good."""
    return done(request, request_id, "Withdrawn.", lambda: withdraw_request(actor=request.user, request_id=request_id))


@require_POST
def rebase(request: HttpRequest, request_id: int) -> HttpResponse:
    """Bring it up to date; each field in conflict carries its choice."""
    prefix = "choice-"
    choices = {name.removeprefix(prefix): str(side) for name, side in request.POST.items() if name.startswith(prefix)}
    return done(
        request,
        request_id,
        "Brought up to date. Look it over and submit it again.",
        lambda: rebase_request(actor=request.user, request_id=request_id, choices=choices),
    )


@require_POST
def apply(request: HttpRequest, request_id: int) -> HttpResponse:
    """Put it into effect, now that its date has come."""
    return done(request, request_id, "Done.", lambda: apply_request(actor=request.user, request_id=request_id))


@require_POST
def schedule(request: HttpRequest, request_id: int) -> HttpResponse:
    """Set its effective date."""
    return done(request, request_id, "The effective date is set.", lambda: _scheduled(request, request_id))


def _scheduled(request: HttpRequest, request_id: int) -> None:
    text = request.POST.get("effective_at", "")
    try:
        when = parse_datetime(text) if text else None
    except ValueError:
        when = None
    if text and when is None:
        raise Invalid("Give the date and time, for example 2026-12-24T09:00.", pointer="/effective_at")
    if when is not None and when.tzinfo is None:
        when = when.replace(tzinfo=UTC)
    schedule_request(actor=request.user, request_id=request_id, effective_at=when)


def segment_region(request: HttpRequest, key: str) -> HttpResponse:
    """What is under change about a segment and the board that decides, for the segment's page."""
    segment = segment_for(viewer=request.user, key=key)
    rows = requests_about(viewer=request.user, segment_key=key)
    board = governing_board(path_of(segment.key), SubjectType.SEGMENT)
    context = {"key": key, "rows": rows[:6], "total": rows.count(), "board": board}
    return render(request, "reviews/segment_region.html", context)


def checklist(request: HttpRequest, key: str) -> HttpResponse:
    """The creation checklist of a segment in force, for the segment's page."""
    segment = segment_for(viewer=request.user, key=key)
    return render(request, "reviews/checklist.html", {"lines": checklist_in_force(segment.key)})
