"""Proofs about the rules in force, and the rounds that find them."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from taxonomy.choices import ProofBasis, ProofQuestion, ProofVerdict, SweepState
from taxonomy.models.segment import Segment


class Proof(models.Model):
    """The answer to one question about one segment, or about two of them.

    Born when a round of proofs first asks the question; rewritten when what it rests on (`digest`) has changed; deleted
    when nobody asks any more. An answer whose digest is not today's counts for nothing. Of equal pairs only those that
    are proved or undecided have a row.
    """

    question = models.CharField(max_length=12, choices=ProofQuestion)
    first = models.ForeignKey(Segment, on_delete=models.CASCADE, related_name="+")
    second = models.ForeignKey(Segment, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    verdict = models.CharField(max_length=12, choices=ProofVerdict)
    basis = models.CharField(max_length=12, choices=ProofBasis, default=ProofBasis.LOGIC)
    reason = models.TextField(blank=True)
    witness = models.JSONField(null=True, blank=True, help_text="A made-up customer that refutes.")
    findings = models.JSONField(default=list, blank=True, help_text="What is wrong with the rule, clause by clause.")
    digest = models.CharField(max_length=64, help_text="The rules and facts that the answer rests on.")
    milliseconds = models.PositiveIntegerField(default=0)
    proved_at = models.DateTimeField()

    class Meta:
        ordering = ("question", "first_id", "second_id")
        constraints = [
            # Without it one question could have two answers, and a page would show either.
            models.UniqueConstraint(
                fields=("question", "first", "second"), nulls_distinct=False, name="proof_once_per_question"
            ),
            models.CheckConstraint(condition=Q(question__in=ProofQuestion.values), name="proof_question_known"),
            # Without it an answer could look like none of the three, and be taken for a pass.
            models.CheckConstraint(condition=Q(verdict__in=ProofVerdict.values), name="proof_verdict_known"),
            # Without it "undecided" would leave the reader without the next step.
            models.CheckConstraint(
                condition=~Q(verdict=ProofVerdict.UNDECIDED) | ~Q(reason=""), name="proof_undecided_has_reason"
            ),
            # Without it "refuted" would stand without anybody to show for it.
            models.CheckConstraint(
                condition=~Q(verdict=ProofVerdict.REFUTED)
                | Q(basis=ProofBasis.CUSTOMERS)
                | Q(witness__isnull=False)
                | Q(question=ProofQuestion.FINDINGS),
                name="proof_refuted_has_witness",
            ),
        ]
        indexes = [models.Index(fields=("first",), name="proof_first")]

    def __str__(self) -> str:
        return f"{self.get_question_display()}: {self.get_verdict_display()}"


class ProofSweep(models.Model):
    """One round over all questions about the taxonomy in force.

    Born queued, when a rule or a trusted fact has changed or a person asks; claimed by one worker, which keeps
    `heartbeat_at` fresh; closed as done, superseded or failed. One whose worker died goes back to queued. `digest` is
    that of all rules and facts it answered for.
    """

    state = models.CharField(max_length=12, choices=SweepState, default=SweepState.QUEUED)
    reason = models.CharField(max_length=300, blank=True)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    digest = models.CharField(max_length=64, blank=True)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    counts = models.JSONField(default=dict, blank=True, help_text="Verdict -> answers.")
    error = models.CharField(max_length=300, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    queued_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    correlation_id = models.UUIDField(default=uuid.uuid4)

    class Meta:
        ordering = ("-id",)
        constraints = [
            models.CheckConstraint(condition=Q(state__in=SweepState.values), name="proof_sweep_state_known"),
            # Without it a burst of decisions would queue the same work many times.
            models.UniqueConstraint(
                fields=("state",), condition=Q(state=SweepState.QUEUED), name="proof_sweep_one_queued"
            ),
            # Without it a round that looks running but has no sign of life could never be taken up again.
            models.CheckConstraint(
                condition=~Q(state=SweepState.RUNNING) | Q(heartbeat_at__isnull=False),
                name="proof_sweep_running_has_heartbeat",
            ),
            # Without it a round that has ended could look as if it went on.
            models.CheckConstraint(
                condition=Q(state__in=(SweepState.QUEUED, SweepState.RUNNING), ended_at__isnull=True)
                | Q(state__in=(SweepState.DONE, SweepState.SUPERSEDED, SweepState.FAILED), ended_at__isnull=False),
                name="proof_sweep_ended_has_instant",
            ),
        ]

    def __str__(self) -> str:
        return f"round of proofs {self.pk}"
