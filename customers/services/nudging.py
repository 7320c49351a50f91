"""Wakes whoever applies events: one message waits at a time, and a broker that is away is no error."""

import time
from typing import Final

import structlog
from celery import current_app
from django.core.cache import cache

log = structlog.get_logger(__name__)

TASK: Final = "customers.apply_events"
_WAITS: Final = "events-nudged"
# A message that is lost is sent again after this; the schedule finds waiting events by itself too.
_LOST_AFTER: Final = 10
_AWAY_FOR: Final = 5.0
# Events come in bursts, and a hundred cost little more than one: the burst is let in.
_PAUSE_SECONDS: Final = 0.15


class _Broker:
    """When this process found the broker away: asking it anew for each call would hold up every program."""

    away_until = 0.0


def nudge_applier() -> None:
    """Afterwards a message waits for the worker, unless the broker is away. Call it after the commit."""
    if time.monotonic() < _Broker.away_until:
        return
    try:
        if cache.add(_WAITS, 1, _LOST_AFTER):
            current_app.send_task(TASK, queue="stream", retry=False, countdown=_PAUSE_SECONDS)
    except Exception as error:  # noqa: BLE001
        # Whatever the transport raises, the events wait in the database and the schedule finds them.
        _Broker.away_until = time.monotonic() + _AWAY_FOR
        log.warning("events.unsent", error=type(error).__name__)


def note_waking() -> None:
    """The next event may send a message again. Call it before looking for what waits, so that none is overlooked."""
    try:
        cache.delete(_WAITS)
    except Exception as error:  # noqa: BLE001
        # The mark ends by itself.
        log.warning("events.mark_kept", error=type(error).__name__)
