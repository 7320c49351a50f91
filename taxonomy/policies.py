"""Who may see the taxonomy and who may define objectives."""

from typing import Any, ClassVar

from django.db.models import QuerySet

from accounts.choices import Role
from accounts.policies import has_role, has_role_anywhere
from common.policies import Policy, Predicate
from taxonomy.models import Definition, Objective, Segment


def _reads(user: Any, obj: Any) -> str | None:
    # The definitions are the shared language of the company: a role over one branch opens all of them.
    if has_role_anywhere(user, *Role.values):
        return None
    return "Only people with a role in the portal read the taxonomy; an administrator can give you one."


def _defines_objectives(user: Any, objective: Any) -> str | None:
    if has_role(user, Role.ADMINISTRATOR, Role.STEWARD, Role.OWNER):
        return None
    if isinstance(objective, Objective) and objective.owner_id == user.pk:
        return None
    return (
        "Only an administrator, a steward, an owner of the whole taxonomy or the objective's own owner may define it."
    )


def _asks_for_proofs(user: Any, _: Any) -> str | None:
    if has_role_anywhere(user, Role.ADMINISTRATOR, Role.STEWARD, Role.OWNER):
        return None
    return "Only a steward, an owner or an administrator can have the taxonomy proved again."


def _maps_fields(user: Any, _: Any) -> str | None:
    if has_role(user, Role.ADMINISTRATOR, Role.STEWARD):
        return None
    return "Only a steward or an administrator says what the fields of a source mean."


class SegmentPolicy(Policy):
    """Whoever holds a role reads segments; nobody changes them but by an approved request."""

    table: ClassVar[dict[str, Predicate]] = {"view": _reads}

    def visible(self, user: Any) -> QuerySet[Segment]:
        """The segments that `user` may read."""
        return Segment.objects.all() if self.can(user, "view") else Segment.objects.none()


class ObjectivePolicy(Policy):
    """Objectives are read by whoever reads segments and defined by those who answer for them."""

    table: ClassVar[dict[str, Predicate]] = {"view": _reads, "define": _defines_objectives}

    def visible(self, user: Any) -> QuerySet[Objective]:
        """The objectives that `user` may read."""
        return Objective.objects.all() if self.can(user, "view") else Objective.objects.none()


class ProofPolicy(Policy):
    """Proofs are read by whoever reads segments; those who answer for segments or data ask for them again."""

    table: ClassVar[dict[str, Predicate]] = {"view": _reads, "request": _asks_for_proofs}


class DefinitionPolicy(Policy):
    """Whoever holds a role reads the glossary; nobody changes a word but by an approved request."""

    table: ClassVar[dict[str, Predicate]] = {"view": _reads, "map": _maps_fields}

    def visible(self, user: Any) -> QuerySet[Definition]:
        """The governed words that `user` may read."""
        return Definition.objects.all() if self.can(user, "view") else Definition.objects.none()


segments = SegmentPolicy()
objectives = ObjectivePolicy()
proofs = ProofPolicy()
definitions = DefinitionPolicy()
