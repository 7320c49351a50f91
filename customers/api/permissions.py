"""Which tokens may send customer data."""

from typing import Any

from rest_framework.permissions import SAFE_METHODS

from common.api.permissions import HoldsScope


class SendsData(HoldsScope):
    """Reading needs `read`; sending needs `ingest` (which cannot read) or `write`."""

    def has_permission(self, request: Any, view: Any) -> bool:
        scopes = getattr(request.auth, "scopes", None)
        if request.method not in SAFE_METHODS and scopes is not None and "ingest" in scopes:
            return bool(request.user and request.user.is_active)
        return super().has_permission(request, view)


def may_read(request: Any) -> bool:
    """Whether the answer may show what is stored: a session, or a token with the scope `read`."""
    scopes = getattr(request.auth, "scopes", None)
    return scopes is None or "read" in scopes
