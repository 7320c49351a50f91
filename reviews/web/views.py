"""The list of requests, one request, and what is done to it."""

from datetime import UTC
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_POST

from common.errors import DomainError, Invalid, NotFound
from common.web import paginate
from reviews.choices import SubjectType
from reviews.filters import RequestFilter
from reviews.selectors import detail_for, governing_board, impact_lines, requests_about, requests_for, waiting_count
from reviews.selectors.checklist import checklist_in_force
from reviews.services.applying import apply_request
from reviews.services.comments import add_comment
from reviews.services.rebasing import comparison
from reviews.services.requests import rebase_request, schedule_request, submit_request, withdraw_request
from reviews.services.voting import cast_vote
from reviews.subjects import subject_for
from reviews.web.parts import context_of_parts
from reviews.web.wording import filter_chips, list_url, tabs_of, verdict_options
from taxonomy.selectors import path_of, segment_for

TABS = ("conversation", "changes", "impact", "checks")
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
    page = paginate(request, narrowed.waiting_first(), per_page=30)
    impacts = impact_lines(page.object_list)
    context = {
        "page": page,
        "rows": [(found, impacts.get(found.pk, "")) for found in page],
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


def change_request(request: HttpRequest, request_id: int) -> HttpResponse:
    """One request: conversation, changes, impact and checks, and the vote."""
    return _request_page(request, request_id)


def _request_page(
    request: HttpRequest, request_id: int, *, vote: dict[str, str] | None = None, status: int = 200
) -> HttpResponse:
    detail = detail_for(viewer=request.user, request_id=request_id)
    tab = request.GET.get("tab", "")
    current = tab if tab in TABS else "conversation" if detail.request.submitted_at else "changes"
    counts = {
        "conversation": len([each for each in detail.timeline if each.kind != "fact"]),
        "changes": len(detail.differences),
    }
    counts["checks"] = len([check for check in detail.checks if check["status"] != "pass"])
    base = reverse("reviews:request", args=[request_id])
    context = {
        "detail": detail,
        "found": detail.request,
        "tab": current,
        "tabs": tabs_of(base, [(key, key.capitalize(), counts.get(key)) for key in TABS], current),
        "vote": vote or {},
        "verdicts": verdict_options(detail.eligibility.function),
        "comparison": comparison(detail.request) if detail.request.state == "stale" else [],
        "subject_url": subject_for(detail.request.subject_type).url(detail.request.subject_key),
        "is_subject_live": detail.request.base_version is not None or detail.request.state == "applied",
        **_vote_box(detail),
        **context_of_parts(request.user, detail),
    }
    return render(request, "reviews/request.html", context, status=status)


def _vote_box(detail: Any) -> dict[str, Any]:
    standing = detail.standing
    rows = [
        {"function": part.label, "needed": part.required, "got": part.received}
        for part in standing.functions
        if part.required
    ]
    total = {"function": "Approvals in all", "needed": standing.policy.quorum, "got": standing.received}
    return {
        "tally": [*rows, total],
        "function_label": next(
            (p.label.lower() for p in standing.functions if p.function == detail.eligibility.function), ""
        ),
        "can_vote_names": ", ".join(str(person) for person, _ in standing.eligible),
    }


@require_POST
def vote(request: HttpRequest, request_id: int) -> HttpResponse:
    """Cast a vote on what was on screen; a refusal shows the request as it is now, with the words kept."""
    given = {name: request.POST.get(name, "") for name in ("verdict", "reason", "digest")}
    try:
        cast_vote(actor=request.user, request_id=request_id, **given)
    except NotFound:
        raise
    except DomainError as refused:
        changed = refused.extra.get("changed") or []
        error = refused.detail + (f" Changed: {', '.join(changed)}." if changed else "")
        return _request_page(
            request, request_id, vote={**given, "error": error}, status=422 if refused.status == 400 else refused.status
        )
    messages.success(request, "Your vote was taken.")
    return redirect("reviews:request", request_id)


def _done(request: HttpRequest, request_id: int, words: str, deed: Any) -> HttpResponse:
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
    return _done(request, request_id, "Submitted.", lambda: submit_request(actor=request.user, request_id=request_id))


@require_POST
def withdraw(request: HttpRequest, request_id: int) -> HttpResponse:
    """Take it back for good."""
    return _done(request, request_id, "Withdrawn.", lambda: withdraw_request(actor=request.user, request_id=request_id))


@require_POST
def comment(request: HttpRequest, request_id: int) -> HttpResponse:
    """Say something."""
    body = request.POST.get("body", "")
    return _done(
        request, request_id, "Added.", lambda: add_comment(actor=request.user, request_id=request_id, body=body)
    )


@require_POST
def rebase(request: HttpRequest, request_id: int) -> HttpResponse:
    """Bring it up to date; each field in conflict carries its choice."""
    prefix = "choice-"
    choices = {name.removeprefix(prefix): str(side) for name, side in request.POST.items() if name.startswith(prefix)}
    return _done(
        request,
        request_id,
        "Brought up to date. Look it over and submit it again.",
        lambda: rebase_request(actor=request.user, request_id=request_id, choices=choices),
    )


@require_POST
def apply(request: HttpRequest, request_id: int) -> HttpResponse:
    """Put it into effect, now that its date has come."""
    return _done(request, request_id, "Done.", lambda: apply_request(actor=request.user, request_id=request_id))


@require_POST
def schedule(request: HttpRequest, request_id: int) -> HttpResponse:
    """Set its effective date."""
    return _done(request, request_id, "The effective date is set.", lambda: _scheduled(request, request_id))


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
