"""What the priority of segments rests on: versioned weights, and the efforts that were spent."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from aims.choices import EffortKind


class Weights(models.Model):
    """How much each input counts in the priority of a segment.

    Born when they are set, with a reason; the newest row is in force, and none is ever changed.
    """

    number = models.PositiveIntegerField(unique=True)
    weights = models.JSONField()
    reason = models.CharField(max_length=600)
    set_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    set_at = models.DateTimeField()

    class Meta:
        ordering = ("-number",)
        verbose_name_plural = "weights"

    def __str__(self) -> str:
        return f"weights {self.number}"


class Effort(models.Model):
    """What was spent on a segment in a period, in hours or in money.

    Born when it is recorded; closed by `withdrawn_at` when it was wrong, and then another row stands instead.
    """

    segment = models.ForeignKey("taxonomy.Segment", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=16, choices=EffortKind)
    amount = models.DecimalField(max_digits=18, decimal_places=2)
    unit = models.CharField(max_length=16, help_text="hours, or the currency.")
    starts_on = models.DateField()
    ends_on = models.DateField()
    what = models.CharField(max_length=300, help_text="What it was spent on.")
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_because = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ("-starts_on", "-id")
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=EffortKind.values), name="effort_kind_known"),
            # Without it a return could be divided by nothing.
            models.CheckConstraint(condition=Q(amount__gt=0), name="effort_is_positive"),
            models.CheckConstraint(condition=Q(ends_on__gte=models.F("starts_on")), name="effort_ends_after_start"),
        ]
        indexes = [models.Index(fields=("segment", "starts_on"), name="effort_by_segment")]

    def __str__(self) -> str:
        return f"{self.amount} {self.unit} for {self.segment_id}"
