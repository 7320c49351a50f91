"""What is held again and again, and each time that it was."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords

from stewardship.choices import OccurrenceType, RitualType


class Ritual(models.Model):
    """Something that is held every so many days: an audit, a recalibration, a governance review, an alignment.

    Born when somebody plans it; changed by those who keep it; closed by `ended_at`, never deleted. `next_on` moves on
    with each occurrence.
    """

    type = models.CharField(max_length=20, choices=RitualType.choices)
    name = models.CharField(max_length=120)
    meeting = models.CharField(max_length=60, blank=True, default="")
    every_days = models.PositiveIntegerField()
    next_on = models.DateField()
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    attendees = ArrayField(models.CharField(max_length=150), default=list, blank=True)
    agenda = models.TextField(max_length=4000, blank=True, default="")
    branch = models.CharField(max_length=63, blank=True, default="")
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    history = HistoricalRecords()

    class Meta:
        ordering = ("next_on", "id")
        constraints = [
            models.CheckConstraint(condition=Q(type__in=RitualType.values), name="stewardship_ritual_type_known"),
            models.CheckConstraint(condition=Q(every_days__gte=1, every_days__lte=730), name="stewardship_ritual_days"),
        ]

    def __str__(self) -> str:
        return self.name


class Occurrence(models.Model):
    """One time that a ritual is held, or one joint planning session: who came, what was said, what was decided.

    Born planned (sessions) or held; held once, with notes; decisions name the segments and change requests that they
    are about: `[{"text", "segments": [keys], "request": id or null}]`. `run_id` is the recalibration's run.
    """

    ritual = models.ForeignKey(Ritual, null=True, blank=True, on_delete=models.PROTECT, related_name="occurrences")
    type = models.CharField(max_length=20, choices=OccurrenceType.choices)
    title = models.CharField(max_length=120)
    on = models.DateField()
    teams = ArrayField(models.CharField(max_length=80), default=list, blank=True)
    topics = models.TextField(max_length=4000, blank=True, default="")
    attendees = ArrayField(models.CharField(max_length=150), default=list, blank=True)
    notes = models.TextField(max_length=20_000, blank=True, default="")
    decisions = models.JSONField(default=list, blank=True)
    segments = ArrayField(models.CharField(max_length=63), default=list, blank=True)
    run_id = models.BigIntegerField(null=True, blank=True)
    planned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    held_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    held_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-on", "-id")
        constraints = [
            models.CheckConstraint(condition=Q(type__in=OccurrenceType.values), name="stewardship_occurrence_type"),
            # A ritual held twice for one day would move its next date twice.
            models.UniqueConstraint(
                fields=["ritual", "on"], condition=Q(ritual__isnull=False), name="stewardship_occurrence_once"
            ),
            models.CheckConstraint(
                condition=Q(ritual__isnull=False) | Q(type="planning"), name="stewardship_occurrence_of_a_ritual"
            ),
        ]
        indexes = [models.Index(fields=["on"], name="stewardship_occurrence_on")]

    def __str__(self) -> str:
        return f"{self.title} on {self.on}"
