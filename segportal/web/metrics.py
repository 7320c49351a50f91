"""GET /metrics for Prometheus."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.choices import Scope
from accounts.policies import operates
from accounts.services import open_token
from segportal.operations.metrics import exposition

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_LOOPBACK = ("127.0.0.1", "::1", "")
# Any of them says that somebody stands between: then the address is that of a proxy, not of who asks.
_PROXIED = ("Forwarded", "Via", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP")


@never_cache
@require_safe
@login_not_required
def metrics(request: HttpRequest) -> HttpResponse:
    """The figures, for a token of the scope `admin`, an operator's session, or this machine where settings say so."""
    refused = _refusal(request)
    if refused is not None:
        return refused
    return HttpResponse(exposition(), content_type=CONTENT_TYPE)


def _refusal(request: HttpRequest) -> HttpResponse | None:
    kind, _, plain = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() == "bearer":
        token = open_token(plain.strip())
        if token is None:
            return _answer(401, "This token opens nothing. Make a new one on your profile page.")
        if Scope.ADMIN in token.scopes and operates(token.user):
            return None
        return _answer(403, "The metrics need a token with the scope admin of a steward or an administrator.")
    if operates(request.user) or _is_this_machine(request):
        return None
    if request.user.is_authenticated:
        return _answer(403, "The metrics are for stewards and administrators.")
    return _answer(401, "Send a bearer token with the scope admin.")


def _is_this_machine(request: HttpRequest) -> bool:
    if not settings.SEGPORTAL_METRICS_OPEN or any(name in request.headers for name in _PROXIED):
        return False
    return request.META.get("REMOTE_ADDR", "?") in _LOOPBACK


def _answer(status: int, text: str) -> HttpResponse:
    answer = HttpResponse(text + "\n", status=status, content_type="text/plain; charset=utf-8")
    if status == 401:
        answer["WWW-Authenticate"] = "Bearer"
    return answer
