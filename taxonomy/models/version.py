"""Versions: what a segment meant from one day to another."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q

from taxonomy.choices import Pilot, Tier, VersionState
from taxonomy.models.objective import Objective
from taxonomy.models.segment import Segment


def no_axioms() -> dict[str, bool]:
    """What a version says about its children when nobody said anything."""
    return {"exclusive": False, "covering": False}


class SegmentVersion(models.Model):
    """One meaning of a segment, in force from `enacted_at` to `ended_at`.

    Born active when an approved decision is enacted; closed when a later version supersedes it or its segment is
    retired. Its content never changes: the database refuses it.
    """

    segment = models.ForeignKey(Segment, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=16, choices=VersionState, default=VersionState.ACTIVE)
    tier = models.CharField(max_length=16, choices=Tier)
    parent = models.ForeignKey(Segment, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=120)
    meaning = models.CharField(max_length=600)
    rule = models.JSONField(help_text="The segment's own rule as a typed tree; its parents' rules are not repeated.")
    rule_text = models.TextField()
    words = models.TextField()
    attribute_keys = ArrayField(models.CharField(max_length=63), help_text="Attributes that the own rule reads.")
    segment_keys = ArrayField(models.CharField(max_length=63), help_text="Segments that the own rule refers to.")
    axioms = models.JSONField(
        default=no_axioms,
        db_default=models.Value(no_axioms(), output_field=models.JSONField()),
        help_text="What the children must be to each other and to this segment: exclusive, covering.",
    )
    thresholds = models.JSONField(
        default=list,
        db_default=models.Value([], output_field=models.JSONField()),
        help_text="The values in the rule that have a name of their own.",
    )
    pilot = models.CharField(
        max_length=8,
        choices=Pilot,
        blank=True,
        default="",
        db_default="",
        help_text="How far the segment reaches while it is tried out; empty in full use.",
    )
    rationale = models.TextField()
    expected_outcome = models.TextField(blank=True)
    objective = models.ForeignKey(Objective, null=True, blank=True, on_delete=models.PROTECT, related_name="versions")
    data_owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    definition_owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    outcome_owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    digest = models.CharField(max_length=64)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField()
    enacted_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("segment_id", "-number")
        constraints = [
            # Without it "version 3" could mean two things, and an approval could be read as given for the other one.
            models.UniqueConstraint(fields=("segment", "number"), name="version_number_unique"),
            # Without it two rules could be in force at once and runs would publish either of them.
            models.UniqueConstraint(
                fields=("segment",), condition=Q(state=VersionState.ACTIVE), name="version_one_active_per_segment"
            ),
            # Without it a version could stand in a state that nobody looks for.
            models.CheckConstraint(condition=Q(state__in=VersionState.values), name="version_state_known"),
            # Without it the order of tiers could not be checked.
            models.CheckConstraint(condition=Q(tier__in=Tier.values), name="version_tier_known"),
            # Without it a pilot could reach as far as nobody has approved.
            models.CheckConstraint(condition=Q(pilot__in=("", *Pilot.values)), name="version_pilot_known"),
            # Without it the question "what was in force on that day" would have no answer.
            models.CheckConstraint(
                condition=Q(state=VersionState.ACTIVE, ended_at__isnull=True)
                | (~Q(state=VersionState.ACTIVE) & Q(ended_at__isnull=False)),
                name="version_ended_at_with_state",
            ),
            # Without it "version 0" would be taken for "no version" by the check for a stale base.
            models.CheckConstraint(condition=Q(number__gte=1), name="version_number_counts_from_one"),
        ]
        indexes = [
            GinIndex(fields=("attribute_keys",), name="version_attribute_keys"),
            GinIndex(fields=("segment_keys",), name="version_segment_keys"),
        ]

    def __str__(self) -> str:
        return f"{self.name} (version {self.number})"
