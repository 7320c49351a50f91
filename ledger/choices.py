"""States of hand-offs and of deliveries of heads."""

from django.db import models


class HandoffState(models.TextChoices):
    PENDING = "pending", "waiting"
    DONE = "done", "done"
    DEAD = "dead", "given up"


class DeliveryState(models.TextChoices):
    PENDING = "pending", "waiting"
    DONE = "done", "delivered"
    FAILED = "failed", "given up"
