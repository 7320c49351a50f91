"""What stands on the agenda of a meeting."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from meetings.choices import ItemState, Lane
from meetings.models.meeting import Meeting


class Item(models.Model):
    """One item of an agenda: a request before the board, or something that a member wants to speak of.

    Born when the agenda is drawn or somebody adds it; closed when it is decided, noted, left open or skipped, at the
    latest with the meeting.
    """

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="items")
    request = models.ForeignKey(
        "reviews.ChangeRequest", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    title = models.CharField(max_length=200)
    lane = models.CharField(max_length=10, choices=Lane, default=Lane.AGENDA)
    place = models.PositiveIntegerField()
    state = models.CharField(max_length=12, choices=ItemState, default=ItemState.PENDING)
    minutes = models.PositiveSmallIntegerField(default=10, help_text="How long it is meant to take.")
    seconds = models.PositiveIntegerField(default=0, help_text="How long it took before it was last taken up.")
    taken_up_at = models.DateTimeField(null=True, blank=True)
    notes = models.TextField(blank=True)
    reason = models.CharField(max_length=300, blank=True, help_text="Why it was skipped.")
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ("lane", "place", "id")
        constraints = [
            models.CheckConstraint(condition=Q(state__in=ItemState.values), name="item_state_known"),
            models.CheckConstraint(condition=Q(lane__in=Lane.values), name="item_lane_known"),
            # Without it a request could stand on one agenda twice, once decided and once open.
            models.UniqueConstraint(
                fields=("meeting", "request"), condition=Q(request__isnull=False), name="item_once_per_request"
            ),
            # Without it two chairs could take up two items, and a voice in the room would not know for which.
            models.UniqueConstraint(
                fields=("meeting",), condition=Q(state="discussed"), name="item_one_under_discussion"
            ),
        ]

    def __str__(self) -> str:
        return self.title
