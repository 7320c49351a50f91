"""What one publication did to one segment."""

from django.db import models


class SegmentMeasure(models.Model):
    """Size and movement of a segment at one publication. Born from the fact `memberships.changed`; never changed."""

    segment_key = models.CharField(max_length=63)
    run_id = models.BigIntegerField()
    version_number = models.PositiveIntegerField()
    at = models.DateTimeField()
    size = models.PositiveIntegerField()
    entered = models.PositiveIntegerField()
    left = models.PositiveIntegerField()

    class Meta:
        ordering = ("-at", "-id")
        constraints = [
            # A fact delivered twice must not count twice.
            models.UniqueConstraint(fields=["segment_key", "run_id"], name="insights_measure_once"),
        ]
        indexes = [models.Index(fields=["segment_key", "-at"], name="insights_measure_segment")]

    def __str__(self) -> str:
        return f"{self.segment_key} in run {self.run_id}"
