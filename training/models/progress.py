"""How far people are in the walkthroughs."""

from django.conf import settings
from django.db import models

from training.models.brief import BriefVersion


class Progress(models.Model):
    """One person's way through one version of a walkthrough. Born with the first step opened; closed by completion.

    `position` is the furthest step reached (from 0; the number of steps when all are done); `answers` maps a step's
    number to what was answered first and last.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="walkthroughs")
    version = models.ForeignKey(BriefVersion, on_delete=models.PROTECT, related_name="progress")
    position = models.PositiveSmallIntegerField(default=0)
    answers = models.JSONField(default=dict)
    started_at = models.DateTimeField(auto_now_add=True)
    moved_at = models.DateTimeField(auto_now=True)
    completed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "version"], name="training_progress_once")]

    def __str__(self) -> str:
        return f"{self.user_id} at step {self.position} of {self.version}"
