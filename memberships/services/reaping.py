"""Finds runs whose worker died or whose message was lost, and gives them another try."""

from common.clock import now
from memberships.choices import RunState
from memberships.models import Run
from memberships.services.advice import LOST_WORKER
from memberships.services.dispatch import send_run
from memberships.services.endings import RESEND_AFTER, SILENT_AFTER, requeue_or_fail
from memberships.services.shards import mend_shards, sweep_shards


def reap_runs() -> int:
    """Put runs without a sign of life back into the queue, or fail them after three attempts; send waiting ones again.

    Afterwards no run is running without a worker, and no shard waits without a message. How many messages of runs went
    out. Safe at any time and in parallel.
    Announces: memberships.run.finished for each run that is given up.
    """
    mend_shards()
    silent = Run.objects.filter(state=RunState.RUNNING, heartbeat_at__lt=now() - SILENT_AFTER)
    for run_id in silent.values_list("pk", flat=True):
        requeue_or_fail(run_id, code=LOST_WORKER, heartbeat_before=True)
    sweep_shards()
    waiting = Run.objects.filter(state=RunState.QUEUED, due_at__lt=now() - RESEND_AFTER).order_by("pk")
    return sum(send_run(run_id) for run_id in waiting.values_list("pk", flat=True))
