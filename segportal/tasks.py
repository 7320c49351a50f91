"""The portal's own periodic tasks: the worker's heartbeat and the purge of stored answers."""

from datetime import timedelta

from celery import shared_task
from django.core.cache import cache

from accounts.models import StoredAnswer
from common.clock import now

HEARTBEAT_KEY = "worker-heartbeat"
HEARTBEAT_SECONDS = 10
ANSWERS_KEPT = timedelta(days=1)


@shared_task(name="segportal.heartbeat")
def heartbeat() -> None:
    """A worker is alive and takes work."""
    cache.set(HEARTBEAT_KEY, now().isoformat(), HEARTBEAT_SECONDS * 3)


@shared_task(name="segportal.purge_answers")
def purge_answers() -> None:
    """Forget answers kept for repeated posts after a day."""
    StoredAnswer.objects.filter(created_at__lt=now() - ANSWERS_KEPT).delete()
