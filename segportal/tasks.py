"""The portal's own periodic task: the purge of stored answers."""

from datetime import timedelta

from celery import shared_task

from accounts.models import StoredAnswer
from common.clock import now

ANSWERS_KEPT = timedelta(days=1)


@shared_task(name="segportal.purge_answers")
def purge_answers() -> None:
    """Forget answers kept for repeated posts after a day."""
    StoredAnswer.objects.filter(created_at__lt=now() - ANSWERS_KEPT).delete()
