"""A person's own notifications."""

from typing import Any

from django.db.models import BooleanField, Count, ExpressionWrapper, Q, QuerySet

from notifications.choices import Kind
from notifications.models import Notification
from notifications.policies import NotificationPolicy


def notifications_for(*, viewer: Any, kind: str = "", unread_only: bool = False) -> QuerySet[Notification]:
    """What the viewer was told, unread first, then the newest; narrowed to one kind where it is a known one."""
    rows = NotificationPolicy().visible(viewer)
    if kind in Kind.values:
        rows = rows.filter(kind=kind)
    if unread_only:
        rows = rows.filter(read_at__isnull=True)
    return rows.annotate(is_read=ExpressionWrapper(Q(read_at__isnull=False), output_field=BooleanField())).order_by(
        "is_read", "-pk"
    )


def unread_count(viewer: Any) -> int:
    """How many the viewer has not read."""
    return NotificationPolicy().visible(viewer).filter(read_at__isnull=True).count()


def counts_by_kind(viewer: Any) -> list[tuple[str, str, int, int]]:
    """(kind, label, all, unread) of the kinds that the viewer was told of, in the order of the list."""
    rows = (
        NotificationPolicy()
        .visible(viewer)
        .order_by()
        .values_list("kind")
        .annotate(total=Count("pk"), unread=Count("pk", filter=Q(read_at__isnull=True)))
    )
    found = {kind: (total, unread) for kind, total, unread in rows}
    return [(value, str(label), *found[value]) for value, label in Kind.choices if value in found]
