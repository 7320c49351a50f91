"""Every error of the API as problem+json (RFC 9457)."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from drf_standardized_errors.handler import ExceptionHandler
from rest_framework import exceptions, status
from rest_framework.response import Response

from common.absences import what_is_away
from common.errors import DomainError

PROBLEM = "application/problem+json"
_TITLES = {
    400: "The input is not valid",
    401: "Sign in first",
    403: "Not allowed",
    404: "Not found",
    405: "This address does not take that method",
    406: "No such representation",
    409: "In conflict with the current state",
    412: "Your copy is out of date",
    413: "Too large",
    415: "Send JSON",
    422: "The idempotency key was used for another body",
    429: "Too many requests",
    503: "Not available right now",
}


def problem(status_code: int, detail: str, errors: list[dict[str, Any]], **extra: Any) -> dict[str, Any]:
    """The problem document: type, title, status, detail, errors[{code, detail, pointer}] and whatever else is known."""
    title = _TITLES.get(status_code, "Something went wrong")
    return {"type": "about:blank", "title": title, "status": status_code, "detail": detail, "errors": errors, **extra}


def domain_problem(error: DomainError) -> dict[str, Any]:
    """The problem document of a refusal of the domain."""
    return problem(error.status, error.detail, error.errors, **error.extra)


def _pointer(attr: str | None) -> str | None:
    return None if not attr else "/" + attr.replace(".", "/")


def problem_handler(exc: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's exception handler: refusals, validation errors and HTTP errors alike become problem documents."""
    if isinstance(exc, DomainError):
        answer = Response(domain_problem(exc), status=exc.status, content_type=PROBLEM)
        # For the trail: what was refused, besides that something was.
        answer.refused = exc  # type: ignore[attr-defined]
        return answer
    away = what_is_away(exc)
    if away:
        return Response(problem(503, away, []), 503, headers={"Retry-After": "5"}, content_type=PROBLEM)
    if isinstance(exc, Http404):
        exc = exceptions.NotFound()
    elif isinstance(exc, PermissionDenied):
        exc = exceptions.PermissionDenied()
    plain = ExceptionHandler(exc, context).run()  # type: ignore[arg-type]  # DRF gives the plain mapping
    if plain is None:
        return None
    found = [
        {"code": item["code"], "detail": item["detail"], "pointer": _pointer(item["attr"])}
        for item in plain.data.get("errors", [])
    ]
    detail = found[0]["detail"] if found else _TITLES.get(plain.status_code, "")
    headers = {key: value for key, value in plain.items() if key in ("WWW-Authenticate", "Retry-After", "Allow")}
    if plain.status_code >= status.HTTP_500_INTERNAL_SERVER_ERROR:
        detail = "Something went wrong here. It was recorded; please try again."
        found = []
    return Response(problem(plain.status_code, detail, found), plain.status_code, headers=headers, content_type=PROBLEM)
