"""Writing people, roles and tokens."""

from accounts.services.people import (
    create_first_administrator,
    create_user,
    deactivate_user,
    grant_role,
    reactivate_user,
    revoke_role,
)
from accounts.services.tokens import create_token, digest_of_token, open_token, revoke_token, touch_token

__all__ = [
    "create_first_administrator",
    "create_token",
    "create_user",
    "deactivate_user",
    "digest_of_token",
    "grant_role",
    "open_token",
    "reactivate_user",
    "revoke_role",
    "revoke_token",
    "touch_token",
]
