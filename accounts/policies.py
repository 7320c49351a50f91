"""What roles allow; every app's policy asks here."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet

from accounts.choices import Role, Scope
from accounts.models import Token, User
from common.policies import Policy


def grants_of(user: Any) -> frozenset[tuple[str, str]]:
    """(role, branch) pairs of a person, read once per request object."""
    known = getattr(user, "_grants", None)
    if known is None:
        known = frozenset(user.grants.values_list("role", "branch")) if getattr(user, "pk", None) else frozenset()
        user._grants = known
    return known


def has_role(user: Any, *roles: str, path: Sequence[str] = ()) -> bool:
    """Whether the active person holds one of `roles` over everything or over a segment in `path` (root first)."""
    if not getattr(user, "is_active", False) or not hasattr(user, "grants"):
        return False
    return any(role in roles and (branch == "" or branch in path) for role, branch in grants_of(user))


def has_role_anywhere(user: Any, *roles: str) -> bool:
    """Whether the active person holds one of `roles` over anything at all."""
    if not getattr(user, "is_active", False) or not hasattr(user, "grants"):
        return False
    return any(role in roles for role, _ in grants_of(user))


def reads_ledger(user: Any) -> bool:
    """Whether the whole ledger is open to this person by role."""
    return has_role(user, Role.ADMINISTRATOR, Role.STEWARD, Role.AUDITOR)


def operates(user: Any) -> bool:
    """Whether the person may operate the portal: run, retry, cancel."""
    return has_role(user, Role.ADMINISTRATOR, Role.STEWARD)


def _administers(user: Any, _obj: Any) -> str | None:
    return None if has_role(user, Role.ADMINISTRATOR) else "Only an administrator manages people and roles."


def _deactivate(user: Any, person: Any) -> str | None:
    if person is not None and person.pk == user.pk:
        return "You cannot deactivate your own account; another administrator can."
    return _administers(user, person)


class PersonPolicy(Policy):
    """Everybody signed in sees who is who; administrators manage accounts and roles, not their own."""

    table = {"view": lambda user, obj: None, "create": _administers, "grant": _administers, "deactivate": _deactivate}

    def visible(self, user: Any) -> QuerySet[User]:
        """People that `user` may see."""
        return User.objects.all() if getattr(user, "is_active", False) else User.objects.none()


def _keeps_data(user: Any) -> bool:
    return has_role(user, Role.STEWARD, Role.ADMINISTRATOR)


def _own_token(user: Any, token: Any) -> str | None:
    if token is None:
        return None
    if token.user_id != user.pk:
        return "A token belongs to its person alone."
    if Scope.INGEST in (token.scopes or ()) and not _keeps_data(user):
        return "Only a data steward or an administrator makes tokens that send customer data."
    return None


def _revoke(user: Any, token: Any) -> str | None:
    if token.user_id == user.pk or has_role(user, Role.ADMINISTRATOR):
        return None
    # A write key belongs to its source: it must not outlive whoever happened to make it.
    return None if Scope.INGEST in token.scopes and _keeps_data(user) else "That token is somebody else's."


class TokenPolicy(Policy):
    """People manage their own tokens; an administrator can revoke anybody's, a data steward those that send data."""

    table = {"create": _own_token, "revoke": _revoke}

    def visible(self, user: Any) -> QuerySet[Token]:
        """Tokens that `user` may see: their own."""
        return Token.objects.filter(user_id=user.pk) if getattr(user, "is_active", False) else Token.objects.none()
