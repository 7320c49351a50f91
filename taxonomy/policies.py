"""Who may see the taxonomy and who may define objectives."""

from typing import Any, ClassVar

from django.db.models import QuerySet

from accounts.choices import Role
from accounts.policies import has_role
from common.policies import Policy, Predicate
from taxonomy.models import Objective, Segment


def _anybody(user: Any, obj: Any) -> str | None:
    return None


def _defines_objectives(user: Any, objective: Any) -> str | None:
    if has_role(user, Role.ADMINISTRATOR, Role.STEWARD, Role.OWNER):
        return None
    if isinstance(objective, Objective) and objective.owner_id == user.pk:
        return None
    return (
        "Only an administrator, a steward, an owner of the whole taxonomy or the objective's own owner may change it."
    )


class SegmentPolicy(Policy):
    """Definitions are the shared language: whoever may sign in may read them."""

    table: ClassVar[dict[str, Predicate]] = {"view": _anybody}

    def visible(self, user: Any) -> QuerySet[Segment]:
        """The segments that `user` may read."""
        return Segment.objects.all() if self.can(user, "view") else Segment.objects.none()


class ObjectivePolicy(Policy):
    """Objectives are read by everybody and defined by those who answer for them."""

    table: ClassVar[dict[str, Predicate]] = {"view": _anybody, "define": _defines_objectives}

    def visible(self, user: Any) -> QuerySet[Objective]:
        """The objectives that `user` may read."""
        return Objective.objects.all() if self.can(user, "view") else Objective.objects.none()


segments = SegmentPolicy()
objectives = ObjectivePolicy()
