"""Series of meetings, meetings, and who was there."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords

from meetings.choices import Cadence, MeetingState, Presence


class Series(models.Model):
    """One board's habit of meeting: how often, where, for how long.

    Born when a member sets it up; closed by `ended_at`. Its next meeting is planned two weeks ahead.
    """

    board = models.ForeignKey("reviews.Board", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=120)
    cadence = models.CharField(max_length=12, choices=Cadence)
    first_at = models.DateTimeField()
    zone = models.CharField(max_length=60, default="UTC")
    minutes = models.PositiveSmallIntegerField(default=60)
    place = models.CharField(max_length=200, blank=True)
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    history = HistoricalRecords()

    class Meta:
        ordering = ("name", "id")
        verbose_name_plural = "series"
        constraints = [
            models.CheckConstraint(condition=Q(cadence__in=Cadence.values), name="series_cadence_known"),
            models.CheckConstraint(condition=Q(minutes__gte=5, minutes__lte=600), name="series_length"),
        ]

    def __str__(self) -> str:
        return self.name


class Meeting(models.Model):
    """One meeting of one board.

    Born planned; open from its opening until it is closed with minutes, which nothing changes afterwards, or cancelled
    before. `quorum` people must be in the room for a vote; `version` counts every change of the agenda.
    """

    series = models.ForeignKey(Series, null=True, blank=True, on_delete=models.PROTECT, related_name="meetings")
    board = models.ForeignKey("reviews.Board", on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=120)
    place = models.CharField(max_length=200, blank=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=MeetingState, default=MeetingState.PLANNED)
    quorum = models.PositiveSmallIntegerField(default=1)
    planned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    chair = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    opened_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    minutes = models.JSONField(null=True, blank=True)
    digest = models.CharField(max_length=64, blank=True, help_text="Of the minutes.")
    version = models.PositiveIntegerField(default=1)
    correlation_id = models.UUIDField()
    created_at = models.DateTimeField()

    class Meta:
        ordering = ("-starts_at", "-id")
        constraints = [
            models.CheckConstraint(condition=Q(state__in=MeetingState.values), name="meeting_state_known"),
            models.CheckConstraint(condition=Q(ends_at__gt=models.F("starts_at")), name="meeting_ends_after_start"),
            # Without it votes could be taken in a room with nobody in it.
            models.CheckConstraint(condition=Q(quorum__gte=1), name="meeting_quorum"),
            # Without it a meeting could be over and nobody could prove what was said in it.
            models.CheckConstraint(
                condition=~Q(state=MeetingState.CLOSED)
                | (Q(minutes__isnull=False, closed_at__isnull=False) & ~Q(digest="")),
                name="meeting_closed_has_minutes",
            ),
            # Without it the schedule, asked twice, would plan two meetings at one time.
            models.UniqueConstraint(
                fields=("series", "starts_at"), condition=Q(series__isnull=False), name="meeting_once_per_date"
            ),
            # Without it two chairs could open two rooms, and nobody would know in which of them the board sits.
            models.UniqueConstraint(fields=("board",), condition=Q(state="open"), name="meeting_one_open_per_board"),
        ]

    def __str__(self) -> str:
        return self.title


class Attendance(models.Model):
    """One person's place in one meeting: there, there for somebody else, excused or absent.

    Born when they say so, or when a member excuses them; changed while the meeting is open, never afterwards.
    """

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="attendance")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    presence = models.CharField(max_length=10, choices=Presence)
    stands_for = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    note = models.CharField(max_length=200, blank=True)
    since = models.DateTimeField()

    class Meta:
        ordering = ("id",)
        constraints = [
            models.CheckConstraint(condition=Q(presence__in=Presence.values), name="attendance_presence_known"),
            # Without it one person could be counted twice towards the quorum.
            models.UniqueConstraint(fields=("meeting", "person"), name="attendance_one_per_person"),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.get_presence_display()}"
