"""The form of a policy: may this person, on this object, and if not, why."""

from collections.abc import Callable
from typing import Any, ClassVar

from common.errors import NotAllowed

# None when allowed, else the reason: a sentence that says who can.
Predicate = Callable[[Any, Any], str | None]


class Policy:
    """A table action -> predicate. Inactive and anonymous people are refused before the table is asked."""

    table: ClassVar[dict[str, Predicate]] = {}

    def reason(self, user: Any, action: str, obj: Any = None) -> str | None:
        """Why `user` may not, or None when they may. Unknown actions are a programming error."""
        predicate = self.table[action]
        if not getattr(user, "is_active", False):
            return "Sign in with an active account."
        return predicate(user, obj)

    def can(self, user: Any, action: str, obj: Any = None) -> bool:
        """Whether `user` may."""
        return self.reason(user, action, obj) is None

    def require(self, user: Any, action: str, obj: Any = None) -> None:
        """Raise `NotAllowed` with the reason unless `user` may."""
        reason = self.reason(user, action, obj)
        if reason is not None:
            raise NotAllowed(reason)
