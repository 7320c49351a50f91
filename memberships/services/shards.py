"""A run in shards: split by the worker that claimed it, computed by many, put together by who ends the last one."""

from datetime import datetime
from functools import partial
from time import perf_counter
from typing import Any

import structlog
from django.db import transaction
from django.db.models import Count, F, Q

from common import store
from common.clock import now
from memberships.choices import Phase, RunState, ShardState
from memberships.engines import EngineOptions, codec, sharding
from memberships.models import Run, RunShard
from memberships.services.advice import LOST_WORKER
from memberships.services.asking import Asked, asked_then
from memberships.services.build_copies import keep_build
from memberships.services.claims import MAX_ATTEMPTS, Claim, ClaimLost
from memberships.services.conclusion import attempt, conclude
from memberships.services.dispatch import send_shard
from memberships.services.endings import RESEND_AFTER, SILENT_AFTER, requeue_or_fail
from memberships.services.manifests import Computed, computed_from

log = structlog.get_logger(__name__)


def split(claim: Claim, run: Run, asked: Asked, seconds: dict[str, float]) -> str:
    """Give the rows to the workers: afterwards the run goes on without this one, and its shards wait in the queue.

    What was asked is written down with the run, so that all shards, and who merges them, ask the same.
    Raises ClaimLost.
    """
    keep_build(asked.build)
    cut = sharding.ranges(asked.build.row_count, EngineOptions.of(run.options).shards)
    with transaction.atomic():
        if not claim.rows().select_for_update().exists():
            raise ClaimLost
        rows = [
            RunShard(run=run, attempt=claim.attempt, number=number, first=first, end=end)
            for number, (first, end) in enumerate(cut, start=1)
        ]
        shards = RunShard.objects.bulk_create(rows)
        claim.note(manifest={"asked": asked.stored(), "seconds": seconds}, done=0, total=len(shards))
        for shard in shards:
            transaction.on_commit(partial(send_shard, shard.pk), robust=True)
    return RunState.RUNNING


def merge(claim: Claim, run: Run) -> str:
    """Put the shards together and conclude the run; its state afterwards. Raises ClaimLost."""
    if run.build is None or run.as_of is None:
        raise ClaimLost
    asked = asked_then(run.manifest["asked"], run.build, run.as_of)
    shards = list(RunShard.objects.filter(run=run, attempt=claim.attempt, state=ShardState.DONE).order_by("number"))
    parts = (codec.from_bytes(store.get(shard.result_path)) for shard in shards)
    evaluation = sharding.merged(parts, asked.trees)
    if evaluation.rows != run.build.row_count:
        raise RuntimeError(f"The shards hold {evaluation.rows} of {run.build.row_count} rows.")
    state = conclude(claim, _computed(run, asked, evaluation, len(shards)))
    sweep_shards()
    return state


def _computed(run: Run, asked: Asked, evaluation: Any, shards: int) -> Computed:
    engine = {"name": sharding.NAME, "version": sharding.ShardedEngine.version}
    options = EngineOptions.of(run.options).stored() | {"shards": shards}
    # As if the clock had run in this process since the claim.
    began = perf_counter() - (now() - _started(run)).total_seconds()
    return computed_from(run, asked, evaluation, engine, run.manifest["seconds"], began, options)


def _started(run: Run) -> datetime:
    return run.started_at or run.queued_at


def claim_of(run: Run) -> Claim:
    """The hold of the attempt that the run is in."""
    return Claim(run_id=run.pk, attempt=run.attempts, pass_number=run.pass_number or 0)


def conclude_shards(run_id: int) -> str | None:
    """Merge the run if all its shards are done and nobody does it yet; its state afterwards."""
    with transaction.atomic():
        run = Run.objects.select_for_update().get(pk=run_id)
        waits = RunShard.objects.filter(run=run, attempt=run.attempts).exclude(state=ShardState.DONE).exists()
        if run.state != RunState.RUNNING or run.phase != Phase.EVALUATING or waits:
            return None
        # The phase says who merges: a second one finds it taken.
        claim_of(run).note(phase=Phase.PUBLISHING)
    claim = claim_of(run)
    return attempt(claim, partial(merge, claim))


def mend_shards() -> None:
    """Send again what waits too long and what lost its worker; conclude what is done; give up after three tries.

    Afterwards a run in shards that can go on counts as alive, though no worker may hold a part of it this moment.
    """
    open_runs = Run.objects.filter(state=RunState.RUNNING, phase=Phase.EVALUATING, shards__isnull=False).distinct()
    for run in open_runs:
        mine = RunShard.objects.filter(run=run, attempt=run.attempts)
        lost = mine.filter(state=ShardState.RUNNING, heartbeat_at__lt=now() - SILENT_AFTER)
        if lost.filter(attempts__gte=MAX_ATTEMPTS).exists():
            requeue_or_fail(run.pk, code=LOST_WORKER, attempt=run.attempts)
            continue
        lost.update(state=ShardState.WAITING)
        facts = mine.aggregate(all=Count("pk"), done=Count("pk", filter=Q(state=ShardState.DONE)))
        if not facts["all"]:
            continue
        if facts["done"] == facts["all"]:
            conclude_shards(run.pk)
            continue
        if run.started_at and run.started_at < now() - RESEND_AFTER:
            for shard_id in mine.filter(state=ShardState.WAITING).values_list("pk", flat=True):
                send_shard(shard_id)
        claim_of(run).rows().update(heartbeat_at=now())


def sweep_shards() -> int:
    """Remove the shards that no running attempt needs, with their files; how many."""
    needed = Q(run__state=RunState.RUNNING, attempt=F("run__attempts"))
    old = list(RunShard.objects.exclude(needed).values_list("pk", "result_path"))
    store.remove(path for _, path in old if path)
    RunShard.objects.filter(pk__in=[pk for pk, _ in old]).delete()
    return len(old)
