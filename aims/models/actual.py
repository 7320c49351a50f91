"""Actuals of objectives: where their metrics stood, and how that is known."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from aims.choices import Origin


class Actual(models.Model):
    """Where the metric of an objective stood on a day, for a segment or for the whole company.

    Born when a run's data is measured, or when the owner enters a value with its evidence; never changed, never closed.
    An error is put right by a later row that `corrects` it.
    """

    objective = models.ForeignKey("taxonomy.Objective", on_delete=models.PROTECT, related_name="actuals")
    objective_version = models.PositiveIntegerField()
    segment = models.ForeignKey("taxonomy.Segment", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    origin = models.CharField(max_length=16, choices=Origin)
    value = models.DecimalField(max_digits=22, decimal_places=4)
    on = models.DateField(help_text="The day for which the value holds.")
    as_of = models.DateTimeField(null=True, blank=True, help_text="Of a measured one: as of when the data stood.")
    run_id = models.PositiveBigIntegerField(null=True, blank=True, help_text="The run that found the members.")
    version_number = models.PositiveIntegerField(null=True, blank=True, help_text="The segment's version.")
    basis = models.CharField(max_length=600, help_text="What was measured over whom, or the evidence given.")
    corrects = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="corrected_by"
    )
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ("on", "id")
        constraints = [
            models.CheckConstraint(condition=Q(origin__in=Origin.values), name="actual_origin_known"),
            # Without it one run would count twice in the line of a chart.
            models.UniqueConstraint(
                fields=("objective", "objective_version", "segment", "run_id"),
                condition=Q(origin=Origin.MEASURED),
                name="actual_once_per_run",
            ),
            # Without it a measured value could lack the run that tells what it rests on.
            models.CheckConstraint(
                condition=~Q(origin=Origin.MEASURED) | Q(run_id__isnull=False, segment__isnull=False),
                name="actual_measured_names_its_run",
            ),
            # Without it a number could be entered that nobody answers for and nothing supports.
            models.CheckConstraint(
                condition=~Q(origin=Origin.ENTERED) | (Q(recorded_by__isnull=False) & ~Q(basis="")),
                name="actual_entered_has_evidence",
            ),
        ]
        indexes = [models.Index(fields=("objective", "segment", "on"), name="actual_by_objective")]

    def __str__(self) -> str:
        return f"{self.value} on {self.on} of {self.objective_id}"
