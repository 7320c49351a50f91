"""Files on their way in, and the rows that did not get in."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from customers.choices import FileFormat, ImportState
from customers.models.source import Source


class ImportJob(models.Model):
    """One file to be imported. Born as a plan; closed when done, failed or cancelled.

    `position` counts the rows of the file that are behind us: it moves in the transaction of each batch, so that a
    worker that takes over goes on exactly there. `lease` names the worker that has the job in hand.
    """

    state = models.CharField(max_length=12, choices=ImportState.choices, default=ImportState.PLANNED)
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="imports")
    file_name = models.CharField(max_length=200)
    path = models.CharField(max_length=100, blank=True)
    format = models.CharField(max_length=10, choices=FileFormat.choices)
    size_bytes = models.BigIntegerField()
    digest = models.CharField(max_length=64)
    mapping = models.JSONField(default=dict)
    keeps_empty = models.BooleanField(default=False)
    # Told as the cause of what it changes.
    is_correction = models.BooleanField(default=False, db_default=False)
    plan = models.JSONField(default=dict)
    position = models.BigIntegerField(default=0)
    row_count = models.BigIntegerField(default=0)
    counts = models.JSONField(default=dict)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    correlation_id = models.UUIDField()
    attempts = models.PositiveSmallIntegerField(default=0)
    lease = models.UUIDField(null=True, blank=True)
    error = models.TextField(blank=True)
    created_at = models.DateTimeField()
    queued_at = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-pk",)
        constraints = [
            models.CheckConstraint(condition=Q(state__in=ImportState.values), name="customers_import_state"),
            models.CheckConstraint(condition=Q(format__in=FileFormat.values), name="customers_import_format"),
        ]

    def __str__(self) -> str:
        return f"import {self.pk}"


class QuarantinedRow(models.Model):
    """A row of a file that was refused, as it stood. Born in its batch; its raw text is emptied after the retention."""

    job = models.ForeignKey(ImportJob, on_delete=models.CASCADE, related_name="quarantine")
    line = models.BigIntegerField()
    external_id = models.CharField(max_length=200, blank=True)
    errors = models.JSONField(default=list)
    raw = models.TextField(blank=True)

    class Meta:
        ordering = ("line",)
        constraints = [
            # A batch that ran twice would list its rows twice.
            models.UniqueConstraint(fields=["job", "line"], name="customers_quarantine_once"),
        ]

    def __str__(self) -> str:
        return f"line {self.line}"
