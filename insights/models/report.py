"""Doubts of people about who is in a segment."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from insights.choices import Claim, ReportState


class MisclassificationReport(models.Model):
    """One person's claim that one customer is in a segment and should not be, or the other way round, and why.

    Born open; accepted when whoever answers for the segment agrees, and then waits for its mending; closed as refused
    or fixed, and may be opened again. `version_number` and `run_id` say on what the membership stood. What people wrote
    is emptied when the customer is erased.
    """

    segment_key = models.CharField(max_length=63)
    customer_ordinal = models.BigIntegerField()
    claim = models.CharField(max_length=3, choices=Claim.choices)
    why = models.TextField(max_length=1000)
    version_number = models.PositiveIntegerField(null=True, blank=True)
    run_id = models.BigIntegerField(null=True, blank=True)
    state = models.CharField(max_length=10, choices=ReportState.choices, default=ReportState.OPEN)
    answer = models.TextField(max_length=1000, blank=True, default="")
    reported_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reported_at = models.DateTimeField()
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    judged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    judged_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-id",)
        constraints = [
            models.CheckConstraint(condition=Q(state__in=ReportState.values), name="insights_report_state_known"),
            models.CheckConstraint(condition=Q(claim__in=Claim.values), name="insights_report_claim_known"),
            # One fault reported ten times would count as ten.
            models.UniqueConstraint(
                fields=["segment_key", "customer_ordinal", "claim"],
                condition=Q(state__in=("open", "accepted")),
                name="insights_report_once_unsettled",
            ),
            models.CheckConstraint(
                condition=Q(state="open") | Q(judged_at__isnull=False, judged_by__isnull=False),
                name="insights_report_judged_by_somebody",
            ),
        ]
        indexes = [models.Index(fields=["segment_key", "-reported_at"], name="insights_report_segment")]

    def __str__(self) -> str:
        return f"report {self.pk} about {self.segment_key}"
