"""Who calls the API: a bearer token, or the session of a signed-in person."""

from typing import Any

from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.exceptions import AuthenticationFailed

from accounts.models import Token
from accounts.services import open_token


class BearerToken(BaseAuthentication):
    """`Authorization: Bearer TOKEN`. Wrong, revoked, expired, or of a deactivated person: one error."""

    def authenticate(self, request: Any) -> tuple[Any, Token] | None:
        kind, _, plain = request.headers.get("Authorization", "").partition(" ")
        if kind.lower() != "bearer":
            return None
        token = open_token(plain.strip())
        if token is None:
            raise AuthenticationFailed("This token opens nothing. Make a new one on your profile page.")
        return token.user, token

    def authenticate_header(self, request: Any) -> str:
        return "Bearer"


class Session(SessionAuthentication):
    """The browser's session, with CSRF; asks for a bearer token in the 401."""

    def authenticate_header(self, request: Any) -> str:
        return "Bearer"
