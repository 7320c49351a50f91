"""The Idempotency-Key header: the same post twice takes effect once."""

import hashlib
from collections.abc import Callable
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from rest_framework.exceptions import AuthenticationFailed

from accounts.api.authentication import BearerToken
from accounts.models import StoredAnswer
from common.api.errors import PROBLEM, problem
from common.clock import now

# A post whose process died never answers; after this its key is free again.
ABANDONED_AFTER = timedelta(minutes=2)
_LARGEST_KEPT = 1024 * 1024


class IdempotencyKeys:
    """For POST under /api/: same key and body gives the stored answer, another body 422, one still in hand 409."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        key = request.headers.get("Idempotency-Key")
        if key is None or request.method != "POST" or not request.path.startswith("/api/"):
            return self.get_response(request)
        principal = _principal(request)
        if principal is None:
            return self.get_response(request)
        if not key.strip() or len(key) > 200 or "\x00" in key:
            return _refusal(400, "An Idempotency-Key has 1 to 200 characters.")
        # A file upload is told apart by its path and length: reading it here would use up the stream.
        multipart = (request.content_type or "").startswith("multipart/")
        body = request.headers.get("Content-Length", "").encode() if multipart else request.body
        digest = hashlib.sha256(request.get_full_path().encode() + b"\0" + body).hexdigest()
        claimed = _claim(principal, key, request.path, digest)
        if isinstance(claimed, HttpResponse):
            return claimed
        return self._answer(request, claimed)

    def _answer(self, request: HttpRequest, claimed: StoredAnswer) -> HttpResponse:
        kept = False
        try:
            response = self.get_response(request)
            body = b"" if response.streaming else response.content
            # Only what was carried out is kept: a refused post may be mended and sent again.
            if response.status_code < 300 and not response.streaming and len(body) <= _LARGEST_KEPT:
                claimed.status = response.status_code
                claimed.content_type = response.get("Content-Type", "")
                claimed.body = body
                claimed.save(update_fields=["status", "content_type", "body"])
                kept = True
            return response
        finally:
            if not kept:
                StoredAnswer.objects.filter(pk=claimed.pk, status=None).delete()


def _principal(request: HttpRequest) -> str | None:
    """Whose answers are kept; None for whoever the view is going to turn away, so that no revoked token replays."""
    try:
        known = BearerToken().authenticate(request)
    except AuthenticationFailed:
        return None
    if known is not None:
        return f"token-{known[1].pk}"
    user = getattr(request, "user", None)
    return f"user-{user.pk}" if user is not None and user.is_authenticated else None


def _claim(principal: str, key: str, path: str, digest: str) -> StoredAnswer | HttpResponse:
    StoredAnswer.objects.filter(
        principal=principal, key=key, status=None, created_at__lt=now() - ABANDONED_AFTER
    ).delete()
    place = path[:300].replace("\x00", "")
    try:
        with transaction.atomic():
            return StoredAnswer.objects.create(principal=principal, key=key, path=place, body_digest=digest)
    except IntegrityError:
        known = StoredAnswer.objects.filter(principal=principal, key=key).first()
    if known is None:
        return _refusal(409, "A post with this key was just refused. Send it again.")
    if known.body_digest != digest:
        return _refusal(422, "This Idempotency-Key was used for another request. Use a new key for a new request.")
    if known.status is None:
        return _refusal(409, "The first post with this key is still being carried out.")
    answer = HttpResponse(bytes(known.body), status=known.status, content_type=known.content_type)
    answer["Idempotency-Replayed"] = "true"
    return answer


def _refusal(status: int, detail: str) -> HttpResponse:
    errors = [{"code": "idempotency_key", "detail": detail, "pointer": None}]
    return JsonResponse(problem(status, detail, errors), status=status, content_type=PROBLEM)
