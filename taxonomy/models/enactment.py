"""Enactments: the moments in which a decision about a segment took effect."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from taxonomy.choices import EnactmentKind
from taxonomy.models.version import SegmentVersion


class Enactment(models.Model):
    """One decision taking effect: the version it brought or ended, the one before, by whose hand, from which request.

    Born with the decision, never changed and never deleted: the database refuses both.
    """

    kind = models.CharField(max_length=16, choices=EnactmentKind)
    version = models.ForeignKey(SegmentVersion, on_delete=models.PROTECT, related_name="enactments")
    previous = models.ForeignKey(SegmentVersion, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    request_ref = models.CharField(max_length=64)
    reason = models.TextField(blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ("-at", "-id")
        constraints = [
            # Without it the history could show a decision whose meaning nobody can tell.
            models.CheckConstraint(condition=Q(kind__in=EnactmentKind.values), name="enactment_kind_known"),
            # Without it one version could be said to have come into force twice, by two decisions.
            models.UniqueConstraint(
                fields=("version",),
                condition=~Q(kind__in=(EnactmentKind.RETIRE, EnactmentKind.DEPRECATE)),
                name="enactment_once_per_version",
            ),
            # Without it a version could take effect without a decision that answers for it.
            models.CheckConstraint(condition=~Q(request_ref=""), name="enactment_names_its_request"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.version}"
