"""Decisions that write: requesting, executing, publishing and reaping runs."""

from memberships.services.batches import forget_batches, sweep_batches
from memberships.services.execution import execute_run
from memberships.services.micro import publish_changes
from memberships.services.nudging import nudge_publication
from memberships.services.reaping import reap_runs
from memberships.services.repeats import request_repeat
from memberships.services.revising import request_changed
from memberships.services.runs import cancel_run, request_run, retry_run
from memberships.services.shard_work import execute_shard
from memberships.services.validation import validate_run

__all__ = [
    "cancel_run",
    "execute_run",
    "execute_shard",
    "forget_batches",
    "nudge_publication",
    "publish_changes",
    "reap_runs",
    "request_changed",
    "request_repeat",
    "request_run",
    "retry_run",
    "sweep_batches",
    "validate_run",
]
