"""What stands still because a person stopped it."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from safeguards.choices import Scope


class Freeze(models.Model):
    """One stop of a segment, a source or all activation: by whom, why, since when, and until when if that was said.

    Born when somebody stops it; closed by lifting, by a person with a reason or at its own end (`lifted_by` is then
    empty). In force while `lifted_at` is null. Never deleted.
    """

    scope = models.CharField(max_length=12, choices=Scope.choices)
    key = models.CharField(max_length=63, blank=True, default="")
    reason = models.CharField(max_length=500)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    lifted_at = models.DateTimeField(null=True, blank=True)
    lift_reason = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        ordering = ("-id",)
        constraints = [
            models.CheckConstraint(condition=Q(scope__in=Scope.values), name="safeguards_freeze_scope_known"),
            # A freeze of nothing would look like a freeze of everything, or the other way round.
            models.CheckConstraint(
                condition=Q(scope="activation", key="") | (~Q(scope="activation") & ~Q(key="")),
                name="safeguards_freeze_names_what",
            ),
            # Two freezes of one thing: lifting one would say that it goes on, and it would not.
            models.UniqueConstraint(
                fields=["scope", "key"], condition=Q(lifted_at=None), name="safeguards_freeze_once_in_force"
            ),
            # Nobody could say later why it was stopped.
            models.CheckConstraint(condition=~Q(reason=""), name="safeguards_freeze_has_reason"),
            models.CheckConstraint(
                condition=Q(lifted_at=None, lifted_by=None, lift_reason="")
                | (Q(lifted_at__gte=F("at")) & ~Q(lift_reason="")),
                name="safeguards_freeze_lifted_with_reason",
            ),
        ]
        indexes = [models.Index(fields=["until"], condition=Q(lifted_at=None), name="safeguards_freeze_ends")]

    def __str__(self) -> str:
        return f"freeze {self.pk} of {self.scope} {self.key}".rstrip()
