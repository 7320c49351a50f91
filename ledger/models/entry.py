"""The append-only, hash-chained table of facts."""

from django.db import models


class Entry(models.Model):
    """One fact that happened, written in the transaction that made it true; never changed, never removed.

    The database itself sets `id` (no gaps), `at`, `previous_hash` and `hash` in a trigger; see the first migration.
    """

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField(null=True, editable=False)
    event = models.CharField(max_length=80)
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=150)
    object_type = models.CharField(max_length=40)
    object_key = models.CharField(max_length=120)
    correlation_id = models.UUIDField()
    payload = models.JSONField()
    previous_hash = models.BinaryField(null=True, editable=False)
    hash = models.BinaryField(null=True, editable=False)

    class Meta:
        ordering = ("-id",)
        verbose_name_plural = "entries"
        indexes = [
            models.Index(fields=["object_type", "object_key", "-id"], name="ledger_entry_object"),
            models.Index(fields=["correlation_id", "id"], name="ledger_entry_correlation"),
            models.Index(fields=["actor_name", "-id"], name="ledger_entry_actor"),
            models.Index(fields=["event", "-id"], name="ledger_entry_event"),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.event}"
