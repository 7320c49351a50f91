"""Boards and their seats: who decides about what."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords

from accounts.choices import Function
from common.keys import key_field


class Board(models.Model):
    """One body that decides about some branches of the taxonomy and some types of subject.

    Born when it is set up; never closed while requests name it. `policy` holds `quorum`, `required` (function ->
    number), `reject_on`, `expires_days`, and what larger changes ask for besides (`conditions`). What nobody decided in
    time goes to `escalates_to`. `version` counts every edit; `policy_version` only those
    that change what an approval means.
    """

    key = key_field()
    name = models.CharField(max_length=120)
    description = models.TextField(blank=True)
    branches = models.JSONField(default=list, blank=True, help_text="Segment keys; an empty list means everything.")
    subject_types = models.JSONField(default=list)
    policy = models.JSONField()
    escalates_to = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="escalations"
    )
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


class Delegation(models.Model):
    """One seat's vote lent to somebody else, from `starts_at` until `ends_at`.

    Born when the holder of the seat (or an administrator for somebody who is away) lends it; closed by its end or by
    `revoked_at`. The delegate votes for the seat's function, under the same rules as its holder.
    """

    seat = models.ForeignKey(Seat, on_delete=models.PROTECT, related_name="delegations")
    delegate = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    reason = models.CharField(max_length=300)
    granted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    history = HistoricalRecords()

    class Meta:
        ordering = ("-starts_at", "-id")
        constraints = [
            # Without it a seat could be lent for ever, and nobody would remember whose vote it is.
            models.CheckConstraint(condition=Q(ends_at__gt=models.F("starts_at")), name="delegation_ends_after_start"),
        ]
        indexes = [models.Index(fields=("delegate", "ends_at"), name="delegation_by_delegate")]

    def __str__(self) -> str:
        return f"{self.delegate} for {self.seat}"


class Blackout(models.Model):
    """A time in which nothing takes effect: of one board, or (without a board) of everything.

    Born when it is announced; closed by its end or by `cancelled_at`. What was to take effect in it waits for its end.
    """

    board = models.ForeignKey(Board, null=True, blank=True, on_delete=models.PROTECT, related_name="blackouts")
    name = models.CharField(max_length=120)
    reason = models.CharField(max_length=600)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    cancelled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("starts_at", "id")
        constraints = [
            # Without it a window could never begin, or never end, and a due change would wait without a word.
            models.CheckConstraint(condition=Q(ends_at__gt=models.F("starts_at")), name="blackout_ends_after_start"),
        ]

    def __str__(self) -> str:
        return self.name
