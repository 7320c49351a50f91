"""The inbox, claims, and deciding several requests of the light path at once."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from common.errors import DomainError, Invalid, NotFound
from common.web import paginate
from reviews.choices import SubjectType
from reviews.selectors.at_work import SORTS, inbox_of, rows_of
from reviews.selectors.requests import requests_for
from reviews.services.bulk import approve_light
from reviews.services.claiming import claim_request, release_claim

ONLY = (("overdue", "Overdue"), ("light", "Light path"), ("risky", "Some or high risk"))
SORT_WORDS = {"due": "Due first", "age": "Oldest first", "size": "Largest first", "risk": "Riskiest first"}


@never_cache
def inbox(request: HttpRequest) -> HttpResponse:
    """What I can decide, must answer, owe and watch."""
    asked = _asked(request)
    found = inbox_of(request.user, **asked)
    page = paginate(request, found.numbers, per_page=30)
    page.object_list = found.rows(list(page.object_list))
    context = {
        "inbox": found,
        "page": page,
        "asked": asked,
        "onlys": ONLY,
        "sorts": [(name, SORT_WORDS[name]) for name in SORTS],
        "boards": found.boards,
        "light_count": sum(row.is_light for row in page),
    }
    return render(request, "reviews/inbox.html", context)


def _asked(request: HttpRequest) -> dict[str, str]:
    def known(name: str, values: Any, default: str = "") -> str:
        value = request.GET.get(name, default)
        return value if value in values else default

    return {
        "board": request.GET.get("board", "").replace("\x00", "")[:63],
        "subject_type": known("type", SubjectType.values),
        "only": known("only", dict(ONLY)),
        "sort": known("sort", SORTS, "due"),
    }


def picks_of(request: HttpRequest) -> list[tuple[int, str]]:
    """The requests that were chosen, each with the digest that was on screen."""
    found: list[tuple[int, str]] = []
    for text in request.POST.getlist("pick"):
        number, _, digest = text.partition(":")
        if not (number.isascii() and number.isdigit() and len(number) < 12 and digest):
            raise Invalid("Choose requests from your inbox.", pointer="/pick")
        found.append((int(number), digest))
    return found


@never_cache
@require_POST
def confirm_light(request: HttpRequest) -> HttpResponse:
    """What would be approved, listed once more before it is."""
    picks = dict(picks_of(request))
    rows = rows_of(requests_for(viewer=request.user).filter(pk__in=picks))
    chosen = [(row, picks[row.request.pk]) for row in rows if row.is_light]
    if not chosen:
        messages.error(request, "Choose at least one request of the light path.")
        return redirect("reviews:inbox")
    return render(request, "reviews/light.html", {"chosen": chosen, "left_out": len(picks) - len(chosen)})


@never_cache
@require_POST
def decide_light(request: HttpRequest) -> HttpResponse:
    """Cast the votes, each for itself, and say what became of each."""
    results = approve_light(actor=request.user, picks=picks_of(request))
    return render(request, "reviews/light_done.html", {"results": results})


@require_POST
def claim(request: HttpRequest, request_id: int) -> HttpResponse:
    """Say that I am looking at it."""
    return _said(request, request_id, "The others see that you are looking at it.", claim_request)


@require_POST
def release(request: HttpRequest, request_id: int) -> HttpResponse:
    """Say that I no longer look at it."""
    return _said(request, request_id, "Released.", release_claim)


def _said(request: HttpRequest, request_id: int, words: str, deed: Any) -> HttpResponse:
    try:
        deed(actor=request.user, request_id=request_id)
        messages.success(request, words)
    except DomainError as refused:
        if isinstance(refused, NotFound) and refused.code == "request_unknown":
            raise
        messages.error(request, refused.detail)
    return redirect("reviews:request", request_id)
