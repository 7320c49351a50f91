"""Enters into the ledger who read what is personal, and what was tried and refused."""

from collections.abc import Callable
from typing import Any

import structlog
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.urls import ResolverMatch

from common import correlation
from ledger.services import count_lookup, record_reading, record_refusal
from segportal.personal import ABOUT, READS

log = structlog.get_logger(__name__)


class Trail:
    """After the answer: a successful reading of personal data, or a refusal of a person, stands in the ledger.

    It stands outside of whatever the answer rolled back. A database that is away at this moment costs the entry, never
    the answer.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        match, actor = request.resolver_match, getattr(request, "user", None)
        if match is None or actor is None or not actor.is_authenticated:
            return response
        try:
            if response.status_code == 403:
                _enter_refusal(request, response, match, actor)
            elif response.status_code == 200 and match.view_name in READS:
                _enter_reading(request, match, actor)
        except DatabaseError as error:
            log.warning("trail.not_entered", address=match.view_name, error=type(error).__name__)
        return response


def _enter_reading(request: HttpRequest, match: ResolverMatch, actor: Any) -> None:
    read = READS[match.view_name]
    if request.method not in ("GET", "POST") or (request.method == "POST" and not match.view_name.startswith("ofrep")):
        return
    key = str(match.kwargs.get(read.argument, "")) if read.argument else request.GET.urlencode()[:200]
    if read.by_program and getattr(request, "auth", None) is not None:
        count_lookup(actor=actor, what=read.what, object_type=read.object_type, object_key=key)
        return
    record_reading(
        actor=actor,
        what=read.what,
        object_type=read.object_type,
        object_key=key,
        correlation=correlation.current_or_none(),
    )


def _enter_refusal(request: HttpRequest, response: HttpResponse, match: ResolverMatch, actor: Any) -> None:
    refused = getattr(response, "refused", None)
    if refused is None or refused.is_entered:
        return
    token: Any = getattr(request, "auth", None)
    record_refusal(
        actor=actor,
        about=_about(match),
        deed=f"{request.method} {match.view_name}",
        code=refused.code,
        reason=refused.detail,
        through=f"token {token.name}" if token is not None else "page",
    )


def _about(match: ResolverMatch) -> str:
    for beginning, argument, object_type in ABOUT:
        if argument in match.kwargs and match.view_name.startswith(beginning):
            return f"{object_type}:{match.kwargs[argument]}"
    return f"address:{match.view_name}"
