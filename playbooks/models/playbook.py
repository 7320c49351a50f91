"""Playbooks: identity and content in two tables."""

from django.db import models

from playbooks.choices import VersionState


class Playbook(models.Model):
    """The playbook of one segment. Born with its first version; closed by its retirement, with the playbook to read
    instead, if any. A new version takes it back into use."""

    segment = models.OneToOneField("taxonomy.Segment", on_delete=models.PROTECT, related_name="playbook")
    created_at = models.DateTimeField(auto_now_add=True)
    retired_at = models.DateTimeField(null=True)
    successor = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="predecessors")

    class Meta:
        constraints = [
            # A playbook in use that names another would send its readers away from itself.
            models.CheckConstraint(
                condition=models.Q(successor=None)
                | (models.Q(retired_at__isnull=False) & ~models.Q(successor=models.F("id"))),
                name="playbooks_successor_only_when_retired",
            ),
        ]

    def __str__(self) -> str:
        return f"playbook of segment {self.segment_id}"


class PlaybookVersion(models.Model):
    """One wording of a playbook, approved by a board. Its content never changes (a trigger refuses it); it ends when
    the next one is enacted."""

    playbook = models.ForeignKey(Playbook, on_delete=models.PROTECT, related_name="versions")
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
            models.UniqueConstraint(fields=["playbook", "number"], name="playbooks_version_number"),
            # Two active versions would give two representatives two answers.
            models.UniqueConstraint(
                fields=["playbook"], condition=models.Q(state="active"), name="playbooks_version_one_active"
            ),
            models.CheckConstraint(condition=models.Q(state__in=VersionState.values), name="playbooks_version_state"),
        ]

    def __str__(self) -> str:
        return f"{self.playbook} version {self.number}"
