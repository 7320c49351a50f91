"""The tables of members: snapshots, changes and the pointer to what is current."""

from django.db import models
from django.db.models import F, Q

from memberships.choices import Cause


class Snapshot(models.Model):
    """All members of one segment as one run published them.

    Born when a run changes the members or the version of a segment; never edited. `members` holds a portable roaring
    bitmap of customers' ordinals.
    """

    run = models.ForeignKey("memberships.Run", on_delete=models.PROTECT, related_name="snapshots")
    segment = models.ForeignKey("taxonomy.Segment", on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey("taxonomy.SegmentVersion", on_delete=models.PROTECT, related_name="+")
    members = models.BinaryField()
    size = models.PositiveBigIntegerField()
    digest = models.CharField(max_length=64)
    # The number of the newest change that the members hold; those after it come on top.
    through = models.BigIntegerField(default=0, db_default=0)
    published_at = models.DateTimeField()

    class Meta:
        ordering = ["-id"]
        constraints = [
            # A run that published a segment twice would leave two truths with one name.
            models.UniqueConstraint(fields=["run", "segment"], name="memberships_snapshot_once_per_run"),
        ]
        indexes = [models.Index(fields=["segment", "published_at"], name="memberships_snapshot_at")]

    def __str__(self) -> str:
        return f"snapshot of segment {self.segment_id} by run {self.run_id}"


class Delta(models.Model):
    """Who entered and who left one segment by one run, and why: a row for each cause.

    Born when a run changes the members, or first publishes the version; never edited, later packed with its neighbours
    (`DeltaPack`). All deltas of a segment, folded in order, give its members.
    """

    run = models.ForeignKey("memberships.Run", on_delete=models.PROTECT, related_name="deltas")
    segment = models.ForeignKey("taxonomy.Segment", on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey("taxonomy.SegmentVersion", on_delete=models.PROTECT, related_name="+")
    previous_version = models.ForeignKey(
        "taxonomy.SegmentVersion", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    entered = models.BinaryField()
    left = models.BinaryField()
    entered_count = models.PositiveBigIntegerField()
    left_count = models.PositiveBigIntegerField()
    size = models.PositiveBigIntegerField()
    cause = models.CharField(max_length=10, choices=Cause.choices)
    published_at = models.DateTimeField()

    class Meta:
        ordering = ["-id"]
        constraints = [
            # A change counted twice would make the deltas disagree with the members.
            models.UniqueConstraint(fields=["run", "segment", "cause"], name="memberships_delta_once_per_cause"),
            models.CheckConstraint(condition=Q(cause__in=Cause.values), name="memberships_delta_cause_known"),
            # Nobody can be in after all when more entered than there are.
            models.CheckConstraint(
                condition=Q(size__gte=F("entered_count")), name="memberships_delta_size_holds_entered"
            ),
        ]
        indexes = [
            models.Index(fields=["segment", "published_at"], name="memberships_delta_at"),
            models.Index(fields=["segment", "id"], name="memberships_delta_order"),
        ]

    def __str__(self) -> str:
        return f"change of segment {self.segment_id} by run {self.run_id}"


class Current(models.Model):
    """What is true now for one segment: which snapshot with the changes up to `through` on top, confirmed by which run,
    over the data up to the change `watermark`.

    Born when a run first publishes the segment, or first fails to; moved by every later run; deleted when the segment
    is retired. While `failure` is set the members are those of the last run that succeeded, if any did.
    """

    segment = models.OneToOneField("taxonomy.Segment", on_delete=models.PROTECT, primary_key=True, related_name="+")
    snapshot = models.ForeignKey(Snapshot, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    run = models.ForeignKey("memberships.Run", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    version = models.ForeignKey(
        "taxonomy.SegmentVersion", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    rule_digest = models.CharField(max_length=64, blank=True, default="")
    size = models.PositiveBigIntegerField(null=True, blank=True)
    as_of = models.DateTimeField(null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    pass_number = models.BigIntegerField(default=0)
    through = models.BigIntegerField(default=0, db_default=0)
    watermark = models.BigIntegerField(default=0, db_default=0)
    failure = models.CharField(max_length=300, blank=True, default="")
    failed_run = models.ForeignKey("memberships.Run", on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            # "Not computed" must never look like "nobody": members, size, version and run come together or not at all.
            models.CheckConstraint(
                condition=Q(
                    snapshot__isnull=True, run__isnull=True, version__isnull=True, size__isnull=True, as_of__isnull=True
                )
                | Q(
                    snapshot__isnull=False,
                    run__isnull=False,
                    version__isnull=False,
                    size__isnull=False,
                    as_of__isnull=False,
                    published_at__isnull=False,
                ),
                name="memberships_current_whole_or_absent",
            ),
            models.CheckConstraint(
                condition=Q(failure="", failed_run__isnull=True) | (~Q(failure="") & Q(failed_run__isnull=False)),
                name="memberships_current_failure_has_run",
            ),
        ]

    def __str__(self) -> str:
        return f"members of segment {self.segment_id}"
