"""What an answer over several segments stands on: for each the state that was read, its version, run and as-of."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pyroaring import BitMap

from common.clock import now
from memberships.errors import MomentInFuture
from memberships.models import Current, Run, Snapshot
from memberships.selectors.deltas import delta_heads
from memberships.selectors.reading import Position, members_at, positions_at
from taxonomy.selectors import version_labels


@dataclass(frozen=True)
class Ground:
    """One segment that an answer was made of. `watermark`: the newest change of a customer that it holds, where known;
    `why_stale`: set where its last run failed."""

    key: str
    name: str
    version_number: int
    run_id: int
    as_of: datetime | None
    published_at: datetime
    position: Position
    watermark: int | None = None
    why_stale: str = ""


def grounds(keys: Iterable[str] | None = None, at: datetime | None = None) -> dict[str, Ground]:
    """The computed ones among the segments (all, when none are named), now or at the instant, by key.

    Raises MomentInFuture.
    """
    if at is not None and at > now():
        raise MomentInFuture("That instant has not come yet. Ask for one in the past.", pointer="/at")
    named = None if keys is None else sorted(set(keys))
    return _current(named) if at is None else _past(named, at)


def members_on(found: Mapping[str, Ground]) -> dict[str, BitMap]:
    """The members that each ground stands for, by key. Do not change the bitmaps."""
    members = members_at(ground.position for ground in found.values())
    return {key: members[ground.position.segment_id] for key, ground in found.items()}


def _current(keys: list[str] | None) -> dict[str, Ground]:
    rows = Current.objects.filter(snapshot__isnull=False)
    if keys is not None:
        rows = rows.filter(segment__key__in=keys)
    facts = rows.order_by("segment__key").values_list(
        "segment__key",
        "version__name",
        "version__number",
        "run_id",
        "as_of",
        "published_at",
        "segment_id",
        "snapshot_id",
        "through",
        "watermark",
        "failure",
    )
    return {row[0]: _ground(*row) for row in facts}


def _ground(key: str, name: str, number: Any, run_id: Any, as_of: Any, published_at: Any, *rest: Any) -> Ground:
    segment_id, snapshot_id, through, watermark, failure = rest
    position = Position(segment_id, snapshot_id, through)
    return Ground(key, name, number, run_id, as_of, published_at, position, watermark, failure)


def _past(keys: list[str] | None, at: datetime) -> dict[str, Ground]:
    positions = positions_at(at, keys)
    through = {position.segment_id: position.through for position in positions.values()}
    last = {
        head.segment_id: (head.version_id, head.run_id, head.published_at)
        for head in delta_heads(list(through), {pk: number - 1 for pk, number in through.items()}, through)
    }
    # A state whose last number is of another segment's change was written whole by the run of its snapshot.
    whole = [each.snapshot_id for each in positions.values() if each.segment_id not in last]
    if whole:
        rows = Snapshot.objects.filter(pk__in=whole).order_by()
        facts = rows.values_list("segment_id", "version_id", "run_id", "published_at")
        last |= {segment_id: (version_id, run_id, moment) for segment_id, version_id, run_id, moment in facts}
    labels = version_labels(version_id for version_id, _, _ in last.values())
    as_of = dict(Run.objects.filter(pk__in={row[1] for row in last.values()}).values_list("pk", "as_of"))
    found = {}
    for key, position in sorted(positions.items()):
        if position.segment_id in last:
            version_id, run_id, published_at = last[position.segment_id]
            number, name = labels[version_id]
            found[key] = Ground(key, name, number, run_id, as_of.get(run_id), published_at, position)
    return found


def oldest_as_of(found: Iterable[Ground]) -> datetime | None:
    """The as-of of the oldest among the grounds."""
    return min((ground.as_of for ground in found if ground.as_of is not None), default=None)
