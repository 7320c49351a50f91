"""Briefs: identity and content in two tables, and reviews after a changed rule."""

from django.conf import settings
from django.db import models

from training.choices import VersionState


class Brief(models.Model):
    """The brief of one segment. Born with its first version; closed by its retirement, with the brief to learn from
    instead, if any. A new version takes it back into use."""

    segment = models.OneToOneField("taxonomy.Segment", on_delete=models.PROTECT, related_name="brief")
    created_at = models.DateTimeField(auto_now_add=True)
    retired_at = models.DateTimeField(null=True)
    successor = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="predecessors")

    class Meta:
        constraints = [
            # A brief in use that names another would send newcomers away from itself.
            models.CheckConstraint(
                condition=models.Q(successor=None)
                | (models.Q(retired_at__isnull=False) & ~models.Q(successor=models.F("id"))),
                name="training_successor_only_when_retired",
            ),
        ]

    def __str__(self) -> str:
        return f"brief of segment {self.segment_id}"


class BriefVersion(models.Model):
    """One wording of a brief with its walkthrough, approved by a board. Its content never changes (a trigger refuses
    it), so that what somebody completed stays what it was; it ends when the next one is enacted."""

    brief = models.ForeignKey(Brief, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=12, choices=VersionState.choices)
    content = models.JSONField()
    digest = models.CharField(max_length=64)
    segment_version_number = models.PositiveIntegerField()
    rationale = models.TextField()
    request_ref = models.CharField(max_length=40)
    author_name = models.CharField(max_length=150)
    enacted_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-number",)
        constraints = [
            # Two versions of one number could not be told apart in an approval.
            models.UniqueConstraint(fields=["brief", "number"], name="training_version_number"),
            # Two active versions would teach two meanings.
            models.UniqueConstraint(
                fields=["brief"], condition=models.Q(state="active"), name="training_version_one_active"
            ),
            models.CheckConstraint(condition=models.Q(state__in=VersionState.values), name="training_version_state"),
        ]

    def __str__(self) -> str:
        return f"{self.brief} version {self.number}"


class BriefReview(models.Model):
    """The rule of a segment changed after its brief was written. Born with the new rule; closed when the brief is
    rewritten or somebody responsible confirms that it still fits."""

    brief = models.ForeignKey(Brief, on_delete=models.CASCADE, related_name="reviews")
    segment_version_number = models.PositiveIntegerField()
    opened_at = models.DateTimeField(auto_now_add=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["brief", "segment_version_number"], name="training_review_once"),
        ]

    def __str__(self) -> str:
        return f"{self.brief} for version {self.segment_version_number}"
