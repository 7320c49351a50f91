"""The rows of one micro-batch: a run, a change for each segment and cause, and the pointers to what is current."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from time import perf_counter
from typing import Any

from django.db import connection, transaction
from django.db.models import BigIntegerField, Func
from pyroaring import BitMap

from common import correlation
from common.clock import now
from memberships import bitmaps
from memberships.choices import Cause, RunKind, RunState, Trigger
from memberships.engines import Evaluation
from memberships.engines.rows_engine import NAME, VERSION
from memberships.models import Current, Delta, Run, Snapshot
from memberships.selectors.reading import Fold, Position, folds_at, keep
from memberships.services.asking import rules_record
from memberships.services.batches import KeptBatch
from memberships.services.moving import Move, deltas
from memberships.services.pointers import Pointer
from taxonomy.selectors import ActiveRule

# A reader that begins anew folds at most about so many changes on a snapshot; so many snapshots are written at once.
DEEPEST = 500
_SNAPSHOTS_AT_ONCE = 4


@dataclass(frozen=True)
class Batch:
    """What a micro-batch read and found: `rows` are the pointers of the segments that it may move, `faults` why the
    rules of others cannot be read, `touched` the customers that it looked at, `arrived` when what caused their changes
    was received."""

    after: int
    watermark: int
    as_of: datetime
    rows: Sequence[Pointer]
    rules: Mapping[int, ActiveRule]
    grounds: Mapping[str, ActiveRule]
    questions: Mapping[str, str]
    evaluation: Evaluation
    faults: Mapping[int, str]
    touched: BitMap
    causes: Mapping[str, BitMap]
    arrived: Sequence[datetime]
    file: KeptBatch
    seconds: Mapping[str, float]


@dataclass
class _Moved:
    """One segment's members before and after. `change` is empty where nobody moved."""

    row: Pointer
    rule: ActiveRule
    fold: Fold
    members: BitMap
    change: bitmaps.Change
    deltas: list[Delta]
    snapshot: Snapshot | None = None

    @property
    def through(self) -> int:
        return int(self.deltas[-1].pk) if self.deltas else self.row.through


def write(batch: Batch) -> tuple[Run, list[dict[str, Any]]]:
    """Write everything within the open transaction; the run, and what moved as the fact tells it.

    Refuses: nothing. Announces: nothing.
    """
    began = perf_counter()
    # Never before an earlier publication, whatever the clocks of two workers say: history is read by this instant.
    at = max(now(), *(row.published_at for row in batch.rows))
    run = _run(batch, at)
    moved, failed = _compared(batch, run, at)
    run.manifest = _manifest(batch, moved, failed, at, perf_counter() - began)
    run.output_digest = run.manifest["output_digest"]
    run.save(force_insert=True)
    Delta.objects.bulk_create([delta for each in moved for delta in each.deltas])
    _add_snapshots(run, at, moved)
    _move(batch, run, at, moved)
    _mark(run, {**batch.faults, **failed})
    transaction.on_commit(partial(_keep, moved), robust=True)
    return run, [_told(each) for each in moved if not each.change.is_empty]


class _NextPass(Func):
    template = "nextval('memberships_pass_seq')"
    output_field = BigIntegerField()


def _run(batch: Batch, at: datetime) -> Run:
    newest = max(batch.rows, key=lambda row: row.pass_number)
    return Run(
        kind=RunKind.MICRO,
        state=RunState.SUCCEEDED,
        trigger=Trigger.PROFILES,
        reason="Customers changed",
        scope="micro",
        # The build under the members: no run of this kind makes one.
        build_id=newest.build_id,
        as_of=batch.as_of,
        watermark=batch.watermark,
        batch_path=batch.file.name,
        arrived_at=min(batch.arrived, default=None),
        pass_number=_NextPass(),
        done=len(batch.rows),
        total=len(batch.rows),
        queued_at=at,
        due_at=at,
        started_at=at,
        ended_at=at,
        attempts=1,
        correlation_id=correlation.current(),
    )


def _compared(batch: Batch, run: Run, at: datetime) -> tuple[list[_Moved], dict[int, str]]:
    """Who moves in each segment, and why rules failed, by segment."""
    folds = folds_at(row.position for row in batch.rows)
    moved, failed = [], {}
    for row in batch.rows:
        rule = batch.rules[row.segment_id]
        if rule.key not in batch.evaluation.members:
            failed[row.segment_id] = batch.evaluation.failures.get(rule.key, "The engine could not evaluate it.")
            continue
        fold = folds[row.position]
        found = batch.evaluation.members[rule.key]
        change = bitmaps.Change(found - fold.members, (fold.members & batch.touched) - found)
        each = _Moved(row, rule, fold, fold.members, change, [])
        if not change.is_empty:
            each.members = (fold.members | change.entered) - change.left
            move = Move(row.segment_id, row.version_id, row.version_id, change, len(fold.members))
            each.deltas = deltas(run, at, move, batch.causes, Cause.DATA)
        moved.append(each)
    return moved, failed


