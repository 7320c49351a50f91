"""Packs old changes, thins snapshots and slims the manifests of old micro-batches; no answer about the past changes."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.conf import settings
from django.db import connection, transaction

from common.clock import now
from memberships.choices import RunKind, RunState
from memberships.models import Current, Delta, DeltaPack, Run, Snapshot
from memberships.rows.packs import BrokenPack, DeltaRecord, Pack, digest_of, packed
from memberships.selectors.deltas import deltas_between

log = structlog.get_logger(__name__)

# A pack is written anew when changes are added to it, so it ends before that is much work.
PACK_CHANGES = 1000
PACK_BYTES = 4 * 1024 * 1024
# Of a segment that changes every few seconds only the newest stay loose, however young the others are.
LOOSE_KEPT = 512
LOOSE_MOST = 1024
_LOCK = 5_310_061
_DAYS_DAILY = 30


class PackDiffers(RuntimeError):
    """What was written of a pack does not read as the changes it should hold; nothing was removed."""


@dataclass(frozen=True)
class Compacted:
    """What one pass did."""

    segments: int = 0
    changes: int = 0
    packs: int = 0
    snapshots: int = 0
    manifests: int = 0


def compact_history() -> Compacted:
    """Pack what is old enough, segment by segment, each in a transaction of its own; thin snapshots; slim manifests.

    Afterwards every change is still there with its number, instant, run, version, cause and customers, and every
    question about the past has the answer that it had. Killed at any point, the segments done are done and the one
    begun is as before.
    Refuses: with PackDiffers, where a pack does not hold the changes it should hold; the other segments are done.
    """
    at = now()
    segments = changes = packs = 0
    broken: list[str] = []
    for segment_id in list(Delta.objects.order_by("segment_id").values_list("segment_id", flat=True).distinct()):
        try:
            moved, written = compact_segment(segment_id, at)
        except (PackDiffers, BrokenPack) as error:
            broken.append(f"Segment {segment_id}: {error}")
            continue
        segments, changes, packs = segments + bool(moved), changes + moved, packs + written
    done = Compacted(segments, changes, packs, thin_snapshots(at), slim_manifests(at))
    log.info("history.compacted", **vars(done))
    if broken:
        raise PackDiffers(" ".join(broken))
    return done


@transaction.atomic
def compact_segment(segment_id: int, at: datetime) -> tuple[int, int]:
    """Move what is old enough of one segment into packs; how many changes were moved, and packs written."""
    with connection.cursor() as cursor:
        # Two that pack the same changes would each remove what the other counts on.
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_LOCK, segment_id])
    last = _last_due(segment_id, at)
    if not last:
        return 0, 0
    open_pack = _open_pack(segment_id)
    if open_pack and digest_of(Pack(bytes(open_pack.content)).records()) != open_pack.digest:
        # Written anew it would get a digest that fits, and nobody would ever notice.
        raise PackDiffers(f"The pack from change {open_pack.first_delta} on does not have its digest.")
    after = open_pack.first_delta - 1 if open_pack else _packed_through(segment_id)
    records = list(deltas_between([segment_id], after, last))
    loose = sum(1 for record in records if not open_pack or record.number > open_pack.last_delta)
    if open_pack:
        open_pack.delete()
    rows = [_row(chunk, at) for chunk in _chunks(records)]
    DeltaPack.objects.bulk_create(rows)
    _check(rows, records)
    removed, _ = Delta.objects.filter(segment_id=segment_id, pk__lte=last).delete()
    if removed != loose:
        raise PackDiffers(f"{removed} changes of segment {segment_id} would go where {loose} were packed.")
    return loose, len(rows)


def _last_due(segment_id: int, at: datetime) -> int:
    """The number of the newest change that is to be packed; 0 where none is. Changes of one run stay together."""
    loose = Delta.objects.filter(segment_id=segment_id)
    limit = at - timedelta(days=settings.SEGPORTAL_DELTAS_LOOSE_DAYS)
    old = loose.filter(published_at__lt=limit).order_by("-pk").values_list("pk", flat=True).first() or 0
    newest = list(loose.order_by("-pk").values_list("pk", "run_id")[: LOOSE_MOST + 1])
    if len(newest) <= LOOSE_MOST:
        return old
    kept_run = newest[LOOSE_KEPT - 1][1]
    return max(old, next((pk for pk, run_id in newest[LOOSE_KEPT:] if run_id != kept_run), 0))


def _open_pack(segment_id: int) -> DeltaPack | None:
    """The newest pack while there is room in it."""
    newest = DeltaPack.objects.filter(segment_id=segment_id).order_by("-first_delta").first()
    return newest if newest and newest.count < PACK_CHANGES and len(newest.content) < PACK_BYTES // 2 else None


def _packed_through(segment_id: int) -> int:
    newest = DeltaPack.objects.filter(segment_id=segment_id).order_by("-first_delta")
    return newest.values_list("last_delta", flat=True).first() or 0


def _chunks(records: Iterable[DeltaRecord]) -> Iterator[list[DeltaRecord]]:
    """The changes of one pack each."""
    chunk, size = list[DeltaRecord](), 0
    for record in records:
        weight = len(record.entered_bytes) + len(record.left_bytes)
        if chunk and (len(chunk) >= PACK_CHANGES or size + weight > PACK_BYTES):
            yield chunk
            chunk, size = [], 0
        chunk.append(record)
        size += weight
    if chunk:
        yield chunk


def _row(records: Sequence[DeltaRecord], at: datetime) -> DeltaPack:
    first, last = records[0], records[-1]
    return DeltaPack(
        segment_id=first.segment_id,
        first_delta=first.number,
        last_delta=last.number,
        first_at=first.published_at,
        last_at=last.published_at,
        count=len(records),
        entered_count=sum(record.entered_count for record in records),
        left_count=sum(record.left_count for record in records),
        content=packed(records),
        digest=digest_of(records),
        packed_at=at,
    )


def _check(rows: Sequence[DeltaPack], records: Sequence[DeltaRecord]) -> None:
    """Read what was written, and compare it with what it should hold."""
    stored = DeltaPack.objects.filter(pk__in=[row.pk for row in rows]).order_by("first_delta")
    found = [(Pack(bytes(row.content)).records(), row.digest) for row in stored]
    if [record for part, _ in found for record in part] != records:
        raise PackDiffers(f"A pack of segment {records[0].segment_id} does not hold the changes it should hold.")
    if any(digest_of(part) != digest for part, digest in found):
        raise PackDiffers(f"A pack of segment {records[0].segment_id} does not have its digest.")


def thin_snapshots(at: datetime) -> int:
    """Remove snapshots that older ones and changes can stand in for; how many.

    Afterwards each segment has its newest snapshot and the one that stands now, the last of each of the past 30 days,
    and the last of each month before.
    """
    rows = Snapshot.objects.order_by("segment_id", "-through", "-pk").values_list("pk", "segment_id", "published_at")
    seen: set[tuple[int, str]] = set()
    newest: set[int] = set()
    spare: list[int] = []
    limit = at - timedelta(days=_DAYS_DAILY)
    for pk, segment_id, published_at in rows.iterator():
        period = published_at.strftime("%Y-%m-%d" if published_at >= limit else "%Y-%m")
        if segment_id in newest and (segment_id, period) in seen:
            spare.append(pk)
        newest.add(segment_id)
        seen.add((segment_id, period))
    in_use = Current.objects.filter(snapshot__isnull=False).values("snapshot_id")
    removed, _ = Snapshot.objects.filter(pk__in=spare).exclude(pk__in=in_use).delete()
    return removed


_KEPT_OF_LINE = {"segment", "name", "version", "state", "size", "entered", "left", "cause"}


def slim_manifests(at: datetime) -> int:
    """Take from the manifests of old micro-batches what only a repetition would need; how many were slimmed.

    Afterwards the row and its numbers stand: what changed in which segment, counts, and the digest of the whole.
    """
    limit = at - timedelta(days=settings.SEGPORTAL_RUN_DAYS)
    rows = Run.objects.filter(kind=RunKind.MICRO, state=RunState.SUCCEEDED, ended_at__lt=limit)
    found = list(rows.exclude(manifest__has_key="slimmed_at").order_by("pk")[:5000])
    for run in found:
        run.manifest = _slim(run.manifest) | {"slimmed_at": at.isoformat()}
    Run.objects.bulk_update(found, ["manifest"], batch_size=500)
    return len(found)


def _slim(manifest: dict[str, Any]) -> dict[str, Any]:
    """A manifest without the rules, the times of the stages and the digests of single segments."""
    kept = {name: value for name, value in manifest.items() if name not in {"rules", "options"}}
    kept["seconds"] = {"total": manifest.get("seconds", {}).get("total", 0)}
    kept["segments"] = [
        {name: value for name, value in line.items() if name in _KEPT_OF_LINE} for line in manifest.get("segments", [])
    ]
    return kept
