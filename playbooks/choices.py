"""States of a version of a playbook."""

from django.db import models


class VersionState(models.TextChoices):
    ACTIVE = "active", "active"
    SUPERSEDED = "superseded", "superseded"
