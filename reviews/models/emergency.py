"""Break glass: changes that took effect without the board, and the reviews that follow."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from reviews.choices import CONFIRMED, NOT_CONFIRMED, RetroState
from reviews.models.request import ChangeRequest


class Emergency(models.Model):
    """One use of the way past the board: who, why, until when it holds, and the review that must follow.

    Born armed, with the first click; used (`used_at`) with the second one, within minutes and on the same digest;
    closed
    when the review was held. A use that is not confirmed by the board by `holds_until` is rolled back by a request
    that is
    prepared for it, and the review goes up board by board until it is held.
    """

    request = models.OneToOneField(ChangeRequest, on_delete=models.PROTECT, related_name="emergency")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField()
    digest = models.CharField(max_length=64, help_text="Of the wording that was armed; another one is refused.")
    armed_at = models.DateTimeField()
    armed_until = models.DateTimeField(help_text="The second click must come before.")
    used_at = models.DateTimeField(null=True, blank=True)
    holds_until = models.DateTimeField(null=True, blank=True)
    retro_state = models.CharField(max_length=12, choices=RetroState, default=RetroState.NONE)
    retro_due_at = models.DateTimeField(null=True, blank=True)
    retro_level = models.PositiveSmallIntegerField(default=0)
    retro_verdict = models.CharField(max_length=20, blank=True)
    retro_notes = models.TextField(blank=True)
    retro_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    retro_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-id",)
        verbose_name_plural = "emergencies"
        constraints = [
            models.CheckConstraint(condition=Q(retro_state__in=RetroState.values), name="emergency_retro_state_known"),
            # Without it the one who broke the glass could hold the review of it.
            models.CheckConstraint(
                condition=Q(retro_by__isnull=True) | ~Q(retro_by=models.F("person")), name="emergency_retro_four_eyes"
            ),
            # Without it a review could count as held though nobody held it.
            models.CheckConstraint(
                condition=Q(retro_state=RetroState.HELD, retro_by__isnull=False, retro_at__isnull=False)
                & Q(retro_verdict__in=[CONFIRMED, NOT_CONFIRMED])
                | ~Q(retro_state=RetroState.HELD) & Q(retro_by__isnull=True, retro_at__isnull=True, retro_verdict=""),
                name="emergency_held_by_somebody",
            ),
            # Without it a change could stand without the board and without anybody owing it a look.
            models.CheckConstraint(
                condition=Q(used_at__isnull=True) | Q(retro_due_at__isnull=False, holds_until__isnull=False),
                name="emergency_used_owes_review",
            ),
        ]

    def __str__(self) -> str:
        return f"emergency of request {self.request_id}"
