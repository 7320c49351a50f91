"""Votes: what a board member said about one revision."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from reviews.choices import Verdict
from reviews.models.board import Delegation, Seat
from reviews.models.request import ChangeRequest, Revision


class Vote(models.Model):
    """One person's verdict on one revision, bound to the digest of what they saw.

    Born when it is cast; closed by `voided_at` when the request changes under it, or the lent seat it came from is
    taken back. Nothing else of it ever changes.
    The database refuses a vote by the author or an editor, without a seat, on another revision or another digest.
    """

    request = models.ForeignKey(ChangeRequest, on_delete=models.PROTECT, related_name="votes")
    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="votes")
    voter = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="votes")
    function = models.CharField(max_length=32)
    seat = models.ForeignKey(Seat, null=True, blank=True, on_delete=models.PROTECT, related_name="votes")
    delegation = models.ForeignKey(Delegation, null=True, blank=True, on_delete=models.PROTECT, related_name="votes")
    meeting_id = models.PositiveBigIntegerField(null=True, blank=True, help_text="The meeting it was cast in, if any.")
    verdict = models.CharField(max_length=20, choices=Verdict)
    reason = models.TextField(blank=True)
    digest = models.CharField(max_length=64)
    cast_at = models.DateTimeField()
    voided_at = models.DateTimeField(null=True, blank=True)
    void_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ("id",)
        constraints = [
            # Without it one person could reach the quorum alone by voting twice at the same instant. A void vote stands
            # in nobody's way: whose lent seat was taken back may still be seated, or named.
            models.UniqueConstraint(
                fields=("revision", "voter"),
                condition=Q(voided_at__isnull=True),
                name="vote_one_per_person_and_revision",
            ),
            # Without it a seat and its delegate could each give the seat's approval.
            models.UniqueConstraint(
                fields=("revision", "seat"),
                condition=Q(seat__isnull=False, voided_at__isnull=True),
                name="vote_one_per_seat_and_revision",
            ),
            models.CheckConstraint(condition=Q(verdict__in=Verdict.values), name="vote_verdict_known"),
            # Without it a rejection could strand an author without a word of why.
            models.CheckConstraint(
                condition=~Q(verdict__in=[Verdict.REJECT, Verdict.REQUEST_CHANGES]) | ~Q(reason=""),
                name="vote_refusal_has_reason",
            ),
            # Without it a vote could vanish from the count without anybody learning why.
            models.CheckConstraint(
                condition=Q(voided_at__isnull=True, void_reason="") | (Q(voided_at__isnull=False) & ~Q(void_reason="")),
                name="vote_void_has_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.voter}: {self.get_verdict_display()}"
