"""Wakes whoever publishes changes of customers: one message waits at a time, and a broker that is away is no error."""

from typing import Final

import structlog
from celery import current_app
from django.core.cache import cache

log = structlog.get_logger(__name__)

TASK: Final = "memberships.publish_changes"
_WAITS: Final = "publication-nudged"
# A message that is lost is sent again after this; the schedule finds waiting changes by itself too.
_LOST_AFTER: Final = 10
# Changes come in bursts. A batch of a thousand costs little more than one of ten, so the burst is let in.
PAUSE_SECONDS: Final = 0.25


def nudge_publication() -> None:
    """Afterwards a message waits for the worker, unless the broker is away. Call it after the commit."""
    try:
        if cache.add(_WAITS, 1, _LOST_AFTER):
            current_app.send_task(TASK, queue="stream", retry=False, countdown=PAUSE_SECONDS)
    except Exception as error:  # noqa: BLE001
        # Whatever the transport raises, the changes stand in the database and the schedule finds them.
        log.warning("publication.unsent", error=type(error).__name__)


def note_waking() -> None:
    """The next change may send a message again. Call it before looking for what waits, so that none is overlooked."""
    try:
        cache.delete(_WAITS)
    except Exception as error:  # noqa: BLE001
        # The mark ends by itself.
        log.warning("publication.mark_kept", error=type(error).__name__)
