"""Who may do what with playbooks: everybody reads, those responsible confirm."""

from typing import Any

from django.db.models import QuerySet

from accounts.choices import Role
from accounts.policies import has_role
from common.policies import Policy
from playbooks.models import Playbook
from taxonomy.selectors import path_of


def _confirm(user: Any, playbook: Playbook) -> str | None:
    if has_role(user, Role.OWNER, Role.STEWARD, path=path_of(playbook.segment.key)):
        return None
    return "The segment's owner or a data steward confirms that a playbook still fits."


class PlaybookPolicy(Policy):
    """Playbooks are open to everybody signed in; they change only through a board."""

    table = {"view": lambda user, obj: None, "confirm_fit": _confirm}

    def visible(self, user: Any) -> QuerySet[Playbook]:
        """Playbooks that `user` may read."""
        return Playbook.objects.all() if getattr(user, "is_active", False) else Playbook.objects.none()
