"""What can be frozen."""

from django.db import models


class Scope(models.TextChoices):
    SEGMENT = "segment", "Segment"
    SOURCE = "source", "Source"
    ACTIVATION = "activation", "All activation"
