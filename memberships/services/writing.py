"""The rows of one publication by a run, and its lines in the manifest."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pyroaring import BitMap

from memberships import bitmaps
from memberships.choices import Cause
from memberships.events import MembershipChanged
from memberships.models import Current, Delta, Run, Snapshot
from memberships.selectors.reading import Fold, Position, keep
from memberships.services.moving import Move, deltas
from taxonomy.selectors import ActiveRule

PUBLISHED, UNCHANGED, FAILED, RETIRED = "published", "unchanged", "failed", "retired"
_MOVED = [each.name for each in Current._meta.concrete_fields if not each.primary_key]


@dataclass
class Writes:
    """What is to be written. `members` are those in force, by segment; `causes` why customers changed,
    and `causes_after` the same for segments that stand at another change than most."""

    run: Run
    as_of: datetime
    at: datetime
    watermark: int
    causes: Mapping[str, BitMap]
    causes_after: Mapping[int, Mapping[str, BitMap]] = field(default_factory=dict)
    members: Mapping[int, BitMap] = field(default_factory=dict)
    snapshots: dict[int, Snapshot] = field(default_factory=dict)
    deltas: list[Delta] = field(default_factory=list)
    currents: list[Current] = field(default_factory=list)
    closed: list[int] = field(default_factory=list)
    lines: list[dict[str, Any]] = field(default_factory=list)
    changes: list[MembershipChanged] = field(default_factory=list)
    superseded: list[str] = field(default_factory=list)
    fresh: dict[int, BitMap] = field(default_factory=dict)

    def write(self) -> None:
        """Write the rows. Changes come first: their numbers say what the snapshots hold."""
        Delta.objects.bulk_create(self.deltas)
        newest = {delta.segment_id: delta.pk for delta in self.deltas}
        current = {row.segment_id: row for row in self.currents}
        for segment_id, snapshot in self.snapshots.items():
            row = current.get(segment_id)
            snapshot.through = newest.get(segment_id, row.through if row else 0)
        Snapshot.objects.bulk_create(self.snapshots.values())
        for row in self.currents:
            row.through = newest.get(row.segment_id, row.through)
            row.snapshot = self.snapshots.get(row.segment_id, row.snapshot)
        # An upsert of rows costs a tenth of `bulk_update` with its cases.
        Current.objects.bulk_create(
            self.currents, update_conflicts=True, unique_fields=["segment"], update_fields=_MOVED
        )
        Current.objects.filter(segment_id__in=self.closed).delete()

    def keep(self) -> None:
        """Keep in this process what has been committed."""
        for segment_id, members in self.fresh.items():
            snapshot = self.snapshots[segment_id]
            fold = Fold(snapshot.through, members, 0, len(snapshot.members))
            keep(Position(segment_id, snapshot.pk, snapshot.through), fold)


def advance(
    writes: Writes, rule: ActiveRule, row: Current, question: str, members: BitMap, otherwise: Cause
) -> dict[str, Any]:
    """Move one segment to its new members; what the manifest says of it. Who moved for no other cause did so by
    `otherwise`, and everybody did where the segment is new or its question is."""
    old = writes.members.get(row.segment_id, BitMap())
    change = bitmaps.entered_left(old, members)
    causes = {} if otherwise in {Cause.FIRST, Cause.RULE} else writes.causes_after.get(row.watermark, writes.causes)
    is_moved = row.snapshot_id is None or not change.is_empty or row.version_id != rule.version_id
    if is_moved:
        move = Move(row.segment_id, rule.version_id, row.version_id, change, len(old))
        writes.deltas += deltas(writes.run, writes.at, move, causes, otherwise)
    if row.snapshot is None or is_moved or row.through != row.snapshot.through:
        digest = _snapshot(writes, row.segment_id, rule.version_id, members).digest
    else:
        digest = row.snapshot.digest
    if row.snapshot_id is None or not change.is_empty:
        writes.changes.append(_fact(writes, rule.key, rule.number, change, len(members)))
    row.run, row.version_id, row.rule_digest = writes.run, rule.version_id, question
    row.size, row.published_at, row.watermark = len(members), writes.at, writes.watermark
    # A micro-batch may have been at a later instant of the same day.
    row.as_of = max(writes.as_of, row.as_of) if row.as_of else writes.as_of
    row.failure, row.failed_run = "", None
    writes.currents.append(row)
    return {
        "state": PUBLISHED if is_moved else UNCHANGED,
        "cause": otherwise if otherwise in {Cause.FIRST, Cause.RULE} else _causes(writes, row.segment_id, otherwise),
        "size": row.size,
        "entered": len(change.entered),
        "left": len(change.left),
        "members": digest,
    }


def _causes(writes: Writes, segment_id: int, otherwise: Cause) -> str:
    """The cause by which most moved."""
    mine = [delta for delta in writes.deltas if delta.segment_id == segment_id]
    largest = max(mine, key=lambda delta: delta.entered_count + delta.left_count, default=None)
    return largest.cause if largest and largest.entered_count + largest.left_count else otherwise


def failed(writes: Writes, rule: ActiveRule, row: Current, reason: str, question: str) -> None:
    """The old members stay, and say that they are not up to date."""
    row.failure, row.failed_run = reason[:300], writes.run
    writes.currents.append(row)
    line(writes, rule, state=FAILED, reason=reason, digest=question)


def close(writes: Writes, row: Current) -> None:
    """Everybody leaves a retired segment; it has no current members any more, and its history stays."""
    if row.version is None:
        raise ValueError(f"Segment {row.segment.key} has members and no version.")
    old = writes.members[row.segment_id]
    change = bitmaps.entered_left(old, BitMap())
    move = Move(row.segment_id, row.version.pk, row.version.pk, change, len(old))
    writes.deltas += deltas(writes.run, writes.at, move, {}, Cause.RETIRED)
    _snapshot(writes, row.segment_id, row.version.pk, BitMap())
    writes.closed.append(row.segment_id)
    facts = {"size": 0, "entered": 0, "left": len(change.left), "cause": Cause.RETIRED}
    said = {"segment": row.segment.key, "name": row.version.name, "version": row.version.number, "state": RETIRED}
    writes.lines.append(said | facts)
    writes.changes.append(_fact(writes, row.segment.key, row.version.number, change, 0))


def put_aside(writes: Writes, rule: ActiveRule, state: str, reason: str) -> None:
    """Leave one segment as it is."""
    line(writes, rule, state=state, reason=reason)


def line(writes: Writes, rule: ActiveRule, **facts: Any) -> None:
    """Say in the manifest what became of one segment."""
    writes.lines.append({"segment": rule.key, "name": rule.name, "version": rule.number, **facts})


def _fact(writes: Writes, key: str, number: int, change: bitmaps.Change, size: int) -> MembershipChanged:
    return MembershipChanged(
        run_id=writes.run.pk,
        segment_key=key,
        version_number=number,
        entered=len(change.entered),
        left=len(change.left),
        size=size,
    )


def _snapshot(writes: Writes, segment_id: int, version_id: int, members: BitMap) -> Snapshot:
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
    writes.snapshots[segment_id] = snapshot
    writes.fresh[segment_id] = members
    return snapshot
