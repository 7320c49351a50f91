"""The table of runs."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q, Value
from django.utils import timezone

from memberships.choices import Phase, RunKind, RunState, Trigger


class Run(models.Model):
    """One recompute of memberships over one profile build.

    Born queued, by a request; claimed by one worker, which keeps `heartbeat_at` fresh; closed as succeeded, failed,
    cancelled or superseded. A run whose worker died goes back to queued. Its manifest says what went in and came out.
    """

    kind = models.CharField(max_length=10, choices=RunKind.choices)
    state = models.CharField(max_length=12, choices=RunState.choices, default=RunState.QUEUED)
    trigger = models.CharField(max_length=10, choices=Trigger.choices)
    reason = models.CharField(max_length=300, blank=True, default="")
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    # For a repetition: which run, and how (engine, threads, shards, slice_rows, order). It publishes nothing.
    repeats = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="repetitions")
    options = models.JSONField(default=dict, blank=True, db_default=Value({}, models.JSONField()))
    segment_keys = models.JSONField(default=list, blank=True)
    scope = models.CharField(max_length=64)
    build = models.ForeignKey(
        "customers.ProfileBuild", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    as_of = models.DateTimeField(null=True, blank=True)
    # The newest change of a customer that the result holds; for a micro-batch also the file of the changed rows, and
    # when the oldest of the changes was received.
    watermark = models.BigIntegerField(null=True, blank=True)
    batch_path = models.CharField(max_length=100, blank=True, default="", db_default="")
    arrived_at = models.DateTimeField(null=True, blank=True)
    # From a database sequence at the claim: orders runs by when they read, whatever the clocks of the workers say.
    pass_number = models.BigIntegerField(null=True, blank=True)
    phase = models.CharField(max_length=12, choices=Phase.choices, blank=True, default=Phase.WAITING)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    manifest = models.JSONField(default=dict, blank=True)
    output_digest = models.CharField(max_length=64, blank=True, default="")
    error_code = models.CharField(max_length=40, blank=True, default="")
    error_advice = models.TextField(blank=True, default="")
    queued_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True, blank=True)
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    correlation_id = models.UUIDField(default=uuid.uuid4)

    class Meta:
        ordering = ["-id"]
        constraints = [
            # Two equal requests in the queue would recompute the same thing twice in a row.
            models.UniqueConstraint(fields=["scope"], condition=Q(state="queued"), name="memberships_run_one_queued"),
            models.CheckConstraint(condition=Q(state__in=RunState.values), name="memberships_run_state_known"),
            # A repetition of nothing could be equal to anything.
            models.CheckConstraint(
                condition=~Q(kind="repeat") | Q(repeats__isnull=False), name="memberships_run_repeat_names_run"
            ),
            # A run that looks running but has no worker's sign of life could never be reaped.
            models.CheckConstraint(
                condition=~Q(state="running") | Q(heartbeat_at__isnull=False, pass_number__isnull=False),
                name="memberships_run_running_has_heartbeat",
            ),
            # A success without a manifest cannot be repeated or checked.
            models.CheckConstraint(
                condition=~Q(state="succeeded") | (Q(build__isnull=False) & ~Q(output_digest="")),
                name="memberships_run_success_has_digest",
            ),
            # A run that has ended without an instant would look as if it went on.
            models.CheckConstraint(
                condition=Q(state__in=["queued", "running"], ended_at__isnull=True)
                | Q(state__in=["succeeded", "failed", "cancelled", "superseded"], ended_at__isnull=False),
                name="memberships_run_ended_has_instant",
            ),
        ]
        indexes = [
            models.Index(
                fields=["state", "heartbeat_at"],
                condition=Q(state__in=["queued", "running"]),
                name="memberships_run_open",
            ),
            models.Index(fields=["kind", "-id"], name="memberships_run_kind"),
        ]

    def __str__(self) -> str:
        return f"run {self.pk}"
