"""The crosswalk: which segment of the taxonomy before a decision is which one after it."""

from django.db import models

from taxonomy.models.segment import Segment


class Correspondence(models.Model):
    """One line of the crosswalk of one decision: an old segment and the new one it goes on in, fully or in part.

    Born with the enactment of a rename, move, split, merge or retirement; never changed, never deleted. `new` is
    empty where
    nothing continues the old segment: the unmappable remainder.
    """

    operation = models.CharField(max_length=16)
    request_ref = models.CharField(max_length=64)
    old = models.ForeignKey(Segment, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    old_version = models.PositiveIntegerField(null=True, blank=True)
    new = models.ForeignKey(Segment, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    new_version = models.PositiveIntegerField(null=True, blank=True)
    is_whole = models.BooleanField(default=True, help_text="Whether all of the old one goes on in the new one.")
    note = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ("id",)
        indexes = [
            models.Index(fields=("at",), name="correspondence_by_time"),
            models.Index(fields=("request_ref",), name="correspondence_by_request"),
        ]

    def __str__(self) -> str:
        return f"{self.operation}: {self.old_id} to {self.new_id}"
