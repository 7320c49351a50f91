"""Parts of a run that several workers compute at the same time."""

from django.db import models
from django.db.models import F, Q

from memberships.choices import ShardState


class RunShard(models.Model):
    """The rows from `first` until before `end` of one attempt of a run. Born when the run is split; taken by one
    worker, which keeps `heartbeat_at` fresh; done when its result file is complete; removed with the others once they
    are merged.
    """

    run = models.ForeignKey("memberships.Run", on_delete=models.CASCADE, related_name="shards")
    attempt = models.PositiveSmallIntegerField()
    number = models.PositiveIntegerField()
    first = models.BigIntegerField()
    end = models.BigIntegerField()
    state = models.CharField(max_length=10, choices=ShardState.choices, default=ShardState.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    result_path = models.CharField(max_length=200, blank=True, default="")
    seconds = models.FloatField(null=True, blank=True)
    failures = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["run_id", "attempt", "number"]
        constraints = [
            models.UniqueConstraint(fields=["run", "attempt", "number"], name="memberships_shard_once"),
            models.CheckConstraint(condition=Q(state__in=ShardState.values), name="memberships_shard_state_known"),
            # An empty range would be merged as if nobody in it were a member.
            models.CheckConstraint(condition=Q(end__gt=F("first")), name="memberships_shard_has_rows"),
        ]

    def __str__(self) -> str:
        return f"shard {self.number} of run {self.run_id}"
