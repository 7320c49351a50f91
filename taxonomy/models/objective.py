"""Objectives: what segments are for, in numbers."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords

from common.keys import key_field
from taxonomy.choices import ObjectiveKind


def usual_signers() -> list[str]:
    """The functions that must agree to an objective unless it names others."""
    return ["marketing", "product", "finance"]


class Objective(models.Model):
    """One business aim with a metric and a target.

    Born when a board approves it (directly, where no board decides about objectives); closed by retirement, kept for
    good, edited with history. It is agreed once every function of `signers` has signed its present version.
    """

    key = key_field(unique=True)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=32, choices=ObjectiveKind)
    metric = models.CharField(max_length=200, help_text="What is measured, so that two people would measure it alike.")
    unit = models.CharField(max_length=32, blank=True, help_text="For example % or USD per month.")
    baseline = models.DecimalField(
        max_digits=18, decimal_places=4, null=True, help_text="Where the metric stands today."
    )
    basis = models.CharField(max_length=600, blank=True, help_text="How the baseline was found.")
    target = models.DecimalField(max_digits=18, decimal_places=4, help_text="Where the metric shall stand.")
    target_on = models.DateField(help_text="By when.")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    signers = models.JSONField(
        default=usual_signers,
        db_default=models.Value(usual_signers(), output_field=models.JSONField()),
        help_text="The functions whose signatures make it agreed; finance is always one of them.",
    )
    measure = models.JSONField(
        null=True, blank=True, help_text="How the actual is measured from data; empty: its owner enters it by hand."
    )
    version = models.PositiveIntegerField(default=1)
    changed_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True, blank=True)
    successor = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="predecessors")
    history = HistoricalRecords()

    class Meta:
        ordering = ("name", "key")
        constraints = [
            # Without it a typing error would create an aim that no report knows.
            models.CheckConstraint(condition=Q(kind__in=ObjectiveKind.values), name="objective_kind_known"),
            # Without it an edit made from an old page could pass for a newer one.
            models.CheckConstraint(condition=Q(version__gte=1), name="objective_version_counts_from_one"),
            # Without it an objective could pass for agreed though nobody who answers for the money has signed.
            models.CheckConstraint(condition=Q(signers__contains="finance"), name="objective_needs_finance"),
            # Without it readers of a retired objective would be sent in a circle.
            models.CheckConstraint(condition=~Q(successor=models.F("id")), name="objective_not_its_own_successor"),
        ]

    def __str__(self) -> str:
        return self.name


class Signature(models.Model):
    """One function's agreement to one version of an objective; an objective that lacks one is not agreed.

    Born when a person of the function signs; closed by `withdrawn_at`. A new version of the objective needs new ones.
    """

    objective = models.ForeignKey(Objective, on_delete=models.PROTECT, related_name="signatures")
    objective_version = models.PositiveIntegerField()
    function = models.CharField(max_length=32)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    signed_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_because = models.CharField(max_length=600, blank=True, db_default="")
    note = models.CharField(max_length=600, blank=True)

    class Meta:
        ordering = ("function", "id")
        constraints = [
            # Without it one function could be counted twice.
            models.UniqueConstraint(
                fields=("objective", "objective_version", "function"),
                condition=Q(withdrawn_at__isnull=True),
                name="signature_once_per_function",
            ),
            # Without it one person could agree for two functions, and nobody of the other would have looked.
            models.UniqueConstraint(
                fields=("objective", "objective_version", "person"),
                condition=Q(withdrawn_at__isnull=True),
                name="signature_once_per_person",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.function} on {self.objective_id}"
