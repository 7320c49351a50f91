"""Change requests and their revisions: what is proposed, by whom, against which live version."""

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q

from reviews.choices import DECIDED, Kind, State, SubjectType
from reviews.models.board import Board


class ChangeRequest(models.Model):
    """One proposal to change one subject.

    Born as a draft; closed when it is applied, rejected, withdrawn or expired. From then on the database refuses
    every change to the row. `revision` is the number of the current revision, whose content the row repeats;
    `digest` is what a vote must carry; `version` counts every write, for If-Match.
    """

    kind = models.CharField(max_length=16, choices=Kind)
    subject_type = models.CharField(max_length=16, choices=SubjectType)
    subject_key = models.CharField(max_length=63)
    path = models.JSONField(default=list, help_text="Segment keys from the root to the subject when last written.")
    board = models.ForeignKey(Board, on_delete=models.PROTECT, related_name="requests")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="change_requests")
    title = models.CharField(max_length=200)
    proposed = models.JSONField()
    base_version = models.PositiveIntegerField(null=True, blank=True)
    base_content = models.JSONField(null=True, blank=True)
    rationale = models.TextField()
    expected = models.TextField(blank=True)
    effective_at = models.DateTimeField(null=True, blank=True)
    statement = models.JSONField(
        default=dict,
        blank=True,
        db_default=models.Value({}, output_field=models.JSONField()),
        help_text="What its author declares: who is affected, the way back, predictions, answers to the guideline.",
    )
    requirement = models.JSONField(
        default=dict,
        blank=True,
        db_default=models.Value({}, output_field=models.JSONField()),
        help_text="What must be given for it to pass, resolved from the board's policy for the current revision.",
    )
    state = models.CharField(max_length=20, choices=State, default=State.DRAFT)
    state_reason = models.TextField(blank=True, help_text="Why it stands there, in a sentence for its readers.")
    digest = models.CharField(max_length=64)
    revision = models.PositiveIntegerField(default=1)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    applied_at = models.DateTimeField(null=True, blank=True)
    applied_version = models.PositiveIntegerField(null=True, blank=True)
    correlation_id = models.UUIDField()
    due_at = models.DateTimeField(null=True, blank=True, help_text="By when the board should have decided.")
    reminded_at = models.DateTimeField(null=True, blank=True)
    escalation = models.PositiveSmallIntegerField(default=0, db_default=0, help_text="How many boards up it has gone.")
    rolls_back = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="rollbacks")
    is_emergency = models.BooleanField(default=False, db_default=False)

    class Meta:
        ordering = ("-id",)
        constraints = [
            # Without it a request could stand in a state that no move leaves and no page lists.
            models.CheckConstraint(condition=Q(state__in=State.values), name="request_state_known"),
            # Without it a decided request could look as if it were still open, or the other way round.
            models.CheckConstraint(
                condition=Q(state__in=DECIDED, decided_at__isnull=False)
                | Q(state=State.APPROVED, decided_at__isnull=False)
                | Q(state__in=[State.DRAFT, State.IN_REVIEW, State.CHANGES_REQUESTED, State.STALE]),
                name="request_decided_at_with_state",
            ),
            # Without it "applied" could be claimed of a request that changed nothing.
            models.CheckConstraint(
                condition=Q(state=State.APPLIED, applied_at__isnull=False)
                | (~Q(state=State.APPLIED) & Q(applied_at__isnull=True)),
                name="request_applied_at_with_state",
            ),
            # Without it two changes of one subject could wait for their dates, and the first would break the second.
            models.UniqueConstraint(
                fields=("subject_type", "subject_key"),
                condition=Q(state=State.APPROVED, effective_at__isnull=False),
                name="request_one_schedule_per_subject",
            ),
            # Without it a request could reach its readers without anybody saying why.
            models.CheckConstraint(condition=~Q(rationale=""), name="request_has_rationale"),
        ]
        indexes = [
            models.Index(fields=("subject_type", "subject_key", "state"), name="request_by_subject"),
            models.Index(fields=("state", "-submitted_at"), name="request_by_state"),
            models.Index(fields=("board", "state"), name="request_by_board"),
            models.Index(fields=("author", "state"), name="request_by_author"),
            models.Index(fields=("effective_at",), condition=Q(state=State.APPROVED), name="request_due"),
            models.Index(fields=("due_at",), condition=Q(state=State.IN_REVIEW), name="request_due_vote"),
            # Without it every page of somebody without a seat would read all that waits, to see whether it names them.
            GinIndex("requirement__people", condition=Q(state=State.IN_REVIEW), name="request_names"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.title}"


class Revision(models.Model):
    """One wording of a request, as somebody wrote it at one moment.

    Born with each edit; never changed and never deleted. `editor` is empty where the portal wrote it because the
    board's policy changed. Whoever edited any revision may not vote on the request, nor whoever suggested it
    (`suggested_by`).
    """

    request = models.ForeignKey(ChangeRequest, on_delete=models.PROTECT, related_name="revisions")
    number = models.PositiveIntegerField()
    editor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    cause = models.CharField(max_length=200, help_text="What was done, in words: created, edited, brought up to date.")
    title = models.CharField(max_length=200)
    proposed = models.JSONField()
    rationale = models.TextField()
    expected = models.TextField(blank=True)
    effective_at = models.DateTimeField(null=True, blank=True)
    statement = models.JSONField(default=dict, blank=True, db_default=models.Value({}, output_field=models.JSONField()))
    suggested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    base_version = models.PositiveIntegerField(null=True, blank=True)
    base_content = models.JSONField(null=True, blank=True)
    differences = models.JSONField(default=list)
    checks = models.JSONField(default=list)
    digest = models.CharField(max_length=64)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ("request_id", "number")
        constraints = [
            # Without it "revision 2" could mean two texts, and a vote could be read as given for the other one.
            models.UniqueConstraint(fields=("request", "number"), name="revision_number_unique"),
        ]

    def __str__(self) -> str:
        return f"revision {self.number} of request {self.request_id}"
