"""Pages for what went wrong outside the domain's own refusals."""

import sys
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from common import correlation
from common.absences import what_is_away
from common.api.errors import PROBLEM, problem

_CODES = {400: "bad_request", 403: "permission_denied", 404: "not_found", 503: "unavailable"}


def _answer(request: HttpRequest, status: int, detail: str) -> HttpResponse:
    if request.path.startswith("/api/"):
        errors = [{"code": _CODES.get(status, "error"), "detail": detail, "pointer": None}]
        return JsonResponse(problem(status, detail, errors), status=status, content_type=PROBLEM)
    context = {"detail": detail, "correlation": correlation.current_or_none()}
    if status >= 500:
        # Without the request: what is common to all pages asks the database, which may be what failed.
        return HttpResponse(render_to_string(f"errors/{status}.html", context), status=status)
    return render(request, f"errors/{status}.html", context, status=status)


def bad_request(request: HttpRequest, exception: Any = None) -> HttpResponse:
    """400: the request itself was malformed."""
    return _answer(request, 400, "The request could not be read. Go back, reload the page and try again.")


def permission_denied(request: HttpRequest, exception: Any = None) -> HttpResponse:
    """403 raised by the framework."""
    return _answer(request, 403, "You may not do this. An administrator can tell you who may.")


def page_not_found(request: HttpRequest, exception: Any = None) -> HttpResponse:
    """404: no such page, or not for this viewer."""
    if request.path.startswith("/api/") and not request.path.endswith("/"):
        return _answer(request, 404, "There is no such address. Addresses of the API end with a slash.")
    return _answer(request, 404, "There is no such page, or it is not open to you.")


def server_error(request: HttpRequest) -> HttpResponse:
    """503 while the database or the cache is away, else 500: a surprise; the correlation id finds it in the log."""
    away = what_is_away(sys.exc_info()[1])
    if away:
        answer = _answer(request, 503, away)
        answer["Retry-After"] = "5"
        return answer
    return _answer(request, 500, "Something went wrong here. It was recorded; nothing was half done. Please try again.")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: the form was open too long or came from elsewhere; what was typed is kept by the browser."""
    return render(request, "errors/403_csrf.html", {"reason": reason}, status=403)
