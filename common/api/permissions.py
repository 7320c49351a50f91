"""Token scopes: what a client program may do at all; policies decide about the object."""

from typing import Any

from rest_framework.permissions import SAFE_METHODS, BasePermission


class HoldsScope(BasePermission):
    """Signed in, and the token (if any) holds the scope: `read` for GET and HEAD, else the view's `required_scope`."""

    message = "This token does not hold the scope that this call needs."

    def has_permission(self, request: Any, view: Any) -> bool:
        if not (request.user and request.user.is_authenticated and request.user.is_active):
            return False
        scopes = getattr(request.auth, "scopes", None)
        if scopes is None:
            return True
        needed = getattr(view, "required_scope", None)
        if needed is None:
            needed = "read" if request.method in SAFE_METHODS else "write"
        return needed in scopes
