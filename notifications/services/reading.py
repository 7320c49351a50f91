"""Marks notifications read and unread; each person their own."""

from datetime import datetime
from typing import Any

from django.db import transaction

from common.clock import now
from notifications.errors import NotificationUnknown
from notifications.models import Notification
from notifications.policies import NotificationPolicy


@transaction.atomic
def mark_read(*, actor: Any, notification_id: int) -> Notification:
    """Afterwards the notification is read; the instant of the first reading stays.

    Refuses: NotificationUnknown.
    Announces: nothing.
    """
    found = _own(actor, notification_id)
    if found.read_at is None:
        found.read_at = now()
        found.save(update_fields=["read_at"])
    return found


@transaction.atomic
def mark_unread(*, actor: Any, notification_id: int) -> Notification:
    """Afterwards the notification waits to be read again.

    Refuses: NotificationUnknown.
    Announces: nothing.
    """
    found = _own(actor, notification_id)
    found.read_at = None
    found.save(update_fields=["read_at"])
    return found


def mark_all_read(*, actor: Any, kind: str = "") -> tuple[int, datetime]:
    """Afterwards all of the person's (of one kind, where named) are read; how many were not, and the instant.

    Refuses: nothing.
    Announces: nothing.
    """
    moment = now()
    rows = NotificationPolicy().visible(actor).filter(read_at__isnull=True)
    return (rows.filter(kind=kind) if kind else rows).update(read_at=moment), moment


def undo_all_read(*, actor: Any, moment: datetime) -> int:
    """Afterwards those that were marked read all at once at that instant wait again; how many.

    Refuses: nothing.
    Announces: nothing.
    """
    return NotificationPolicy().visible(actor).filter(read_at=moment).update(read_at=None)


def _own(actor: Any, notification_id: int) -> Notification:
    found = NotificationPolicy().visible(actor).select_for_update().filter(pk=notification_id).first()
    if found is None:
        raise NotificationUnknown("You were not told anything under that number.")
    return found
