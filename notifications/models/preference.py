"""What people prefer: which kinds by mail, and at what hours."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from notifications.choices import Kind, MailMode


class Preference(models.Model):
    """How one kind of notification reaches one person by mail. Born when they say so; replaced, never closed."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=20, choices=Kind)
    mode = models.CharField(max_length=10, choices=MailMode)

    class Meta:
        ordering = ("person_id", "kind")
        constraints = [
            models.UniqueConstraint(fields=("person", "kind"), name="preference_one_per_kind"),
            models.CheckConstraint(condition=Q(mode__in=MailMode.values), name="preference_mode_known"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.get_mode_display()}"


class Hours(models.Model):
    """One person's clock: the hour of their digest, and the quiet hours in which no mail goes out unless it is urgent.

    Born when they first say so; never closed. Without it the digest goes at 7 in UTC and no hour is quiet.
    """

    person = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    zone = models.CharField(max_length=60, default="UTC")
    digest_hour = models.PositiveSmallIntegerField(default=7)
    quiet_from = models.PositiveSmallIntegerField(null=True, blank=True)
    quiet_until = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "hours"
        constraints = [
            models.CheckConstraint(
                condition=Q(digest_hour__lte=23)
                & (Q(quiet_from__isnull=True) | Q(quiet_from__lte=23))
                & (Q(quiet_until__isnull=True) | Q(quiet_until__lte=23)),
                name="hours_of_the_clock",
            ),
            # Without it quiet hours could begin and never end.
            models.CheckConstraint(
                condition=Q(quiet_from__isnull=True, quiet_until__isnull=True)
                | Q(quiet_from__isnull=False, quiet_until__isnull=False),
                name="hours_quiet_both_or_none",
            ),
        ]

    def __str__(self) -> str:
        return f"hours of {self.person_id}"
