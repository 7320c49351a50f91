"""Looking again at what stands: cycles, reviews and the escalation of those that are overdue."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from stewardship.choices import Kept


class Cycle(models.Model):
    """After how many days one thing is to be looked at again, where that is not the usual number for its kind.

    Born and changed when somebody who answers for it says so; removed when the usual number is to hold again.
    """

    type = models.CharField(max_length=12, choices=Kept.choices)
    key = models.CharField(max_length=63)
    days = models.PositiveIntegerField()
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["type", "key"], name="stewardship_cycle_once"),
            models.CheckConstraint(condition=Q(type__in=Kept.values), name="stewardship_cycle_type_known"),
            # A cycle of no days would make a thing overdue at once and for ever.
            models.CheckConstraint(condition=Q(days__gte=1, days__lte=1825), name="stewardship_cycle_days"),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.key}: every {self.days} days"


class Review(models.Model):
    """Somebody looked at a thing that stands, found it right, and said why; with the three questions for segments.

    Born when it is recorded; never changed. It moves the review-by date on without a change request.
    """

    type = models.CharField(max_length=12, choices=Kept.choices)
    key = models.CharField(max_length=63)
    version_number = models.PositiveIntegerField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    reason = models.TextField(max_length=2000)
    messaging = models.TextField(max_length=4000, blank=True, default="")
    prioritisation = models.TextField(max_length=4000, blank=True, default="")
    roadmap = models.TextField(max_length=4000, blank=True, default="")
    minutes = models.TextField(max_length=20_000, blank=True, default="")

    class Meta:
        ordering = ("-at", "-id")
        constraints = [
            models.CheckConstraint(condition=Q(type__in=Kept.values), name="stewardship_review_type_known"),
            # A review that says nothing would only move the date.
            models.CheckConstraint(condition=~Q(reason=""), name="stewardship_review_has_reason"),
        ]
        indexes = [models.Index(fields=["type", "key", "-at"], name="stewardship_review_of")]

    def __str__(self) -> str:
        return f"review of {self.type} {self.key}"


class Escalation(models.Model):
    """Somebody was told that a review, a finding or a meeting is overdue: once per thing, due date and stage.

    Born with the telling; never changed.
    """

    about = models.CharField(max_length=100)
    due_on = models.DateField()
    stage = models.CharField(max_length=10)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            # The schedule looks every few minutes; each person is to hear of it once.
            models.UniqueConstraint(fields=["about", "due_on", "stage"], name="stewardship_escalation_once"),
        ]

    def __str__(self) -> str:
        return f"{self.about} due {self.due_on}: {self.stage}"
