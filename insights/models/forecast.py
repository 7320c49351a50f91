"""What proposers committed to, and what came of it."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from insights.choices import ForecastState, Measure


class Forecast(models.Model):
    """One predicted number of one applied request, with its interval and the day on which it is to be true.

    Born when the request takes effect, from what its voters signed; closed when it is measured (by the portal, or by a
    person other than the proposer with evidence), or declared void with a reason. A day that has passed without either
    leaves it owed, and people are reminded. What it measures by is fixed at birth (`basis`).
    """

    request_id = models.BigIntegerField()
    title = models.CharField(max_length=200)
    subject_type = models.CharField(max_length=16)
    subject_key = models.CharField(max_length=63)
    version_number = models.PositiveIntegerField(null=True, blank=True)
    board_key = models.CharField(max_length=63)
    proposer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    measure = models.CharField(max_length=8, choices=Measure)
    basis = models.JSONField(default=dict, help_text="The attribute, or the metric with the version of its definition.")
    low = models.FloatField()
    expected = models.FloatField()
    high = models.FloatField()
    due_on = models.DateField()
    is_quick_win = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=ForecastState, default=ForecastState.WAITING)
    actual = models.FloatField(null=True, blank=True)
    evidence = models.TextField(blank=True)
    measured_at = models.DateTimeField(null=True, blank=True)
    measured_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField()

    class Meta:
        ordering = ("due_on", "id")
        constraints = [
            # Without it a fact that is delivered twice would count a prediction twice.
            models.UniqueConstraint(fields=("request_id", "measure"), name="forecast_once_per_measure"),
            models.CheckConstraint(condition=Q(measure__in=Measure.values), name="forecast_measure_known"),
            models.CheckConstraint(condition=Q(state__in=ForecastState.values), name="forecast_state_known"),
            # Without it "measured" could be said of a prediction that nobody has a number for.
            models.CheckConstraint(
                condition=Q(state=ForecastState.MEASURED, actual__isnull=False, measured_at__isnull=False)
                | (~Q(state=ForecastState.MEASURED) & Q(actual__isnull=True)),
                name="forecast_measured_has_actual",
            ),
            # Without it a proposer could pronounce on their own prediction.
            models.CheckConstraint(
                condition=Q(measured_by__isnull=True) | ~Q(measured_by=models.F("proposer")),
                name="forecast_measured_by_another",
            ),
        ]
        indexes = [models.Index(fields=("state", "due_on"), name="forecast_due")]

    def __str__(self) -> str:
        return f"{self.get_measure_display()} predicted by request {self.request_id}"
