"""Ends attempts that did not succeed: another try, or a visible stop."""

from datetime import timedelta
from functools import partial

import structlog
from django.db import IntegrityError, transaction

from common import correlation
from common.actors import SYSTEM
from common.clock import now
from ledger.services import announce
from memberships.choices import Phase, RunKind, RunState
from memberships.events import RunFinished
from memberships.models import Current, Run
from memberships.services.advice import ADVICE, FINAL
from memberships.services.claims import MAX_ATTEMPTS
from memberships.services.dispatch import send_run

log = structlog.get_logger(__name__)

SILENT_AFTER = timedelta(seconds=60)
RESEND_AFTER = timedelta(seconds=20)


@transaction.atomic
def requeue_or_fail(
    run_id: int, *, code: str, advice: str = "", attempt: int | None = None, heartbeat_before: bool = False
) -> str:
    """End an attempt that did not succeed: queued again, failed after the third, superseded when an equal run waits.

    With `attempt`, only that attempt; with `heartbeat_before`, only while it is silent. The state that the run is in.
    Announces: memberships.run.finished when it is given up.
    """
    run = Run.objects.select_for_update().get(pk=run_id)
    if run.state != RunState.RUNNING or (attempt is not None and run.attempts != attempt):
        return run.state
    if heartbeat_before and run.heartbeat_at is not None and run.heartbeat_at >= now() - SILENT_AFTER:
        return run.state
    run.phase = Phase.WAITING
    run.error_code = code
    if run.attempts >= MAX_ATTEMPTS or code in FINAL:
        return end_run(run, RunState.FAILED, advice=advice or ADVICE[code])
    run.state = RunState.QUEUED
    wait = RESEND_AFTER * (2 ** (run.attempts - 1) - 1)
    run.due_at = now() + wait
    try:
        with transaction.atomic():
            run.save(update_fields=["state", "due_at", "phase", "error_code"])
    except IntegrityError:
        # An equal run was queued meanwhile: it will do the work.
        return end_run(run, RunState.SUPERSEDED, advice="An equal run was queued meanwhile and does this work.")
    transaction.on_commit(partial(send_run, run_id, countdown=wait.total_seconds()), robust=True)
    log.info("run.requeued", run=run_id, attempts=run.attempts, code=code)
    return run.state


def end_run(run: Run, state: RunState, *, advice: str) -> str:
    """Close a locked run without results."""
    run.state = state
    run.ended_at = now()
    run.error_advice = advice
    run.save(update_fields=["state", "ended_at", "phase", "error_code", "error_advice"])
    if state == RunState.FAILED and run.kind != RunKind.REPEAT:
        # The members stay, and say that they are not up to date.
        kept = Current.objects.filter(pass_number__lt=run.pass_number or 0)
        if run.segment_keys:
            kept = kept.filter(segment__key__in=run.segment_keys)
        kept.update(failure=f"Run {run.pk} failed.", failed_run=run)
    with correlation.bind(run.correlation_id):
        announce(RunFinished(run_id=run.pk, state=state), actor=SYSTEM)
    log.warning("run.ended", run=run.pk, state=str(state), code=run.error_code)
    return run.state
