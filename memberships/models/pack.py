"""Old changes, many to a row."""

from django.db import models
from django.db.models import F, Q


class DeltaPack(models.Model):
    """Consecutive changes of one segment in one compressed row, each kept exactly: who, when, by which run and version,
    why.

    Born by compaction in the transaction that removes the changes it holds; never edited. Numbers are those of the
    changes (`Delta.pk`), so that folding packs and changes in the order of their numbers gives the members.
    """

    segment = models.ForeignKey("taxonomy.Segment", on_delete=models.PROTECT, related_name="+")
    first_delta = models.BigIntegerField()
    last_delta = models.BigIntegerField()
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    count = models.PositiveIntegerField()
    entered_count = models.PositiveBigIntegerField()
    left_count = models.PositiveBigIntegerField()
    content = models.BinaryField()
    digest = models.CharField(max_length=64)
    packed_at = models.DateTimeField()

    class Meta:
        ordering = ["segment_id", "first_delta"]
        constraints = [
            # A change in two packs would be folded twice.
            models.UniqueConstraint(fields=["segment", "first_delta"], name="memberships_pack_once"),
            models.CheckConstraint(condition=Q(last_delta__gte=F("first_delta")), name="memberships_pack_in_order"),
        ]
        indexes = [models.Index(fields=["segment", "last_at"], name="memberships_pack_at")]

    def __str__(self) -> str:
        return f"changes {self.first_delta} to {self.last_delta} of segment {self.segment_id}"
