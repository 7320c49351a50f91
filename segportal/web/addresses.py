"""Addresses without their slash at the end."""

from django.http import HttpRequest
from django.middleware.common import CommonMiddleware


class Slashes(CommonMiddleware):
    """Django's own, except that what writes to the API is not sent on: a client that followed would lose the body."""

    def should_redirect_with_slash(self, request: HttpRequest) -> bool:
        if request.path.startswith("/api/") and request.method not in ("GET", "HEAD"):
            return False
        return bool(super().should_redirect_with_slash(request))
