"""What the functions of the company are told, one after the other, and who has taken note."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from activation.choices import FUNCTIONS, Kind, StepState


class Announcement(models.Model):
    """One fact about one segment that the functions are told of. Born when the fact is consumed, with all its steps;
    never changed; over when its last step was sent. `entry_id` is the fact's in the ledger; `on` its day in UTC.
    """

    entry_id = models.BigIntegerField()
    kind = models.CharField(max_length=10, choices=Kind.choices)
    segment_key = models.CharField(max_length=63)
    version_number = models.PositiveIntegerField()
    run_id = models.BigIntegerField(null=True, blank=True)
    request_ref = models.CharField(max_length=60, blank=True, default="")
    sentence = models.CharField(max_length=500)
    on = models.DateField()
    created_at = models.DateTimeField()

    class Meta:
        ordering = ("-id",)
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="activation_announcement_kind_known"),
            # A fact that is delivered twice would be told twice.
            models.UniqueConstraint(fields=["entry_id", "segment_key"], name="activation_announcement_once"),
            # A restless segment would be told of every few seconds, and soon nobody would read any notice.
            models.UniqueConstraint(
                fields=["segment_key", "on"], condition=Q(kind="moved"), name="activation_announcement_moved_daily"
            ),
        ]
        indexes = [models.Index(fields=["segment_key", "-id"], name="activation_announcement_of")]

    def __str__(self) -> str:
        return f"announcement {self.pk} about {self.segment_key}"


class Step(models.Model):
    """One function's turn in an announcement. Born waiting; sent when the function before it has acknowledged or its
    patience is over; closed by the first acknowledgement of anybody of the function, or passed over as nobody's.
    `patient_until` is fixed when it is sent: until then the next function waits for an acknowledgement.
    """

    announcement = models.ForeignKey(Announcement, on_delete=models.CASCADE, related_name="steps")
    place = models.PositiveSmallIntegerField()
    function = models.CharField(max_length=20, choices=[(each.value, each.label) for each in FUNCTIONS])
    state = models.CharField(max_length=12, choices=StepState.choices, default=StepState.WAITING)
    sent_at = models.DateTimeField(null=True, blank=True)
    patient_until = models.DateTimeField(null=True, blank=True)
    seen_at = models.DateTimeField(null=True, blank=True)
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    acknowledged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ("announcement_id", "place")
        constraints = [
            models.CheckConstraint(condition=Q(state__in=StepState.values), name="activation_step_state_known"),
            models.UniqueConstraint(fields=["announcement", "place"], name="activation_step_place"),
            models.UniqueConstraint(fields=["announcement", "function"], name="activation_step_function"),
            # A step that is sent without an end to its patience would hold up all functions behind it for ever.
            models.CheckConstraint(
                condition=Q(state__in=("waiting", "nobody"), sent_at__isnull=True)
                | Q(sent_at__isnull=False, patient_until__isnull=False) & Q(state__in=("sent", "seen", "acknowledged")),
                name="activation_step_sent_with_patience",
            ),
            models.CheckConstraint(
                condition=Q(state="acknowledged", acknowledged_at__isnull=False, acknowledged_by__isnull=False)
                | ~Q(state="acknowledged") & Q(acknowledged_at__isnull=True, acknowledged_by__isnull=True),
                name="activation_step_acknowledged_by_somebody",
            ),
        ]
        indexes = [
            # What the schedule asks for twice a minute.
            models.Index(fields=["announcement"], condition=Q(state="waiting"), name="activation_step_waiting"),
        ]

    def __str__(self) -> str:
        return f"step {self.place} of announcement {self.announcement_id}: {self.function}"


class Notice(models.Model):
    """A step in one person's inbox. Born when the step is sent, for everybody who is of its function then; seen when
    the person opens the announcement; acknowledged by that person, or never when a colleague was first.
    """

    step = models.ForeignKey(Step, on_delete=models.CASCADE, related_name="notices")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    seen_at = models.DateTimeField(null=True, blank=True)
    acknowledged_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-id",)
        constraints = [
            # Two rows of one step would count as two unread notices.
            models.UniqueConstraint(fields=["step", "person"], name="activation_notice_once"),
        ]
        indexes = [
            models.Index(fields=["person", "-id"], name="activation_notice_of"),
            models.Index(fields=["person"], condition=Q(seen_at__isnull=True), name="activation_notice_unread"),
        ]

    def __str__(self) -> str:
        return f"notice {self.pk} of step {self.step_id}"
