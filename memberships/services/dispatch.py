"""Tells a worker that a run waits."""

import structlog
from celery import current_app

log = structlog.get_logger(__name__)

TASK = "memberships.execute_run"


def send_run(run_id: int, *, countdown: float = 0) -> bool:
    """Send the run to the queue; whether the broker took it. A broker that is away is no error: the reaper repeats."""
    try:
        current_app.send_task(TASK, args=[run_id], countdown=countdown or None, retry=False)
    except Exception as error:  # noqa: BLE001
        # Whatever the transport raises, the row stands and the reaper sends it again.
        log.warning("run.unsent", run=run_id, error=type(error).__name__)
        return False
    return True
