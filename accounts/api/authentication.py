"""Who calls the API: a bearer token, or the session of a signed-in person."""

import hmac
from typing import Any

from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.exceptions import AuthenticationFailed

from accounts.models import Token
from accounts.services import digest_of_token, touch_token
from common.clock import now


class BearerToken(BaseAuthentication):
    """`Authorization: Bearer TOKEN`. Wrong, revoked, expired, or of a deactivated person: one error."""

    def authenticate(self, request: Any) -> tuple[Any, Token] | None:
        kind, _, plain = request.headers.get("Authorization", "").partition(" ")
        if kind.lower() != "bearer":
            return None
        plain = plain.strip()
        parts = plain.split("_", 2)
        token = None
        if len(parts) == 3 and parts[0] == "sgp":
            token = Token.objects.select_related("user").filter(prefix=parts[1]).first()
        given = digest_of_token(plain)
        if token is None or not hmac.compare_digest(token.digest, given):
            raise AuthenticationFailed("This token opens nothing. Make a new one on your profile page.")
        expired = token.expires_at is not None and token.expires_at <= now()
        if token.revoked_at is not None or expired or not token.user.is_active:
            raise AuthenticationFailed("This token opens nothing. Make a new one on your profile page.")
        touch_token(token)
        return token.user, token

    def authenticate_header(self, request: Any) -> str:
        return "Bearer"


class Session(SessionAuthentication):
    """The browser's session, with CSRF; asks for a bearer token in the 401."""

    def authenticate_header(self, request: Any) -> str:
        return "Bearer"
