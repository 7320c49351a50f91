"""Who sets up rooms and tries failed messages again; everybody reads their own notifications alone."""

from typing import Any

from django.db.models import QuerySet

from accounts.choices import Role
from accounts.policies import has_role, operates
from common.policies import Policy
from notifications.models import Notification, Room


def _administers(user: Any, _obj: Any) -> str | None:
    return None if has_role(user, Role.ADMINISTRATOR) else "Only an administrator sets up rooms of other programs."


def _operates(user: Any, _obj: Any) -> str | None:
    return None if operates(user) else "Stewards and administrators try failed messages again."


class RoomPolicy(Policy):
    """Administrators set rooms up and close them; their addresses are shown to nobody."""

    table = {"set": _administers, "view": _administers, "retry": _operates}

    def visible(self, user: Any) -> QuerySet[Room]:
        """The open rooms that `user` may see."""
        rows = Room.objects.filter(closed_at__isnull=True)
        return rows if self.can(user, "view") else rows.none()


class NotificationPolicy(Policy):
    """What somebody was told is theirs alone."""

    table = {"view": lambda user, obj: None}

    def visible(self, user: Any) -> QuerySet[Notification]:
        """The person's own notifications."""
        if not getattr(user, "is_active", False) or getattr(user, "pk", None) is None:
            return Notification.objects.none()
        return Notification.objects.filter(person_id=user.pk)
