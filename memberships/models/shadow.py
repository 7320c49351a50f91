"""Candidate rules that run beside the live ones, and what they would have selected."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q


class Shadow(models.Model):
    """One candidate rule that is counted every day beside the rule in force, for nobody's use.

    Born when somebody starts it for a segment, or (without `segment_key`) for one that may come; closed by `ended_at`,
    at the latest after `ends_on`. Its members are never stored, only how many they are.
    """

    segment_key = models.CharField(max_length=63, blank=True, default="")
    parent_key = models.CharField(max_length=63, blank=True, default="")
    name = models.CharField(max_length=120)
    rule = models.TextField()
    request_number = models.PositiveBigIntegerField(null=True, blank=True, help_text="The draft it was started from.")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField()
    ends_on = models.DateField()
    ended_at = models.DateTimeField(null=True, blank=True)
    end_reason = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        ordering = ("-id",)
        constraints = [
            # A shadow that ended before it began would claim days that nobody counted.
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("started_at")), name="shadow_ends_after_start"
            ),
        ]
        indexes = [models.Index(fields=("segment_key",), condition=Q(ended_at__isnull=True), name="shadow_running")]

    def __str__(self) -> str:
        return self.name


class ShadowDay(models.Model):
    """What one shadow and the rule in force selected on one day (UTC); counts are None where they could not be known.

    Born with the first count of the day; a later one of the same day takes its place.
    """

    shadow = models.ForeignKey(Shadow, on_delete=models.CASCADE, related_name="days")
    on = models.DateField()
    as_of = models.DateTimeField()
    build_number = models.PositiveBigIntegerField(null=True, blank=True)
    size = models.PositiveBigIntegerField(null=True, blank=True)
    live = models.PositiveBigIntegerField(null=True, blank=True)
    both = models.PositiveBigIntegerField(null=True, blank=True)
    value = models.FloatField(null=True, blank=True)
    live_value = models.FloatField(null=True, blank=True)
    unit = models.CharField(max_length=40, blank=True, default="")
    reason = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        ordering = ("on",)
        constraints = [
            # Two counts of one day would make the line of a chart go back and forth.
            models.UniqueConstraint(fields=("shadow", "on"), name="shadow_once_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.shadow} on {self.on}"

    @property
    def only_shadow(self) -> int | None:
        """How many the candidate alone selects."""
        return None if self.size is None or self.both is None else self.size - self.both

    @property
    def only_live(self) -> int | None:
        """How many the rule in force alone selects."""
        return None if self.live is None or self.both is None else self.live - self.both
