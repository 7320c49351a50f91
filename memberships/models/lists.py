"""Lists of customers made of segments, and files made of members."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from memberships.choices import ExportState


class CustomerList(models.Model):
    """The result of set algebra between segments at one instant, kept under a name.

    Born when a person keeps it; never recomputed, since `grounds` says for each segment the version, run and as-of that
    it was made of; closed when its maker, or an operator, discards it: then the members are removed and the row stays.
    """

    name = models.CharField(max_length=120)
    note = models.CharField(max_length=500, blank=True, default="")
    # {"op": "union" | "intersection" | "difference", "of": [key or expression, ...]}
    expression = models.JSONField()
    grounds = models.JSONField(default=list)
    at = models.DateTimeField()
    members = models.BinaryField()
    size = models.PositiveBigIntegerField()
    digest = models.CharField(max_length=64)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    discarded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(discarded_at=None) | Q(size=0), name="memberships_list_discarded_is_empty"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Export(models.Model):
    """One file of members that somebody asked for: what, at which instant, in which format, and how far it is.

    Born with the request; written by a worker; closed when it expires: the file is removed, the row stays.
    """

    what = models.JSONField()
    title = models.CharField(max_length=200)
    format = models.CharField(max_length=10, choices=[("csv", "CSV"), ("parquet", "Parquet")])
    state = models.CharField(max_length=10, choices=ExportState.choices, default=ExportState.QUEUED)
    done = models.PositiveBigIntegerField(default=0)
    total = models.PositiveBigIntegerField(default=0)
    path = models.CharField(max_length=200, blank=True, default="")
    bytes = models.PositiveBigIntegerField(default=0)
    stamp = models.JSONField(default=dict)
    error = models.CharField(max_length=300, blank=True, default="")
    attempts = models.PositiveSmallIntegerField(default=0)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=ExportState.values), name="memberships_export_state_known"),
            models.CheckConstraint(condition=Q(format__in=("csv", "parquet")), name="memberships_export_format_known"),
        ]

    def __str__(self) -> str:
        return self.title
