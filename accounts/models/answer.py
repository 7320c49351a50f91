"""Answers kept for the Idempotency-Key header."""

from django.db import models


class StoredAnswer(models.Model):
    """The answer to one POST with an Idempotency-Key.

    Born in flight (no status), closed with the answer, purged after a day.
    """

    principal = models.CharField(max_length=64)
    key = models.CharField(max_length=200)
    path = models.CharField(max_length=300)
    body_digest = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    content_type = models.CharField(max_length=100, blank=True)
    body = models.BinaryField(default=b"")
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        constraints = [
            # Two posts with one key at the same instant would both be carried out.
            models.UniqueConstraint(fields=["principal", "key"], name="accounts_answer_once"),
        ]

    def __str__(self) -> str:
        return f"{self.path} {self.key}"
