"""What leaves the portal: rooms, and messages that were given up."""

from datetime import timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet

from common.clock import now
from notifications.choices import Delivery
from notifications.models import Notification, Post, Room
from notifications.policies import RoomPolicy

REMEMBERED = timedelta(days=7)


def rooms_for(*, viewer: Any, board_key: str = "") -> QuerySet[Room]:
    """The open rooms, of one board where it is named, with `sent_count` and `failed_count`; without their addresses."""
    rows = RoomPolicy().visible(viewer).defer("address").select_related("set_by")
    if board_key:
        rows = rows.filter(board_key=board_key)
    return rows.annotate(
        sent_count=Count("posts", filter=Q(posts__state=Delivery.SENT)),
        failed_count=Count("posts", filter=Q(posts__state=Delivery.GIVEN_UP)),
    )


def given_up_mails() -> QuerySet[Notification]:
    """Notifications whose mail was given up within a week, newest first."""
    return (
        Notification.objects.filter(mail_state=Delivery.GIVEN_UP, mail_due_at__gt=now() - REMEMBERED)
        .select_related("person")
        .order_by("-pk")
    )


def given_up_posts() -> QuerySet[Post]:
    """Posts to rooms that were given up within a week, newest first."""
    rows = Post.objects.filter(state=Delivery.GIVEN_UP, due_at__gt=now() - REMEMBERED, room__closed_at__isnull=True)
    return rows.select_related("room").defer("room__address").order_by("-pk")
