"""Tells a worker that a run, or a part of one, waits."""

import structlog
from celery import current_app

log = structlog.get_logger(__name__)

TASK = "memberships.execute_run"
SHARD_TASK = "memberships.execute_shard"


def send_run(run_id: int, *, countdown: float = 0) -> bool:
    """Send the run to the queue; whether the broker took it. A broker that is away is no error: the reaper repeats."""
    return _send(TASK, run_id, countdown)


def send_shard(shard_id: int) -> bool:
    """Send a part of a run to the queue of parts; whether the broker took it."""
    return _send(SHARD_TASK, shard_id)


def _send(task: str, pk: int, countdown: float = 0) -> bool:
    try:
        current_app.send_task(task, args=[pk], countdown=countdown or None, retry=False)
    except Exception as error:  # noqa: BLE001
        # Whatever the transport raises, the row stands and the reaper sends it again.
        log.warning("message.unsent", task=task, pk=pk, error=type(error).__name__)
        return False
    return True
