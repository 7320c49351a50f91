"""Alarms in the hands of people."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from stewardship.choices import CaseState, Deed, Stage


class Case(models.Model):
    """One alarm that somebody has to answer for: steward first, then the owner, then the board, each with a time limit.

    Born when the schedule finds the alarm, once per `alarm`; closed by a person with a reason, perhaps as a false
    alarm. `gone_at` is when the alarm was no longer heard; the case stays until somebody closes it."""

    alarm = models.CharField(max_length=150, unique=True)
    kind = models.CharField(max_length=30)
    title = models.CharField(max_length=300)
    advice = models.CharField(max_length=500, blank=True, default="")
    url = models.CharField(max_length=300)
    segment_key = models.CharField(max_length=63, blank=True, default="")
    opened_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=CaseState.choices, default=CaseState.OPEN)
    stage = models.CharField(max_length=8, choices=Stage.choices, default=Stage.STEWARD)
    due_at = models.DateTimeField()
    is_late = models.BooleanField(default=False)
    taker = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    gone_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    closed_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=1000, blank=True, default="")
    is_false_alarm = models.BooleanField(default=False)

    class Meta:
        ordering = ("-id",)
        constraints = [
            models.CheckConstraint(condition=Q(state__in=CaseState.values), name="stewardship_case_state_known"),
            models.CheckConstraint(condition=Q(stage__in=Stage.values), name="stewardship_case_stage_known"),
            # Closed without a reason nobody learns from it.
            models.CheckConstraint(
                condition=Q(state="closed", closed_at__isnull=False, closed_by__isnull=False) & ~Q(reason="")
                | ~Q(state="closed") & Q(closed_at=None, closed_by=None),
                name="stewardship_case_closed_with_reason",
            ),
            models.CheckConstraint(
                condition=~Q(state="taken") | Q(taker__isnull=False), name="stewardship_case_taken_by_somebody"
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=~Q(state="closed"), name="stewardship_case_due"),
            models.Index(fields=["segment_key", "-id"], name="stewardship_case_of"),
        ]

    def __str__(self) -> str:
        return f"case {self.pk}: {self.title}"


class CaseStep(models.Model):
    """One thing that happened to a case: who had it, who has it, what was said. Born with the deed; never changed."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="steps")
    deed = models.CharField(max_length=10, choices=Deed.choices)
    stage = models.CharField(max_length=8, choices=Stage.choices)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    note = models.CharField(max_length=1000, blank=True, default="")

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.deed} in case {self.case_id}"
