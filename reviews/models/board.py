"""Boards and their seats: who decides about what."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords

from accounts.choices import Function
from common.keys import key_field


class Board(models.Model):
    """One body that decides about some branches of the taxonomy and some types of subject.

    Born when an administrator defines it; never closed while requests name it. `policy` holds `quorum`, `required`
    (function -> number), `reject_on` and `expires_days`. `version` counts every edit; `policy_version` only those
    that change what an approval means.
    """

    key = key_field()
    name = models.CharField(max_length=120)
    description = models.TextField(blank=True)
    branches = models.JSONField(default=list, blank=True, help_text="Segment keys; an empty list means everything.")
    subject_types = models.JSONField(default=list)
    policy = models.JSONField()
    version = models.PositiveIntegerField(default=1)
    policy_version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    history = HistoricalRecords()

    # The database further refuses a policy whose quorum is below 1 or below the sum of the required functions:
    # without that guard a request could be approved by nobody. See migration 0002.
    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class Seat(models.Model):
    """One person's right to vote in a board for a function, from `since` until `until`.

    Born when an administrator seats the person; closed by `until` when they leave. A change of function closes the
    seat and opens another.
    """

    board = models.ForeignKey(Board, on_delete=models.PROTECT, related_name="seats")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="seats")
    function = models.CharField(max_length=32, choices=Function)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)
    history = HistoricalRecords()

    class Meta:
        ordering = ("function", "since")
        constraints = [
            # Without it one person could give two functions' approvals.
            models.UniqueConstraint(
                fields=("board", "user"), condition=Q(until__isnull=True), name="seat_one_per_person_and_board"
            ),
            # Without it a vote could count for a function that no policy can name.
            models.CheckConstraint(condition=Q(function__in=Function.values), name="seat_function_known"),
            # Without it a seat could end before it began, and past votes would look unauthorised.
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=models.F("since")), name="seat_ends_after_start"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} for {self.get_function_display()} in {self.board}"
