"""Notifications: what one person was told, in the portal and by mail."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from notifications.choices import Delivery, Kind


class Notification(models.Model):
    """One thing that one person is told.

    Born in the transaction that makes it true; closed by reading (`read_at`). Its mail is owed from `mail_due_at` on,
    sent by a worker, and given up after too many failures. `body` is shown in the portal alone, never mailed.
    """

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notifications")
    kind = models.CharField(max_length=20, choices=Kind)
    title = models.CharField(max_length=200)
    body = models.CharField(max_length=1000, blank=True)
    url = models.CharField(max_length=300)
    about = models.CharField(max_length=80, blank=True, help_text="Type and key of what it is about.")
    key = models.CharField(max_length=160, help_text="One fact told once has one key.")
    is_urgent = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)
    mail_state = models.CharField(max_length=10, choices=Delivery, default=Delivery.NONE)
    mail_due_at = models.DateTimeField(null=True, blank=True)
    mail_attempts = models.PositiveSmallIntegerField(default=0)
    mail_error = models.CharField(max_length=300, blank=True)
    mailed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-id",)
        constraints = [
            # Without it a fact that is delivered twice would be told twice.
            models.UniqueConstraint(fields=("person", "key"), name="notification_once_per_person"),
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="notification_kind_known"),
            models.CheckConstraint(condition=Q(mail_state__in=Delivery.values), name="notification_mail_state_known"),
            # Without it a mail could be owed for ever without anybody learning when to send it.
            models.CheckConstraint(
                condition=~Q(mail_state__in=[Delivery.WAITING, Delivery.SENDING]) | Q(mail_due_at__isnull=False),
                name="notification_owed_mail_has_date",
            ),
        ]
        indexes = [
            models.Index(fields=("person", "-id"), name="notification_of_person"),
            models.Index(fields=("person",), condition=Q(read_at__isnull=True), name="notification_unread"),
            models.Index(
                fields=("mail_due_at",),
                condition=Q(mail_state__in=[Delivery.WAITING, Delivery.SENDING]),
                name="notification_mail_owed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.title}"
