"""Who reads aims, records efforts and actuals, sets weights and publishes releases."""

from typing import Any, ClassVar

from django.db.models import QuerySet

from accounts.choices import Role
from accounts.policies import has_role, has_role_anywhere
from aims.models import Journey
from common.policies import Policy, Predicate


def _reads(user: Any, _obj: Any) -> str | None:
    if has_role_anywhere(user, *Role.values):
        return None
    return "Only people with a role in the portal read what segments are for; an administrator can give you one."


def _enters(user: Any, objective: Any) -> str | None:
    if objective is not None and objective.owner_id == user.pk:
        return None
    return "Only the owner of the objective enters its actual by hand."


def _measures(user: Any, _obj: Any) -> str | None:
    if has_role_anywhere(user, Role.OWNER, Role.STEWARD, Role.ADMINISTRATOR):
        return None
    return "Only an owner, a steward or an administrator has an actual measured."


def _spends(user: Any, path: Any) -> str | None:
    if has_role(user, Role.OWNER, Role.STEWARD, Role.ADMINISTRATOR, path=tuple(path or ())):
        return None
    return "Only an owner of this branch, a steward or an administrator records what was spent on it."


def _leads(user: Any, _obj: Any) -> str | None:
    if has_role(user, Role.OWNER, Role.ADMINISTRATOR):
        return None
    return "Only an administrator or an owner of the whole taxonomy does this."


class AimPolicy(Policy):
    """Whoever holds a role reads; owners answer for numbers; those who answer for everything weigh and publish."""

    table: ClassVar[dict[str, Predicate]] = {
        "view": _reads,
        "enter": _enters,
        "measure": _measures,
        "spend": _spends,
        "weigh": _leads,
        "publish": _leads,
        "publish_win": _measures,
    }

    def visible_journeys(self, user: Any) -> QuerySet[Journey]:
        """The journeys that `user` may read."""
        return Journey.objects.all() if self.can(user, "view") else Journey.objects.none()


aims = AimPolicy()
