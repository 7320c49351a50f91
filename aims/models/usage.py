"""How much segments are used, counted by day."""

from django.db import models
from django.db.models import Q

from aims.choices import UsageKind


class UsageDay(models.Model):
    """How often a segment was used in one way on one day (UTC); no person is named.

    Born with the first use that the counting of the day hands over; grows while the day lasts.
    """

    segment = models.ForeignKey("taxonomy.Segment", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=16, choices=UsageKind)
    on = models.DateField()
    count = models.PositiveIntegerField()

    class Meta:
        ordering = ("-on", "segment_id", "kind")
        constraints = [
            models.UniqueConstraint(fields=("segment", "kind", "on"), name="usage_once_per_day"),
            models.CheckConstraint(condition=Q(kind__in=UsageKind.values), name="usage_kind_known"),
        ]
        indexes = [models.Index(fields=("on",), name="usage_by_day")]

    def __str__(self) -> str:
        return f"{self.count} × {self.kind} of {self.segment_id} on {self.on}"
