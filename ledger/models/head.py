"""Heads of the chain that leave the portal, their deliveries, and the checks of the chain."""

from django.db import models

from ledger.choices import DeliveryState


class Head(models.Model):
    """One head of the chain, signed, as it was published. Born by schedule or by hand; never changed, never removed."""

    entry_id = models.BigIntegerField()
    hash = models.CharField(max_length=64)
    signed_at = models.DateTimeField()
    key_id = models.CharField(max_length=16)
    document = models.TextField(help_text="Exactly what is signed, as one line of JSON.")
    signature = models.CharField(max_length=128)

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"head {self.entry_id}"


class HeadDelivery(models.Model):
    """One head on its way to one place outside. Born with the head; closed when the place has it, or given up."""

    head = models.ForeignKey(Head, on_delete=models.PROTECT, related_name="deliveries")
    target = models.CharField(max_length=10, help_text="file, mail or webhook")
    state = models.CharField(max_length=10, choices=DeliveryState.choices, default=DeliveryState.PENDING)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField()
    error = models.CharField(max_length=300, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("target",)
        constraints = [
            models.UniqueConstraint(fields=["head", "target"], name="ledger_head_once_per_target"),
            models.CheckConstraint(condition=models.Q(state__in=DeliveryState.values), name="ledger_delivery_state"),
        ]

    def __str__(self) -> str:
        return f"{self.head} to {self.target}"


class ChainCheck(models.Model):
    """One check of the chain from `since` (an entry that held before; 0: from the first). Born when it has ended."""

    at = models.DateTimeField()
    since = models.BigIntegerField(default=0)
    head_id = models.BigIntegerField()
    head_hash = models.CharField(max_length=64, blank=True)
    count = models.BigIntegerField()
    first_bad = models.BigIntegerField(null=True, blank=True)
    reason = models.CharField(max_length=200, blank=True)
    milliseconds = models.PositiveIntegerField(default=0)
    asked_by = models.CharField(max_length=150, blank=True)

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"check up to {self.head_id}"

    @property
    def holds(self) -> bool:
        return self.first_bad is None
