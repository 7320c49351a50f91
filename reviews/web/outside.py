"""The page of somebody from outside: one request, one question, one answer, without an account."""

from math import ceil
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache

from common.api.throttles import PerPrincipal
from common.errors import DomainError
from reviews.choices import Verdict
from reviews.errors import LinkClosed, LinkInvalid
from reviews.models import Invitation
from reviews.selectors import current_impact, current_revision
from reviews.selectors.shown_impact import shown_record
from reviews.services.answering import answer_invitation, invitation_for


class OutsideCalls(PerPrincipal):
    """Calls of links from outside: enough for a person who reads, too few to try links out."""

    scope = "outside"
    rate = "30/min"

    def get_cache_key(self, request: Any, view: Any) -> str | None:
        # By address alone: whoever is signed in besides has no more tries.
        return self.cache_format % {"scope": self.scope, "ident": self.get_ident(request)}


@login_not_required
@never_cache
def outside(request: HttpRequest, token: str) -> HttpResponse:
    """What is asked, and the answer; a link that cannot be used says plainly why."""
    throttle = OutsideCalls()
    if not throttle.allow_request(request, outside):
        return _closed(request, "Too many tries in a short time. Wait a minute, then open the link again.", 429,
                       {"Retry-After": str(ceil(throttle.wait() or 1))})  # fmt: skip
    try:
        found = invitation_for(token)
        error = _answered(request, token) if request.method == "POST" else ""
    except (LinkInvalid, LinkClosed) as refused:
        return _closed(request, refused.detail, 404 if isinstance(refused, LinkInvalid) else 410)
    if request.method == "POST" and not error:
        return _private(render(request, "reviews/outside_thanks.html", {"invitation": found}))
    return _private(
        render(request, "reviews/outside.html", _context(request, found, error), status=422 if error else 200)
    )


def _answered(request: HttpRequest, token: str) -> str:
    """Take the answer; why it was not taken, in words."""
    given = {name: request.POST.get(name, "") for name in ("verdict", "reason", "digest")}
    try:
        answer_invitation(token=token, **given)
    except (LinkInvalid, LinkClosed):
        raise
    except DomainError as refused:
        return refused.detail
    return ""


def _context(request: HttpRequest, found: Invitation, error: str) -> dict[str, Any]:
    asked = found.request
    impact = current_impact(asked)
    return {
        "invitation": found,
        "found": asked,
        "differences": current_revision(asked).differences,
        "impact": shown_record(AnonymousUser(), asked, impact.record) if impact else {},
        "answers": ((Verdict.APPROVE.value, "Yes"), (Verdict.REJECT.value, "No")),
        "given": request.POST,
        "error": error,
    }


def _closed(request: HttpRequest, words: str, status: int, headers: dict[str, str] | None = None) -> HttpResponse:
    answer = render(request, "reviews/outside_closed.html", {"words": words}, status=status)
    for name, value in (headers or {}).items():
        answer[name] = value
    return _private(answer)


def _private(answer: HttpResponse) -> HttpResponse:
    """The link is a key: no search engine keeps it, and no other site learns of it."""
    answer["Referrer-Policy"] = "no-referrer"
    answer["X-Robots-Tag"] = "noindex, nofollow"
    return answer
