"""What became of a version's claims on customers that were not looked at."""

from django.db import models
from django.db.models import Q


class HoldOut(models.Model):
    """The verdict about one version on one profile build, with its figures; `measure` is the number compared.

    Born after the run that computed the version's members on that build; never edited, and never computed twice.
    """

    version = models.ForeignKey("taxonomy.SegmentVersion", on_delete=models.PROTECT, related_name="+")
    build = models.ForeignKey("customers.ProfileBuild", on_delete=models.PROTECT, related_name="+")
    run = models.ForeignKey("memberships.Run", on_delete=models.PROTECT, related_name="+")
    as_of = models.DateTimeField()
    verdict = models.CharField(max_length=10, choices=[(name, name) for name in ("holds", "fails", "too_few")])
    measure = models.CharField(max_length=63, blank=True, default="")
    figures = models.JSONField()
    computed_at = models.DateTimeField()

    class Meta:
        ordering = ["-id"]
        constraints = [
            # Two verdicts about one version on the same customers could contradict each other.
            models.UniqueConstraint(fields=["version", "build"], name="memberships_hold_out_once"),
            # A verdict that no page knows would be shown as if nothing had been tested.
            models.CheckConstraint(
                condition=Q(verdict__in=("holds", "fails", "too_few")), name="memberships_hold_out_verdict_known"
            ),
        ]

    def __str__(self) -> str:
        return f"hold-out of version {self.version_id} on build {self.build_id}: {self.verdict}"
