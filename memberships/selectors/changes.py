"""Who came and went, change by change, in pages that stay the same while more is published or packed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from customers import selectors as customers
from memberships.choices import Cause
from memberships.selectors.deltas import DeltaRecord, deltas_after, heads_at
from taxonomy.selectors import segment_by_key, version_labels

_BATCH = 100


@dataclass(frozen=True)
class ChangeRow:
    """Some of those who entered and left by one run for one cause. A large change comes in several rows."""

    at: datetime
    run_id: int
    version_number: int
    previous_version_number: int | None
    cause: Cause
    entered: list[str]
    left: list[str]
    entered_count: int
    left_count: int


@dataclass(frozen=True)
class ChangesPage:
    """Changes, oldest first; `next` is (number of the change, position within it) to go on at, None at the end."""

    rows: list[ChangeRow]
    next: tuple[int, int] | None


@dataclass(frozen=True)
class _Part:
    """Those of one change from a position on: first who entered, then who left."""

    change: DeltaRecord
    entered: Sequence[int]
    left: Sequence[int]


def changes_since(
    key: str, since: datetime | None, *, begin: tuple[int, int] = (0, 0), limit: int = 500
) -> ChangesPage:
    """Who entered and left after `since`, oldest first, up to `limit` customers, from `begin` on."""
    segment_id = segment_by_key(key).pk
    after = begin[0] - 1
    if since is not None and not begin[0]:
        before = heads_at(since, [key]).get(key)
        after = before.number if before else -1
    parts: list[_Part] = []
    onward = None
    records = deltas_after(segment_id, after, _BATCH)
    for record in records:
        start = begin[1] if record.number == begin[0] else 0
        if limit <= 0:
            onward = (record.number, start)
            break
        part = _part(record, start, limit)
        parts.append(part)
        taken = len(part.entered) + len(part.left)
        limit -= taken
        if start + taken < record.entered_count + record.left_count:
            onward = (record.number, start + taken)
            break
    else:
        onward = (records[-1].number + 1, 0) if records and deltas_after(segment_id, records[-1].number, 1) else None
    return ChangesPage(_rows(parts), onward)


def _part(record: DeltaRecord, start: int, room: int) -> _Part:
    entered = list(record.entered[start : start + room]) if start < record.entered_count else []
    begin = max(0, start - record.entered_count)
    left = list(record.left[begin : begin + room - len(entered)]) if record.left_count > begin else []
    return _Part(record, entered, left)


def _rows(parts: Sequence[_Part]) -> list[ChangeRow]:
    """The parts with ids and versions by number; two queries for all of them."""
    ids = customers.ids_by_ordinal(sorted({ordinal for part in parts for ordinal in (*part.entered, *part.left)}))
    versions = {pk for part in parts for pk in (part.change.version_id, part.change.previous_version_id) if pk}
    numbers = {pk: number for pk, (number, _) in version_labels(versions).items()}
    return [
        ChangeRow(
            at=part.change.published_at,
            run_id=part.change.run_id,
            version_number=numbers[part.change.version_id],
            previous_version_number=numbers.get(part.change.previous_version_id or 0),
            cause=Cause(part.change.cause),
            entered=[ids[ordinal] for ordinal in part.entered if ordinal in ids],
            left=[ids[ordinal] for ordinal in part.left if ordinal in ids],
            entered_count=part.change.entered_count,
            left_count=part.change.left_count,
        )
        for part in parts
    ]
