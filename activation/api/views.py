"""Membership as feature flags, in the OpenFeature Remote Evaluation Protocol (0.3)."""

from typing import Any, ClassVar

from rest_framework.request import Request
from rest_framework.response import Response

from activation.selectors import Flag, flags_for, targeting_key
from common.api import DomainView, etag_of
from common.errors import DomainError, Invalid


def _shape(flag: Flag) -> dict[str, Any]:
    metadata: dict[str, Any] = {
        "version": flag.version,
        "run": flag.run,
        "as_of": flag.as_of.isoformat() if flag.as_of else "",
    }
    if flag.frozen:
        metadata["frozen"] = flag.frozen
    return {
        "key": flag.key,
        "value": flag.value,
        "reason": flag.reason,
        "variant": flag.variant,
        "metadata": metadata,
    }


class _Evaluation(DomainView):
    """Evaluating is reading, although the protocol asks with POST; refusals have the protocol's own form."""

    required_scope: ClassVar[str | None] = "read"
    schema = None

    def handle_exception(self, exc: Exception) -> Response:
        response: Response = super().handle_exception(exc)
        detail = exc.detail if isinstance(exc, DomainError) else str(getattr(exc, "detail", "Not accepted."))
        code = exc.code if isinstance(exc, Invalid) else "PARSE_ERROR" if response.status_code == 400 else "GENERAL"
        response.data = {"key": self.kwargs.get("key", ""), "errorCode": code, "errorDetails": detail}
        response.content_type = "application/json"
        return response


class FlagView(_Evaluation):
    """One segment."""

    def post(self, request: Request, key: str) -> Response:
        """Is the customer a member?"""
        flags = flags_for(viewer=request.user, external_id=targeting_key(request.data))
        for flag in flags:
            if flag.key == key:
                return Response(_shape(flag))
        missing = {"key": key, "errorCode": "FLAG_NOT_FOUND", "errorDetails": f"There is no live segment {key}."}
        return Response(missing, status=404)


class BulkView(_Evaluation):
    """Every segment."""

    def post(self, request: Request) -> Response:
        """Of which segments is the customer a member? Answers 304 while nothing changed."""
        customer = targeting_key(request.data)
        flags = [_shape(flag) for flag in flags_for(viewer=request.user, external_id=customer)]
        etag = etag_of(customer, flags)
        headers = {"ETag": etag, "Cache-Control": "private, no-cache"}
        if request.headers.get("If-None-Match") == etag:
            return Response(status=304, headers=headers)
        return Response({"flags": flags, "metadata": {}}, headers=headers)
