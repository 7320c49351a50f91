"""Where customer data comes from, and when it last came."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from simple_history.models import HistoricalRecords

from common.keys import key_field
from customers.choices import SourceKind


class Source(models.Model):
    """One system that customer data comes from. Born when a steward defines it; never deleted, as attributes point to
    it.
    """

    key = key_field()
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=20, choices=SourceKind.choices)
    description = models.TextField(blank=True)
    freshness_hours = models.PositiveIntegerField(
        default=24, validators=[MinValueValidator(1), MaxValueValidator(87_600)]
    )
    steward = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)

    history = HistoricalRecords()

    class Meta:
        ordering = ("name", "key")
        constraints = [
            models.CheckConstraint(condition=models.Q(kind__in=SourceKind.values), name="customers_source_kind"),
        ]

    def __str__(self) -> str:
        return self.name


class SourceLoad(models.Model):
    """Data that came from a source: one row per finished import, and one per day for what programs sent. Never
    closed.
    """

    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="loads")
    job = models.OneToOneField(
        "customers.ImportJob", null=True, blank=True, on_delete=models.SET_NULL, related_name="load"
    )
    on = models.DateField()
    at = models.DateTimeField()
    row_count = models.PositiveBigIntegerField(default=0)

    class Meta:
        ordering = ("-at",)
        indexes = [models.Index(fields=["source", "-at"], name="customers_load_latest")]
        constraints = [
            # Each call of a program would leave a row of its own, and the history of loads would be unreadable.
            models.UniqueConstraint(
                fields=["source", "on"], condition=models.Q(job=None), name="customers_load_per_day"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source_id} {self.on}"
