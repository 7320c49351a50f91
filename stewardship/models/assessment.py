"""Whether a segment still reflects its market."""

from django.conf import settings
from django.db import models
from django.db.models import Q


class Assessment(models.Model):
    """One look of the governing people at one segment, by three criteria from 1 (not at all) to 5 (fully): customer
    journeys, fit of product and market, competition. Born when somebody assesses; never changed. `size` is that of the
    moment."""

    segment_key = models.CharField(max_length=63)
    version_number = models.PositiveIntegerField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    journeys = models.PositiveSmallIntegerField()
    journeys_note = models.CharField(max_length=1000)
    fit = models.PositiveSmallIntegerField()
    fit_note = models.CharField(max_length=1000)
    competition = models.PositiveSmallIntegerField()
    competition_note = models.CharField(max_length=1000)
    size = models.BigIntegerField(null=True, blank=True)

    class Meta:
        ordering = ("-at", "-id")
        constraints = [
            models.CheckConstraint(
                condition=Q(journeys__gte=1, journeys__lte=5, fit__gte=1, fit__lte=5)
                & Q(competition__gte=1, competition__lte=5),
                name="stewardship_assessment_scores",
            ),
        ]
        indexes = [models.Index(fields=["segment_key", "-at"], name="stewardship_assessment_of")]

    def __str__(self) -> str:
        return f"assessment of {self.segment_key}"
