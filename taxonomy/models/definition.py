"""Governed words: glossary terms, metric definitions and the ethics guideline, each with its versions."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from common.keys import key_field
from taxonomy.choices import DefinitionType, SegmentStatus, VersionState


class Definition(models.Model):
    """One governed word's identity: its type and its key for ever. What it says stands in its versions.

    Born inside the enactment of its first version; closed by retirement, with a successor where there is one; never
    deleted.
    """

    type = models.CharField(max_length=16, choices=DefinitionType)
    key = key_field(unique=False)
    status = models.CharField(max_length=16, choices=SegmentStatus, default=SegmentStatus.ACTIVE)
    successor = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="predecessors")
    created_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("type", "key")
        constraints = [
            # Without it one key could mean two things.
            models.UniqueConstraint(fields=("type", "key"), name="definition_key_unique"),
            models.CheckConstraint(condition=Q(type__in=DefinitionType.values), name="definition_type_known"),
            # Without it a retired word could lack the day from which it no longer counts.
            models.CheckConstraint(
                condition=Q(status=SegmentStatus.RETIRED, retired_at__isnull=False)
                | (~Q(status=SegmentStatus.RETIRED) & Q(retired_at__isnull=True)),
                name="definition_retired_at_with_status",
            ),
            # Without it readers of a retired word would be sent in a circle.
            models.CheckConstraint(condition=~Q(successor=models.F("id")), name="definition_not_its_own_successor"),
        ]

    def __str__(self) -> str:
        return f"{self.get_type_display()} {self.key}"


class DefinitionVersion(models.Model):
    """What a governed word said from `enacted_at` to `ended_at`.

    Born active when an approved decision is enacted; closed when a later version supersedes it or it is retired. Its
    content
    never changes: the database refuses it.
    """

    definition = models.ForeignKey(Definition, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=16, choices=VersionState, default=VersionState.ACTIVE)
    name = models.CharField(max_length=120)
    content = models.JSONField()
    rationale = models.TextField()
    request_ref = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    enacted_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("definition_id", "-number")
        constraints = [
            models.UniqueConstraint(fields=("definition", "number"), name="definition_version_number_unique"),
            # Without it two meanings could be in force at once, and pages would show either of them.
            models.UniqueConstraint(
                fields=("definition",), condition=Q(state=VersionState.ACTIVE), name="definition_one_active_version"
            ),
            models.CheckConstraint(condition=Q(state__in=VersionState.values), name="definition_version_state_known"),
            models.CheckConstraint(
                condition=Q(state=VersionState.ACTIVE, ended_at__isnull=True)
                | (~Q(state=VersionState.ACTIVE) & Q(ended_at__isnull=False)),
                name="definition_version_ended_at_with_state",
            ),
            # Without it a meaning could take effect without a decision that answers for it.
            models.CheckConstraint(condition=~Q(request_ref=""), name="definition_version_names_its_request"),
        ]

    def __str__(self) -> str:
        return f"{self.name} (version {self.number})"


class Equivalence(models.Model):
    """Two functions' words for one thing, or the hand-off from one to the other, with the rule that joins them.

    Born when one function offers it; agreed when both functions have signed; closed by `ended_at`. A new text of the
    rule
    needs new signatures.
    """

    left = models.ForeignKey(Definition, on_delete=models.PROTECT, related_name="+")
    right = models.ForeignKey(Definition, on_delete=models.PROTECT, related_name="+")
    left_function = models.CharField(max_length=32)
    right_function = models.CharField(max_length=32)
    kind = models.CharField(max_length=16, help_text="equal, or hand_off from left to right")
    rule = models.TextField(help_text="What is expected of both sides, in words.")
    version = models.PositiveIntegerField(default=1)
    left_signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    left_signed_at = models.DateTimeField(null=True, blank=True)
    right_signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    right_signed_at = models.DateTimeField(null=True, blank=True)
    offered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    offered_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-offered_at", "-id")
        constraints = [
            models.CheckConstraint(condition=~Q(left=models.F("right")), name="equivalence_of_two"),
            # Without it one person could sign for both functions.
            models.CheckConstraint(
                condition=Q(left_signed_by__isnull=True)
                | Q(right_signed_by__isnull=True)
                | ~Q(left_signed_by=models.F("right_signed_by")),
                name="equivalence_signed_by_two",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.left.key} and {self.right.key}"


class FieldMapping(models.Model):
    """What a field of a data set means in the company's words, or that it needs no word.

    Born when a steward maps the field; rewritten by a later mapping, with the ledger keeping the earlier one.
    """

    source_key = models.CharField(max_length=63)
    field = models.CharField(max_length=200)
    attribute_key = models.CharField(max_length=63, blank=True)
    term = models.ForeignKey(Definition, null=True, blank=True, on_delete=models.PROTECT, related_name="mappings")
    is_not_needed = models.BooleanField(default=False)
    mapped_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    mapped_at = models.DateTimeField()

    class Meta:
        ordering = ("source_key", "field")
        constraints = [
            models.UniqueConstraint(fields=("source_key", "field"), name="mapping_once_per_field"),
            # Without it coverage would count a field that says nothing.
            models.CheckConstraint(
                condition=Q(term__isnull=False, is_not_needed=False) | Q(term__isnull=True, is_not_needed=True),
                name="mapping_says_something",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source_key}.{self.field}"
