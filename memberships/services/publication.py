"""Publishes what a run computed: everything in one transaction, or nothing."""

from dataclasses import dataclass, field
from datetime import datetime
from time import perf_counter
from typing import Any

from django.db import transaction
from pyroaring import BitMap

from common.actors import SYSTEM
from common.clock import now
from ledger.services import announce
from memberships import bitmaps
from memberships.choices import Cause, Phase, RunState, Trigger
from memberships.events import MembershipChanged, RunFinished
from memberships.models import Current, Delta, Run, Snapshot
from memberships.selectors.evidence import questions
from memberships.services.claims import Claim, ClaimLost
from memberships.services.manifests import Computed, manifest_of
from memberships.services.runs import request_run
from taxonomy.selectors import ActiveRule, active_rules

PUBLISHED, UNCHANGED, FAILED = "published", "unchanged", "failed"
SUPERSEDED, NEWER, RETIRED = "superseded", "newer", "retired"
_MOVED = [field.name for field in Current._meta.concrete_fields if not field.primary_key]


@dataclass
class _Writes:
    """The rows of one publication, and its lines in the manifest."""

    run: Run
    as_of: datetime
    at: datetime
    snapshots: list[Snapshot] = field(default_factory=list)
    deltas: list[Delta] = field(default_factory=list)
    currents: list[Current] = field(default_factory=list)
    closed: list[int] = field(default_factory=list)
    lines: list[dict[str, Any]] = field(default_factory=list)
    changes: list[MembershipChanged] = field(default_factory=list)
    superseded: list[str] = field(default_factory=list)


@transaction.atomic
def publish(claim: Claim, computed: Computed) -> str:
    """Make the run's results current; the run's state afterwards.

    Afterwards every segment of the run stands as computed with snapshot and change, except: where the version changed
    meanwhile (superseded, and requested anew), where a later run was faster, where the rule failed (the old members
    stay and say so). Raises ClaimLost when the run was cancelled or taken away.
    Announces: memberships.run.finished and memberships.changed for each segment whose members changed.
    """
    began = perf_counter()
    if not claim.rows().select_for_update().exists():
        raise ClaimLost
    current = _locked_currents(computed)
    active = active_rules()
    standing = questions(active)
    latest = max((row.published_at for row in current.values() if row.published_at), default=None)
    # Never before an earlier publication, whatever the clocks of two workers say: history is read by this instant.
    writes = _Writes(computed.run, computed.as_of, max(now(), latest) if latest else now())
    for key in sorted(computed.rules):
        rule = computed.rules[key]
        _decide(writes, claim, computed, rule, current[rule.segment_id], standing.get(key))
    in_use = {rule.segment_id for rule in active}
    for segment_id, row in current.items():
        if segment_id not in in_use and row.snapshot is not None and row.version is not None:
            _close(writes, row, row.snapshot, row.version.number)
    _write(writes)
    state = _finish(claim, computed, writes, publish_seconds=perf_counter() - began)
    for change in writes.changes:
        announce(change, actor=SYSTEM)
    announce(RunFinished(run_id=claim.run_id, state=state), actor=SYSTEM)
    if writes.superseded:
        request_run(
            actor=SYSTEM, trigger=Trigger.VERSION, segment_keys=writes.superseded, reason="The rule changed meanwhile"
        )
    return state


def _locked_currents(computed: Computed) -> dict[int, Current]:
    """The rows of the run's segments, made where missing, locked in the order of their keys so that no two runs
    ever wait for each other; with them the rows of segments in the run's scope that are retired."""
    ids = {rule.segment_id: key for key, rule in computed.rules.items()}
    Current.objects.bulk_create(
        [Current(segment_id=pk) for pk in sorted(ids, key=lambda pk: ids[pk])], ignore_conflicts=True
    )
    rows = Current.objects.select_related("segment", "snapshot", "version")
    named = computed.run.segment_keys
    if named:
        rows = rows.filter(segment__key__in={*ids.values(), *named})
    held = list(rows.select_for_update(of=("self",)).order_by("segment__key").values_list("pk", flat=True))
    # Read anew after the wait: the locking statement itself still joins the snapshots of before.
    return {row.segment_id: row for row in rows.filter(pk__in=held).order_by("segment__key")}


def _decide(
    writes: _Writes, claim: Claim, computed: Computed, rule: ActiveRule, row: Current, standing: str | None
) -> None:
    """What becomes of one segment."""
    if standing != computed.question[rule.key]:
        writes.superseded += [rule.key] if standing else []
        _line(writes, rule, SUPERSEDED, reason="Its rule changed while the run computed it.")
    elif row.pass_number > claim.pass_number:
        _line(writes, rule, NEWER, reason="A later run has published it already.")
    elif reason := computed.evaluation.failures.get(rule.key):
        row.failure, row.failed_run = reason[:300], computed.run
        writes.currents.append(row)
        _line(writes, rule, FAILED, reason=reason, digest=computed.question[rule.key])
    else:
        row.pass_number = claim.pass_number
        _advance(writes, rule, row, computed.question[rule.key], computed.evaluation.members[rule.key])


