"""Who sees freezes, and who may freeze and lift."""

from typing import Any, ClassVar

from django.db.models import QuerySet

from accounts.choices import Role
from accounts.policies import has_role, has_role_anywhere
from common.policies import Policy, Predicate
from safeguards.choices import Scope
from safeguards.models import Freeze


def _sees(user: Any, _: Any) -> str | None:
    if has_role_anywhere(user, *Role.values):
        return None
    return "Only people with a role in the portal see what is frozen; an administrator can give you one."


def _stops(user: Any, target: Any) -> str | None:
    """`target`: what `selectors.target_of` answers."""
    if has_role(user, Role.ADMINISTRATOR, Role.STEWARD):
        return None
    if target.scope == Scope.SEGMENT:
        if user.pk in target.owners or has_role(user, Role.OWNER, path=target.path):
            return None
        return "An owner of the segment or of its branch, a steward or an administrator can freeze it and lift that."
    if target.scope == Scope.SOURCE:
        if user.pk in target.owners:
            return None
        return "The steward of the source, any data steward or an administrator can freeze it and lift that."
    return "A data steward or an administrator can freeze all activation and lift that."


class FreezePolicy(Policy):
    """Everybody sees what stands still; who answers for a thing stops it and lets it go on."""

    table: ClassVar[dict[str, Predicate]] = {"view": _sees, "freeze": _stops, "lift": _stops}

    def visible(self, user: Any) -> QuerySet[Freeze]:
        """The freezes that `user` may see."""
        return Freeze.objects.all() if self.can(user, "view") else Freeze.objects.none()
