"""Assumptions that changes in force rest on, measured until their band is left and somebody has looked."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from reviews.choices import AssumptionReview
from reviews.models.request import ChangeRequest


class Assumption(models.Model):
    """One assumption of a change that took effect, tied to an attribute or a metric and the band in which it holds.

    Born when its change is in force; `left_at` is the moment at which the measured value was first found outside the
    band, which opens a review by itself; the review is closed by somebody's answer. Closed by `ended_at` when a later
    change with assumptions of its own took effect, or the subject is gone.
    """

    request = models.ForeignKey(ChangeRequest, on_delete=models.PROTECT, related_name="assumption_rows")
    place = models.PositiveSmallIntegerField(help_text="Where it stands in the statement, counted from 0.")
    segment_key = models.CharField(max_length=63, blank=True)
    text = models.CharField(max_length=300)
    attribute = models.CharField(max_length=120, blank=True)
    metric = models.CharField(max_length=120, blank=True)
    low = models.FloatField(null=True, blank=True)
    high = models.FloatField(null=True, blank=True)
    clause = models.CharField(max_length=120, blank=True)
    value = models.FloatField(null=True, blank=True)
    measured_at = models.DateTimeField(null=True, blank=True)
    not_measured = models.CharField(max_length=300, blank=True, help_text="Why there is no value.")
    left_at = models.DateTimeField(null=True, blank=True)
    review = models.CharField(max_length=12, choices=AssumptionReview, default=AssumptionReview.NONE)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    reviewed_at = models.DateTimeField(null=True, blank=True)
    review_note = models.TextField(blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ("request_id", "place")
        constraints = [
            # Without it one assumption could be measured twice, and two reviews would open.
            models.UniqueConstraint(fields=("request", "place"), name="assumption_once_per_request"),
            models.CheckConstraint(condition=Q(review__in=AssumptionReview.values), name="assumption_review_known"),
            # Without it a review could be closed without anybody who answers for it.
            models.CheckConstraint(
                condition=Q(review=AssumptionReview.CLOSED, reviewed_at__isnull=False, reviewed_by__isnull=False)
                | ~Q(review=AssumptionReview.CLOSED),
                name="assumption_review_has_answer",
            ),
        ]
        indexes = [
            models.Index(fields=("segment_key",), condition=Q(ended_at__isnull=True), name="assumption_by_segment"),
        ]

    def __str__(self) -> str:
        return f"assumption {self.place} of request {self.request_id}"