def _advance(writes: _Writes, rule: ActiveRule, row: Current, question: str, members: BitMap) -> None:
    """Move one segment to its new members."""
    before = row.snapshot
    old = bitmaps.from_bytes(before.members) if before else BitMap()
    change = bitmaps.entered_left(old, members)
    cause = Cause.FIRST if before is None else Cause.RULE if row.rule_digest != question else Cause.DATA
    snapshot = before
    if snapshot is None or not change.is_empty or row.version_id != rule.version_id:
        snapshot = _snapshot(writes, rule.segment_id, rule.version_id, members)
        writes.deltas.append(_delta(writes, snapshot, row.version_id, change, cause))
    row.snapshot = snapshot
    row.run, row.version_id, row.rule_digest = writes.run, rule.version_id, question
    row.size, row.as_of, row.published_at = len(members), writes.as_of, writes.at
    row.failure, row.failed_run = "", None
    writes.currents.append(row)
    state = UNCHANGED if snapshot is before else PUBLISHED
    facts = {"size": row.size, "entered": len(change.entered), "left": len(change.left), "members": snapshot.digest}
    _line(writes, rule, state, digest=question, cause=cause, **facts)
    if before is None or not change.is_empty:
        writes.changes.append(
            MembershipChanged(
                run_id=writes.run.pk,
                segment_key=rule.key,
                version_number=rule.number,
                entered=len(change.entered),
                left=len(change.left),
                size=row.size,
            )
        )


def _close(writes: _Writes, row: Current, before: Snapshot, number: int) -> None:
    """Everybody leaves a retired segment; it has no current members any more, and its history stays."""
    change = bitmaps.entered_left(bitmaps.from_bytes(before.members), BitMap())
    empty = _snapshot(writes, row.segment_id, before.version_id, BitMap())
    writes.deltas.append(_delta(writes, empty, before.version_id, change, Cause.RETIRED))
    writes.closed.append(row.segment_id)
    facts = {"size": 0, "entered": 0, "left": len(change.left), "cause": Cause.RETIRED}
    name = row.version.name if row.version else row.segment.key
    writes.lines.append({"segment": row.segment.key, "name": name, "version": number, "state": RETIRED, **facts})
    writes.changes.append(
        MembershipChanged(
            run_id=writes.run.pk,
            segment_key=row.segment.key,
            version_number=number,
            entered=0,
            left=len(change.left),
            size=0,
        )
    )


def _snapshot(writes: _Writes, segment_id: int, version_id: int, members: BitMap) -> Snapshot:
    raw = bitmaps.to_bytes(members)
    snapshot = Snapshot(
        run=writes.run,
        segment_id=segment_id,
        version_id=version_id,
        members=raw,
        size=len(members),
        digest=bitmaps.digest_of_bytes(raw),
        published_at=writes.at,
    )
    writes.snapshots.append(snapshot)
    return snapshot


def _delta(
    writes: _Writes, snapshot: Snapshot, previous_version_id: int | None, change: bitmaps.Change, cause: Cause
) -> Delta:
    return Delta(
        run=writes.run,
        segment_id=snapshot.segment_id,
        version_id=snapshot.version_id,
        previous_version_id=previous_version_id,
        entered=bitmaps.to_bytes(change.entered),
        left=bitmaps.to_bytes(change.left),
        entered_count=len(change.entered),
        left_count=len(change.left),
        size=snapshot.size,
        cause=cause,
        published_at=writes.at,
    )


def _line(writes: _Writes, rule: ActiveRule, state: str, **facts: Any) -> None:
    writes.lines.append({"segment": rule.key, "name": rule.name, "version": rule.number, "state": state, **facts})


def _write(writes: _Writes) -> None:
    Delta.objects.bulk_create(writes.deltas)
    newest = {delta.segment_id: delta.pk for delta in writes.deltas}
    for snapshot in writes.snapshots:
        snapshot.through = newest[snapshot.segment_id]
    Snapshot.objects.bulk_create(writes.snapshots)
    for row in writes.currents:
        row.through = newest.get(row.segment_id, row.through)
        row.snapshot = row.snapshot
    # The rows are there and locked; an upsert of them costs a tenth of `bulk_update` with its cases.
    Current.objects.bulk_create(writes.currents, update_conflicts=True, unique_fields=["segment"], update_fields=_MOVED)
    Current.objects.filter(segment_id__in=writes.closed).delete()


def _finish(claim: Claim, computed: Computed, writes: _Writes, *, publish_seconds: float) -> str:
    """Write the manifest and close the run; its state."""
    states = {line["state"] for line in writes.lines}
    if states and states <= {FAILED}:
        state = RunState.FAILED
    elif states and states <= {SUPERSEDED, NEWER}:
        state = RunState.SUPERSEDED
    else:
        state = RunState.SUCCEEDED
    ended = now()
    manifest = manifest_of(claim, computed, writes.lines, publish_seconds=publish_seconds)
    failed = state == RunState.FAILED
    claim.rows().update(
        state=state,
        phase=Phase.WAITING,
        done=len(writes.lines),
        total=len(writes.lines),
        manifest=manifest,
        output_digest=manifest["output_digest"],
        ended_at=ended,
        heartbeat_at=ended,
        error_code="rules_failed" if failed else "",
        error_advice="No rule of this run could be evaluated. The reasons stand with the segments below."
        if failed
        else "",
    )
    return state
