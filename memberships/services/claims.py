"""A worker's hold on a run: taken by one UPDATE, kept by a heartbeat, lost by cancelling or reaping."""

import threading
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from django.db import connection
from django.db.models import BigIntegerField, F, Func, QuerySet
from django.db.models.functions import Greatest

from common.clock import now
from memberships.choices import Phase, RunState
from memberships.models import Run

HEARTBEAT_SECONDS = 10.0
MAX_ATTEMPTS = 3


class ClaimLost(Exception):
    """The run was cancelled, or given to another worker, while this one worked on it."""


@dataclass(frozen=True)
class Claim:
    """The hold of one attempt. An attempt that was reaped differs in its number and finds nothing to update."""

    run_id: int
    attempt: int
    pass_number: int

    def rows(self) -> QuerySet[Run]:
        """The run, while this attempt still holds it."""
        return Run.objects.filter(pk=self.run_id, state=RunState.RUNNING, attempts=self.attempt)

    def note(self, **changes: Any) -> None:
        """Write progress and a sign of life. Raises ClaimLost when the hold is gone."""
        if not self.rows().update(heartbeat_at=now(), **changes):
            raise ClaimLost


class _NextPass(Func):
    """The next number of the sequence that orders runs by when they read."""

    template = "nextval('memberships_pass_seq')"
    output_field = BigIntegerField()


def claim_run(run_id: int) -> Claim | None:
    """Take a queued run that is due; afterwards it is running and ours. None when there is nothing to take."""
    moment = now()
    taken = Run.objects.filter(pk=run_id, state=RunState.QUEUED, due_at__lte=moment).update(
        state=RunState.RUNNING,
        attempts=F("attempts") + 1,
        pass_number=_NextPass(),
        started_at=moment,
        heartbeat_at=moment,
        phase=Phase.BUILDING,
        done=0,
        total=0,
        error_code="",
        error_advice="",
    )
    if not taken:
        return None
    run = Run.objects.only("attempts", "pass_number").get(pk=run_id)
    return Claim(run_id=run_id, attempt=run.attempts, pass_number=run.pass_number or 0)


class Heartbeat:
    """Keeps a claim alive from a thread of its own while a long computation holds the worker."""

    def __init__(self, claim: Claim, seconds: float = HEARTBEAT_SECONDS) -> None:
        self._claim = claim
        self._seconds = seconds
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._beat, name=f"heartbeat-{claim.run_id}", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join()

    def _beat(self) -> None:
        try:
            while not self._stop.wait(self._seconds):
                # Not `note`: losing the claim is told to the worker at its next step, not here.
                self._claim.rows().update(heartbeat_at=Greatest(F("heartbeat_at"), now()))
        finally:
            connection.close()
