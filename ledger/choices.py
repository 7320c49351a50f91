"""States of a hand-off."""

from django.db import models


class HandoffState(models.TextChoices):
    PENDING = "pending", "waiting"
    DONE = "done", "done"
    DEAD = "dead", "given up"
