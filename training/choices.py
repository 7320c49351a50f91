"""States of a version of a brief, and kinds of steps."""

from django.db import models


class VersionState(models.TextChoices):
    ACTIVE = "active", "active"
    SUPERSEDED = "superseded", "superseded"


class StepKind(models.TextChoices):
    READ = "read", "Read"
    CHOOSE = "choose", "Choose"
    CLASSIFY = "classify", "In or out?"
