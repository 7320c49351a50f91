"""Binds the correlation id of a request and turns refusals into pages or regions."""

import uuid
from collections.abc import Callable

import structlog
from django.core.exceptions import BadRequest
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from common import correlation
from common.errors import DomainError, Unavailable
from common.once import while_reading

log = structlog.get_logger(__name__)
GetResponse = Callable[[HttpRequest], HttpResponse]


class Correlation:
    """A fresh correlation id for each request, answered in the X-Correlation-Id header.

    Where the request only reads, what its parts ask twice is asked once.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with correlation.bind(uuid.uuid4()) as bound, while_reading(request.method in ("GET", "HEAD")):
            response = self.get_response(request)
            response["X-Correlation-Id"] = str(bound)
        return response


class DomainErrors:
    """A refusal becomes its page (or, for htmx, a short region) with the right status; nothing else is caught.

    An address that holds NUL is not found, and nothing is written to it.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # PostgreSQL refuses to look for the NUL character, and nothing here has it in its address.
        if "\x00" in request.path:
            raise Http404 if request.method in ("GET", "HEAD") else BadRequest
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, OperationalError):
            log.warning("database.unavailable", error=type(exception).__name__)
            exception = Unavailable("The database does not answer right now. Nothing was changed; please try again.")
        if not isinstance(exception, DomainError):
            return None
        return refusal(request, exception)


def refusal(request: HttpRequest, error: DomainError) -> HttpResponse:
    """The page or region that tells a person what was refused, why, and what to do next."""
    htmx = request.headers.get("HX-Request") == "true"
    template = "errors/region.html" if htmx else "errors/refusal.html"
    if error.status >= 500:
        # Without the request: what is common to all pages asks the database, which may be what failed.
        return HttpResponse(render_to_string(template, {"error": error}), status=error.status)
    response = render(request, template, {"error": error}, status=error.status)
    # For the trail: what was refused, besides that something was.
    response.refused = error  # type: ignore[attr-defined]
    return response
