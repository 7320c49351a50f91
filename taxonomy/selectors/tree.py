"""The taxonomy as a tree."""

import dataclasses
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from taxonomy import policies
from taxonomy.choices import SegmentStatus
from taxonomy.models import SegmentVersion


@dataclasses.dataclass(frozen=True)
class TreeRow:
    """One segment in its place: rows come parent first, depth counted from 0 at the root."""

    key: str
    name: str
    meaning: str
    tier: str
    status: str
    parent_key: str | None
    depth: int
    version_number: int
    enacted_at: datetime
    objective_key: str | None
    attribute_keys: tuple[str, ...]
    owner_ids: frozenset[int]


@dataclasses.dataclass(frozen=True)
class TreeBranch:
    """One segment with what stands below it."""

    row: TreeRow
    children: tuple["TreeBranch", ...]


def tree_for(viewer: Any, *, with_retired: bool = False) -> list[TreeRow]:
    """The segments that the viewer may read, depth first, siblings by name; retired ones only on request."""
    segments = policies.segments.visible(viewer)
    if not with_retired:
        segments = segments.exclude(status=SegmentStatus.RETIRED)
    versions = (
        SegmentVersion.objects.filter(segment__in=segments)
        .select_related("segment__parent", "objective")
        .order_by("segment_id", "-number")
        .distinct("segment_id")
    )
    found = {version.segment_id: version for version in versions}
    below: dict[int | None, list[SegmentVersion]] = {}
    for version in sorted(found.values(), key=lambda each: (each.name.casefold(), each.segment.key)):
        parent_id = version.segment.parent_id
        below.setdefault(parent_id if parent_id in found else None, []).append(version)
    rows: list[TreeRow] = []
    waiting = [(version, 0) for version in reversed(below.get(None, []))]
    while waiting:
        version, depth = waiting.pop()
        rows.append(_row(version, depth))
        waiting.extend((child, depth + 1) for child in reversed(below.get(version.segment_id, [])))
    return rows


def _row(version: SegmentVersion, depth: int) -> TreeRow:
    segment = version.segment
    return TreeRow(
        key=segment.key,
        name=version.name,
        meaning=version.meaning,
        tier=version.tier,
        status=segment.status,
        parent_key=segment.parent.key if segment.parent else None,
        depth=depth,
        version_number=version.number,
        enacted_at=version.enacted_at,
        objective_key=version.objective.key if version.objective else None,
        attribute_keys=tuple(version.attribute_keys),
        owner_ids=frozenset((version.data_owner_id, version.definition_owner_id, version.outcome_owner_id)),
    )


def branches(rows: Iterable[TreeRow]) -> tuple[TreeBranch, ...]:
    """The rows nested: the same order, each with its children."""
    ordered = list(rows)
    below: dict[str | None, list[TreeBranch]] = {}
    for row in reversed(ordered):
        branch = TreeBranch(row, tuple(reversed(below.pop(row.key, []))))
        below.setdefault(row.parent_key if row.depth else None, []).append(branch)
    return tuple(reversed(below.get(None, [])))


@dataclasses.dataclass(frozen=True)
class Narrowing:
    """What to look for in the tree; empty parts ask nothing."""

    text: str = ""
    tier: str = ""
    objective: str = ""
    attribute: str = ""
    owner_id: int | None = None

    def fits(self, row: TreeRow) -> bool:
        """Whether the row answers every part."""
        wanted = self.text.casefold().strip()
        return (
            (not wanted or wanted in f"{row.name} {row.key} {row.meaning}".casefold())
            and (not self.tier or row.tier == self.tier)
            and (not self.objective or row.objective_key == self.objective)
            and (not self.attribute or self.attribute in row.attribute_keys)
            and (self.owner_id is None or self.owner_id in row.owner_ids)
        )


def narrowed(rows: Iterable[TreeRow], wanted: Narrowing) -> list[TreeRow]:
    """The rows that fit, with everything above them, so that each keeps its place."""
    ordered = list(rows)
    above = {row.key: row.parent_key for row in ordered}
    kept: set[str] = set()
    for row in ordered:
        key: str | None = row.key if wanted.fits(row) else None
        while key is not None and key not in kept:
            kept.add(key)
            key = above.get(key)
    return [row for row in ordered if row.key in kept]
