"""Decisions that write: requesting, executing, publishing and reaping runs."""

from memberships.services.execution import execute_run
from memberships.services.reaping import reap_runs
from memberships.services.repeats import request_repeat
from memberships.services.runs import cancel_run, request_run, retry_run
from memberships.services.shard_work import execute_shard
from memberships.services.validation import validate_run

__all__ = [
    "cancel_run",
    "execute_run",
    "execute_shard",
    "reap_runs",
    "request_repeat",
    "request_run",
    "retry_run",
    "validate_run",
]
