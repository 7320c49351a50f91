"""The Segment HTTP tracking API: exactly 200 when everything sound is stored for good, else why not, as JSON."""

import base64
import binascii

import structlog
from django.contrib.auth.decorators import login_not_required
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from common.errors import DomainError, NotFound
from customers.api.bodies import read_body
from customers.services.tracking_calls import receive_call

log = structlog.get_logger(__name__)


@csrf_exempt
@login_not_required
def track(request: HttpRequest, call: str) -> HttpResponse:
    """One call or a batch. No session, no form, no page: clients send to it a hundred times a second."""
    if request.method != "POST":
        return _refusal(405, "method_not_allowed", "Send it with POST.", Allow="POST")
    try:
        received = receive_call(kind=call, body=read_body(request), write_key=_write_key(request))
    except DomainError as error:
        return _refused(error)
    except (OperationalError, InterfaceError) as error:
        log.warning("events.database_away", error=type(error).__name__)
        message = "The database does not answer right now. Nothing was stored; send it again in a moment."
        return _refusal(503, "unavailable", message, **{"Retry-After": "2"})
    counts = {"accepted": received.accepted, "repeated": received.repeated, "refused": received.refused}
    return JsonResponse({"success": True, **counts}, headers={"Cache-Control": "no-store"})


@csrf_exempt
@login_not_required
def unknown(request: HttpRequest, other_call: str = "") -> HttpResponse:
    """Any other address below /v1/."""
    return _refused(NotFound("There is no such call. Known: identify, track, group, page, screen, alias, batch."))


def _write_key(request: HttpRequest) -> str:
    """The user of Basic authentication; a bearer token is taken too. Empty where the header has neither."""
    kind, _, given = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() == "bearer":
        return given.strip()
    if kind.lower() != "basic":
        return ""
    try:
        return base64.b64decode(given.strip(), validate=True).decode("utf-8").partition(":")[0]
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return "unreadable"


def _refused(error: DomainError) -> HttpResponse:
    headers: dict[str, str] = {}
    if error.status == 429:
        headers["Retry-After"] = str(error.extra["wait"])
    if error.status == 401:
        headers["WWW-Authenticate"] = 'Basic realm="write key", charset="UTF-8"'
    return _refusal(error.status, error.code, error.detail, **headers)


def _refusal(status: int, code: str, message: str, **headers: str) -> HttpResponse:
    answer = {"success": False, "code": code, "message": message}
    return JsonResponse(answer, status=status, headers={"Cache-Control": "no-store", **headers})
