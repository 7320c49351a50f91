"""The one place that asks for the time."""

from datetime import datetime

from django.utils import timezone


def now() -> datetime:
    """The current instant, UTC aware."""
    return timezone.now()
