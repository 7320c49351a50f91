"""How conflicts with the live version were resolved: what was chosen, field by field."""

from django.conf import settings
from django.db import models

from reviews.models.request import ChangeRequest


class Resolution(models.Model):
    """One choice between the live and the proposed side of one field, made when a request was brought up to date.

    Born with the revision that it led to; never changed. When the same two sides meet again, the page offers the same
    choice.
    """

    request = models.ForeignKey(ChangeRequest, on_delete=models.PROTECT, related_name="resolutions")
    revision = models.PositiveIntegerField(help_text="The wording that the choice led to.")
    field = models.CharField(max_length=120)
    side = models.CharField(max_length=12)
    live = models.JSONField(null=True)
    proposed = models.JSONField(null=True)
    chosen_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    chosen_at = models.DateTimeField()

    class Meta:
        ordering = ("id",)
        constraints = [
            # Without it one field could be said to have been resolved both ways.
            models.UniqueConstraint(fields=("request", "revision", "field"), name="resolution_once_per_field"),
        ]

    def __str__(self) -> str:
        return f"{self.field} of request {self.request_id}: {self.side}"