def _manifest(
    batch: Batch, moved: Sequence[_Moved], failed: Mapping[int, str], at: datetime, compare_seconds: float
) -> dict[str, Any]:
    """What went in and came out. Digests are over the members among the rows of the batch."""
    lines = [_line(batch, each) for each in moved]
    for segment_id, reason in failed.items():
        rule = batch.rules[segment_id]
        facts = {"state": "failed", "reason": reason, "digest": batch.questions[rule.key]}
        lines.append({"segment": rule.key, "name": rule.name, "version": rule.number, **facts})
    digests = {line["segment"]: line["members"] for line in lines if "members" in line}
    seconds = {**batch.seconds, "compare": compare_seconds}
    return {
        "as_of": batch.as_of.isoformat(),
        "engine": {"name": NAME, "version": VERSION},
        "rows": len(batch.touched),
        "watermark": {"after": batch.after, "through": batch.watermark},
        "batch_digest": batch.file.digest,
        "causes": {cause: len(ordinals) for cause, ordinals in batch.causes.items()},
        "rules": rules_record(batch.grounds.values()),
        "segments": lines,
        "counts": {"moved": sum(not each.change.is_empty for each in moved), "failed": len(failed)},
        "memberships": sum(len(each.members) for each in moved),
        "latency": _latency(batch.arrived, at),
        "seconds": {stage: round(value, 4) for stage, value in seconds.items()},
        "output_digest": bitmaps.digest_of_all(digests),
    }


def _line(batch: Batch, each: _Moved) -> dict[str, Any]:
    found = {
        "segment": each.rule.key,
        "digest": batch.questions[each.rule.key],
        "members": bitmaps.digest(batch.evaluation.members[each.rule.key]),
        "state": "unchanged",
        "name": each.rule.name,
        "version": each.row.version_number,
        "size": len(each.members),
    }
    if each.change.is_empty:
        return found
    return found | {"state": "published", "entered": len(each.change.entered), "left": len(each.change.left)}


def _latency(arrived: Sequence[datetime], at: datetime) -> dict[str, float]:
    """Seconds from the arrival of what changed customers to this publication, where arrivals are known."""
    waited = sorted(max(0.0, (at - moment).total_seconds()) for moment in arrived)
    if not waited:
        return {}
    last = len(waited) - 1
    return {
        "p50": round(waited[last // 2], 3),
        "p95": round(waited[-(-last * 95 // 100)], 3),
        "max": round(waited[last], 3),
    }


def _add_snapshots(run: Run, at: datetime, moved: Sequence[_Moved]) -> None:
    """Write the members whole where many changes lie on the last snapshot, a few segments at a time."""
    deep = sorted((each for each in moved if each.fold.depth >= DEEPEST), key=lambda each: -each.fold.depth)
    for each in deep[:_SNAPSHOTS_AT_ONCE]:
        raw = bitmaps.to_bytes(each.members)
        each.snapshot = Snapshot(
            run=run,
            segment_id=each.row.segment_id,
            version_id=each.row.version_id,
            members=raw,
            size=len(each.members),
            digest=bitmaps.digest_of_bytes(raw),
            through=each.through,
            published_at=at,
        )
    Snapshot.objects.bulk_create([each.snapshot for each in moved if each.snapshot])


_MOVE = """
    UPDATE memberships_current c SET run_id = %s, watermark = %s, as_of = %s, published_at = %s,
        through = m.through, size = m.size, snapshot_id = m.snapshot_id
    FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[]) AS m (segment_id, through, size, snapshot_id)
    WHERE c.segment_id = m.segment_id
"""


def _move(batch: Batch, run: Run, at: datetime, moved: Sequence[_Moved]) -> None:
    """Point all segments of the batch at where they stand now, also those in which nobody moved."""
    with connection.cursor() as cursor:
        cursor.execute(
            _MOVE,
            [
                run.pk,
                batch.watermark,
                batch.as_of,
                at,
                [each.row.segment_id for each in moved],
                [each.through for each in moved],
                [len(each.members) for each in moved],
                [each.snapshot.pk if each.snapshot else each.row.snapshot_id for each in moved],
            ],
        )


def _mark(run: Run, failed: Mapping[int, str]) -> None:
    """The old members stay, and say that they are not up to date; who says so already goes on."""
    for segment_id, reason in failed.items():
        Current.objects.filter(pk=segment_id, failure="").update(failure=reason[:300], failed_run=run)


def _keep(moved: Sequence[_Moved]) -> None:
    """Keep in this process what has been committed, so that the next batch need not read it."""
    for each in moved:
        if each.snapshot is not None:
            position = Position(each.row.segment_id, each.snapshot.pk, each.through)
            keep(position, Fold(each.through, each.members, 0, len(each.snapshot.members)))
        elif each.deltas:
            size = each.fold.size + sum(len(delta.entered) for delta in each.deltas)
            position = Position(each.row.segment_id, each.row.snapshot_id, each.through)
            keep(position, Fold(each.through, each.members, each.fold.depth + len(each.deltas), size))


def _told(each: _Moved) -> dict[str, Any]:
    return {
        "segment_key": each.rule.key,
        "version_number": each.row.version_number,
        "entered": len(each.change.entered),
        "left": len(each.change.left),
        "size": len(each.members),
    }
