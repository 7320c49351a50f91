"""Rooms in other programs that follow a board, and what is posted to them."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords

from notifications.choices import Delivery, Platform


class Room(models.Model):
    """One room of Slack or Teams that is told what happens before a board, through its incoming webhook.

    Born when an administrator sets it up; closed by `closed_at`. The address is a secret: it is shown to nobody again.
    """

    board_key = models.CharField(max_length=63)
    name = models.CharField(max_length=120)
    platform = models.CharField(max_length=10, choices=Platform)
    address = models.CharField(max_length=500)
    kinds = models.JSONField(default=list)
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    history = HistoricalRecords(excluded_fields=["address"])

    class Meta:
        ordering = ("board_key", "name", "id")
        constraints = [
            models.CheckConstraint(condition=Q(platform__in=Platform.values), name="room_platform_known"),
            # Without it two rows of one name would make it a guess which one to close.
            models.UniqueConstraint(
                fields=("board_key", "name"), condition=Q(closed_at__isnull=True), name="room_one_open_per_name"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.get_platform_display()})"


class Post(models.Model):
    """One message owed to one room. Born with the fact it tells; closed when it is sent or given up."""

    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="posts")
    kind = models.CharField(max_length=20)
    title = models.CharField(max_length=200)
    url = models.CharField(max_length=300)
    key = models.CharField(max_length=160)
    state = models.CharField(max_length=10, choices=Delivery, default=Delivery.WAITING)
    due_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-id",)
        constraints = [
            # Without it a fact that is delivered twice would be posted twice.
            models.UniqueConstraint(fields=("room", "key"), name="post_once_per_room"),
            models.CheckConstraint(condition=Q(state__in=Delivery.values), name="post_state_known"),
        ]
        indexes = [
            models.Index(
                fields=("due_at",), condition=Q(state__in=[Delivery.WAITING, Delivery.SENDING]), name="post_owed"
            ),
        ]

    def __str__(self) -> str:
        return f"post {self.pk} to {self.room_id}"
