"""Who may do what with briefs: everybody learns, those responsible confirm."""

from typing import Any

from django.db.models import QuerySet

from accounts.choices import Role
from accounts.policies import has_role
from common.policies import Policy
from taxonomy.selectors import path_of
from training.models import Brief, Progress


def _confirm(user: Any, brief: Brief) -> str | None:
    if has_role(user, Role.OWNER, Role.STEWARD, path=path_of(brief.segment.key)):
        return None
    return "The segment's owner or a data steward confirms that a brief still fits."


class BriefPolicy(Policy):
    """Briefs are open to everybody signed in; they change only through a board."""

    table = {"view": lambda user, obj: None, "confirm_fit": _confirm}

    def visible(self, user: Any) -> QuerySet[Brief]:
        """Briefs that `user` may read."""
        return Brief.objects.all() if getattr(user, "is_active", False) else Brief.objects.none()


class ProgressPolicy(Policy):
    """People see their own progress."""

    table = {"view": lambda user, obj: None if obj.user_id == user.pk else "This is somebody else's progress."}

    def visible(self, user: Any) -> QuerySet[Progress]:
        """Progress that `user` may see."""
        return (
            Progress.objects.filter(user_id=user.pk) if getattr(user, "is_active", False) else Progress.objects.none()
        )
