"""Tables of people and their keys."""

from accounts.models.answer import StoredAnswer
from accounts.models.grant import RoleGrant
from accounts.models.token import Token
from accounts.models.user import User

__all__ = ["RoleGrant", "StoredAnswer", "Token", "User"]
