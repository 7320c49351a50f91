"""The page of one request, and the vote that is bound to what it shows."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from common.errors import DomainError, NotFound
from reviews.models import Revision
from reviews.selectors import Detail, detail_for
from reviews.selectors.since import differences_between
from reviews.services.rebasing import comparison
from reviews.services.voting import cast_vote
from reviews.subjects import subject_for
from reviews.web.conversation import SHOWN, story
from reviews.web.parts import context_of_parts
from reviews.web.wording import tabs_of, verdict_options

TABS = ("conversation", "changes", "impact", "checks")
EVERYTHING = "all"
"""The tab that holds all others, for paper."""


def change_request(request: HttpRequest, request_id: int) -> HttpResponse:
    """One request: conversation, changes, impact and checks, and the vote."""
    return request_page(request, request_id)


def request_page(
    request: HttpRequest, request_id: int, *, vote: dict[str, str] | None = None, status: int = 200
) -> HttpResponse:
    """The request as it is now; `vote` keeps what somebody typed where it was refused."""
    detail = detail_for(viewer=request.user, request_id=request_id)
    parts = context_of_parts(request.user, detail)
    context = {
        "detail": detail,
        "found": detail.request,
        "page_address": request.build_absolute_uri(reverse("reviews:request", args=[request_id])),
        "vote": vote or {},
        "verdicts": verdict_options(detail.eligibility.function),
        "comparison": comparison(detail.request) if detail.request.state == "stale" else [],
        "subject_url": subject_for(detail.request.subject_type).url(detail.request.subject_key),
        "is_subject_live": detail.request.base_version is not None or detail.request.state == "applied",
        "subject_name": _subject_name(detail),
        "function_label": _function_label(detail),
        **parts,
        **_tabs(request, detail),
        **_story(request, detail, parts),
        **_revisions(request, detail),
    }
    return render(request, "reviews/request.html", context, status=status)


def _tabs(request: HttpRequest, detail: Detail) -> dict[str, Any]:
    asked = request.GET.get("tab", "")
    usual = "conversation" if detail.request.submitted_at else "changes"
    tab = asked if asked in (*TABS, EVERYTHING) else usual
    counts = {
        "conversation": len([each for each in detail.timeline if each.kind != "fact"]),
        "changes": len(detail.differences),
        "checks": len([check for check in detail.checks if check["status"] != "pass"]),
    }
    base = reverse("reviews:request", args=[detail.request.pk])
    rows = [(key, key.capitalize(), counts.get(key)) for key in TABS]
    return {"tab": tab, "shown": TABS if tab == EVERYTHING else (tab,), "tabs": tabs_of(base, rows, tab)}


def _story(request: HttpRequest, detail: Detail, parts: dict[str, Any]) -> dict[str, Any]:
    asked = request.GET.get("show", "")
    show = asked if asked in SHOWN else ""
    moments = story(detail.timeline, parts["clauses"], show)
    return {"story": moments, "show": show, "story_kinds": SHOWN.items()}


def _revisions(request: HttpRequest, detail: Detail) -> dict[str, Any]:
    """Every wording, and where one is asked for by `?since=`, what differs between it and the present one."""
    rows = Revision.objects.filter(request_id=detail.request.pk).select_related("editor", "suggested_by")
    asked = request.GET.get("since", "")
    number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 7 else 0
    changed = differences_between(detail.request, number) if number else None
    return {
        "revisions": list(rows.only("number", "cause", "created_at", "request_id", "editor", "suggested_by")),
        "since": number if changed is not None else 0,
        "changed_since": changed or [],
    }


def _subject_name(detail: Detail) -> str:
    """What the request is about, by the name that people know where it has one."""
    found = detail.request
    contents = (found.base_content or {}, found.proposed)
    names = (content.get(part) for content in contents for part in ("name", "label"))
    return next((str(name) for name in names if name), found.subject_key)


def _function_label(detail: Detail) -> str:
    """As what the viewer votes, in words."""
    held = detail.eligibility.function
    return next((part.label.lower() for part in detail.standing.functions if part.function == held), "")


@require_POST
def vote(request: HttpRequest, request_id: int) -> HttpResponse:
    """Cast a vote on what was on screen; a refusal shows the request as it is now, with the words kept."""
    given: dict[str, Any] = {name: request.POST.get(name, "") for name in ("verdict", "reason", "digest")}
    try:
        cast_vote(actor=request.user, request_id=request_id, **given)
    except NotFound:
        raise
    except DomainError as refused:
        changed = refused.extra.get("changed") or []
        error = refused.detail + (f" Changed: {', '.join(changed)}." if changed else "")
        return request_page(
            request, request_id, vote={**given, "error": error}, status=422 if refused.status == 400 else refused.status
        )
    messages.success(request, "Your vote was taken.")
    return redirect("reviews:request", request_id)
