"""How many are in each segment, since when, and how that came."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db.models import F, FilteredRelation, OuterRef, Q, Subquery

from memberships.choices import Cause, Freshness
from memberships.measures.steps import thinned
from memberships.models import Current
from memberships.selectors.deltas import steps_of
from safeguards.choices import Scope
from safeguards.selectors import frozen_here
from taxonomy.selectors import segment_by_key, version_labels
from taxonomy.selectors.effective import Standing, standings


@dataclass(frozen=True)
class SizeRow:
    """One segment's size and what it stands on. `reason` says why it is stale or not computed; `is_behind` when the
    version in force was not counted yet: its run is on its way, though it may not have been asked for at this instant.
    """

    key: str
    size: int | None
    as_of: datetime | None
    run_id: int | None
    version_number: int | None
    published_at: datetime | None
    state: Freshness
    reason: str = ""
    is_behind: bool = False

    @property
    def run_name(self) -> str:
        """The run in words."""
        return f"run {self.run_id}" if self.run_id else ""


@dataclass(frozen=True)
class SizePoint:
    """The size after a change, and who moved since the point before; `changes` of them stand in one point."""

    at: datetime
    value: int
    version_number: int
    run_id: int
    cause: Cause
    entered: int
    left: int
    is_new_version: bool
    changes: int = 1

    @property
    def note(self) -> str:
        """What the chart writes at the point."""
        return f"version {self.version_number}" if self.is_new_version else ""


def sizes() -> dict[str, SizeRow]:
    """The size of every segment in use, by key; two queries."""
    standing = standings()
    live = FilteredRelation("segment__versions", condition=Q(segment__versions__state="active"))
    rows = Current.objects.select_related("segment", "version").annotate(live=live).annotate(live_id=F("live__id"))
    stop = frozen_here(Scope.SEGMENT, OuterRef("segment__key"))
    rows = rows.annotate(freeze_reason=Subquery(stop.values("reason")[:1]))
    known = {row.segment.key: row for row in rows.order_by()}
    found = {key: _row(key, known.get(key)) for key in standing}
    return {key: _stopped(_standing_on(row, found, standing), known.get(key)) for key, row in found.items()}


def size_of(key: str) -> SizeRow:
    """The size of one segment; not computed for keys that are not in use."""
    return sizes().get(key) or replace(_row(key, None), is_behind=False)


def _row(key: str, row: Any | None) -> SizeRow:
    if row is None or row.version is None:
        reason = row.failure if row else ""
        return SizeRow(key, None, None, None, None, None, Freshness.NOT_COMPUTED, reason, is_behind=not reason)
    reason = ""
    is_behind = not row.failure and row.version_id != row.live_id
    if row.failure:
        reason = row.failure
    elif is_behind:
        reason = (
            f"These are the members of version {row.version.number}; a newer version is in force and waits for its run."
        )
    state = Freshness.STALE if reason else Freshness.FRESH
    return SizeRow(key, row.size, row.as_of, row.run_id, row.version.number, row.published_at, state, reason, is_behind)


def _standing_on(row: SizeRow, found: Mapping[str, SizeRow], standing: Mapping[str, Standing]) -> SizeRow:
    """A segment is not fresher than what it stands on: its parents' rules are part of its own."""
    seen: set[str] = set()
    open_keys = [row.key] if row.state == Freshness.FRESH else []
    while open_keys:
        for ground in standing[open_keys.pop()].grounds:
            if ground in seen or ground not in found:
                continue
            if found[ground].state != Freshness.FRESH:
                reason = f"“{ground}”, which it stands on, is not up to date."
                return replace(row, state=Freshness.STALE, reason=reason)
            seen.add(ground)
            open_keys.append(ground)
    return row


def _stopped(row: SizeRow, stored: Any | None) -> SizeRow:
    """A frozen segment says so. What stands on it goes on: rules read attributes and rules, never members."""
    if stored is None or stored.freeze_reason is None or row.size is None:
        return row
    reason = f"Frozen, so its members stay as they are: {stored.freeze_reason}"
    return replace(row, state=Freshness.STALE, reason=reason, is_behind=False)


def size_history(key: str, limit: int = 240) -> list[SizePoint]:
    """The size of a segment over time, oldest first, as about `limit` points: of each stretch of time the smallest, the
    largest and the last size, and every new version. Between two points nobody who moved is left out of the counts."""
    steps = thinned(steps_of(segment_by_key(key).pk), limit)
    numbers = version_labels(step.version_id for step in steps) if steps else {}
    return [
        SizePoint(
            at=step.at,
            value=step.size,
            version_number=numbers[step.version_id][0],
            run_id=step.run_id,
            cause=Cause(step.cause),
            entered=step.entered,
            left=step.left,
            is_new_version=step.is_new_version,
            changes=step.changes,
        )
        for step in steps
    ]
