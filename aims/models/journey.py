"""Journeys of customers and their versions."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from aims.choices import JourneyStatus, VersionState
from common.keys import key_field


class Journey(models.Model):
    """One customer journey's identity; what it says stands in its versions.

    Born inside the enactment of its first version; closed by retirement, with a successor where there is one; never
    deleted.
    """

    key = key_field(unique=True)
    status = models.CharField(max_length=16, choices=JourneyStatus, default=JourneyStatus.ACTIVE)
    successor = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="predecessors")
    created_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("key",)
        constraints = [
            models.CheckConstraint(condition=Q(status__in=JourneyStatus.values), name="journey_status_known"),
            # Without it readers of a retired journey would be sent in a circle.
            models.CheckConstraint(condition=~Q(successor=models.F("id")), name="journey_not_its_own_successor"),
            # Without it a retired journey could lack the day from which it no longer counts.
            models.CheckConstraint(
                condition=Q(status=JourneyStatus.RETIRED, retired_at__isnull=False)
                | (~Q(status=JourneyStatus.RETIRED) & Q(retired_at__isnull=True)),
                name="journey_retired_at_with_status",
            ),
        ]

    def __str__(self) -> str:
        return self.key


class JourneyVersion(models.Model):
    """What a journey said from `enacted_at` to `ended_at`: its stages in order, and its moments of truth.

    Born active when an approved decision is enacted; closed when a later version supersedes it or the journey is
    retired. Its content never changes: the database refuses it.
    """

    journey = models.ForeignKey(Journey, on_delete=models.PROTECT, related_name="versions")
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
        ordering = ("journey_id", "-number")
        constraints = [
            models.UniqueConstraint(fields=("journey", "number"), name="journey_version_number_unique"),
            # Without it two journeys of one key could be in force at once, and pages would show either of them.
            models.UniqueConstraint(
                fields=("journey",), condition=Q(state=VersionState.ACTIVE), name="journey_one_active_version"
            ),
            models.CheckConstraint(condition=Q(state__in=VersionState.values), name="journey_version_state_known"),
            models.CheckConstraint(
                condition=Q(state=VersionState.ACTIVE, ended_at__isnull=True)
                | (~Q(state=VersionState.ACTIVE) & Q(ended_at__isnull=False)),
                name="journey_version_ended_at_with_state",
            ),
            # Without it a journey could take effect without a decision that answers for it.
            models.CheckConstraint(condition=~Q(request_ref=""), name="journey_version_names_its_request"),
        ]

    def __str__(self) -> str:
        return f"{self.name} (version {self.number})"
