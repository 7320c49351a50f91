"""One shard in the hands of one worker: taken by one UPDATE, kept by a heartbeat, done with its result file."""

import threading
from dataclasses import dataclass
from time import perf_counter
from types import TracebackType
from typing import Self

import structlog
from django.db import connection, transaction
from django.db.models import F, QuerySet

from common import store
from common.clock import now
from memberships.choices import RunState, ShardState
from memberships.engines import EngineOptions, Evaluation, codec, sharding
from memberships.models import Run, RunShard
from memberships.services.advice import FINAL, advice_for, code_of
from memberships.services.asking import asked_then
from memberships.services.build_copies import fetch_build
from memberships.services.claims import HEARTBEAT_SECONDS, MAX_ATTEMPTS
from memberships.services.endings import requeue_or_fail
from memberships.services.shards import conclude_shards

log = structlog.get_logger(__name__)


class ShardLost(Exception):
    """The shard was given to another worker, or its run has ended, while this one worked on it."""


@dataclass(frozen=True)
class Hold:
    """The hold of one worker on one shard."""

    shard_id: int
    run_id: int
    run_attempt: int
    attempt: int

    def rows(self) -> QuerySet[RunShard]:
        """The shard, while it is ours and its run goes on with this attempt."""
        return RunShard.objects.filter(
            pk=self.shard_id,
            state=ShardState.RUNNING,
            attempts=self.attempt,
            run__state=RunState.RUNNING,
            run__attempts=self.run_attempt,
        )

    def note(self) -> None:
        """A sign of life. Raises ShardLost when the hold is gone."""
        if not self.rows().update(heartbeat_at=now()):
            raise ShardLost


class _Heartbeat:
    """Keeps shard and run alive from a thread of its own."""

    def __init__(self, hold: Hold, seconds: float = HEARTBEAT_SECONDS) -> None:
        self._hold, self._seconds = hold, seconds
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._beat, name=f"heartbeat-shard-{hold.shard_id}", daemon=True)

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
                if self._hold.rows().update(heartbeat_at=now()):
                    mine = Run.objects.filter(pk=self._hold.run_id, state=RunState.RUNNING)
                    mine.filter(attempts=self._hold.run_attempt).update(heartbeat_at=now())
        finally:
            connection.close()


def take_shard(shard_id: int) -> Hold | None:
    """Take a waiting shard of a running run; None when there is nothing to take."""
    waiting = RunShard.objects.filter(pk=shard_id, state=ShardState.WAITING, run__state=RunState.RUNNING)
    taken = waiting.filter(attempt=F("run__attempts")).update(
        state=ShardState.RUNNING, attempts=F("attempts") + 1, heartbeat_at=now()
    )
    if not taken:
        return None
    shard = RunShard.objects.get(pk=shard_id)
    return Hold(shard.pk, shard.run_id, shard.attempt, shard.attempts)


def execute_shard(shard_id: int) -> str | None:
    """Compute one shard if it waits, and conclude the run when it was the last; what became of the shard.

    Called twice, the second call finds nothing. Safe to kill at any point: the shard is given to another worker.
    Announces: what the publication of the run announces.
    """
    hold = take_shard(shard_id)
    if hold is None:
        return None
    try:
        with _Heartbeat(hold):
            began = perf_counter()
            part = _evaluated(hold)
            _finish(hold, part, perf_counter() - began)
    except ShardLost:
        log.info("shard.lost", shard=shard_id, run=hold.run_id)
        return None
    except Exception as error:
        log.exception("shard.broke", shard=shard_id, run=hold.run_id, attempt=hold.attempt)
        return _give_back(hold, error)
    conclude_shards(hold.run_id)
    return ShardState.DONE


def _evaluated(hold: Hold) -> Evaluation:
    shard = RunShard.objects.select_related("run__build").get(pk=hold.shard_id)
    run = shard.run
    if run.build is None or run.as_of is None:
        raise ShardLost
    asked = asked_then(run.manifest["asked"], run.build, run.as_of)
    fetch_build(run.build)
    options = EngineOptions.of(run.options)
    return sharding.evaluate_range(
        run.build, asked.trees, asked.as_of, shard.first, shard.end, options, on_rows=lambda done, rows: hold.note()
    )


@transaction.atomic
def _finish(hold: Hold, part: Evaluation, seconds: float) -> None:
    """Afterwards the result is in the store and the shard is done. Raises ShardLost."""
    name = f"shards/{hold.run_id}-{hold.run_attempt}/{hold.shard_id}-{hold.attempt}.bits"
    store.put(name, codec.to_bytes(part))
    # The run before its shards, as everywhere: two last shards at once must not wait for each other.
    Run.objects.select_for_update().filter(pk=hold.run_id).first()
    changes = {"state": ShardState.DONE, "result_path": name, "seconds": round(seconds, 4), "failures": part.failures}
    if not hold.rows().update(heartbeat_at=now(), **changes):
        raise ShardLost
    Run.objects.filter(pk=hold.run_id).update(done=F("done") + 1, heartbeat_at=now())


def _give_back(hold: Hold, error: Exception) -> str:
    """Let another worker try; after the third mishap it is the run's."""
    if not connection.in_atomic_block:
        connection.close_if_unusable_or_obsolete()
    code = code_of(error)
    if hold.attempt >= MAX_ATTEMPTS or code in FINAL:
        requeue_or_fail(hold.run_id, code=code, advice=advice_for(error), attempt=hold.run_attempt)
        return RunState.FAILED
    hold.rows().update(state=ShardState.WAITING)
    return ShardState.WAITING
