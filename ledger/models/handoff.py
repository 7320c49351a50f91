"""The outbox: one row per fact and consumer."""

from django.db import models

from ledger.choices import HandoffState
from ledger.models.entry import Entry


class Handoff(models.Model):
    """A fact owed to one consumer. Born with the fact, in its transaction; closed when the consumer's own
    transaction commits (done) or when it failed too often (dead, until a person tries again)."""

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="handoffs")
    consumer = models.CharField(max_length=100)
    state = models.CharField(max_length=10, choices=HandoffState.choices, default=HandoffState.PENDING)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField()
    error = models.CharField(max_length=500, blank=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            # Without it a fact delivered twice would take effect twice.
            models.UniqueConstraint(fields=["entry", "consumer"], name="ledger_handoff_once"),
            models.CheckConstraint(condition=models.Q(state__in=HandoffState.values), name="ledger_handoff_state"),
        ]
        indexes = [
            models.Index(fields=["next_try_at"], condition=models.Q(state="pending"), name="ledger_handoff_due"),
        ]

    def __str__(self) -> str:
        return f"{self.consumer} of entry {self.entry_id}"

    @property
    def area(self) -> str:
        """The part of the portal that follows: the consumer's app."""
        return self.consumer.partition(".")[0].capitalize()
