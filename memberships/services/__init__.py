"""Decisions that write: requesting, executing, publishing and reaping runs."""

from memberships.services.execution import execute_run
from memberships.services.reaping import reap_runs
from memberships.services.runs import cancel_run, request_run, retry_run
from memberships.services.validation import validate_run

__all__ = ["cancel_run", "execute_run", "reap_runs", "request_run", "retry_run", "validate_run"]
