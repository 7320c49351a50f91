"""Changes of members by their numbers, whether they stand alone or in packs: the only reader of both tables."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from django.db import connection
from pyroaring import BitMap

from memberships.rows.packs import DeltaHead, DeltaRecord, Pack

__all__ = ["DeltaHead", "DeltaRecord", "delta_heads", "deltas_between", "entered_by", "left_by"]

_LAST = 2**63 - 1
_WANTED = "unnest(%s::bigint[], %s::bigint[], %s::bigint[]) AS w(segment_id, after, through)"
_FACTS = """d.id, d.segment_id, d.run_id, d.version_id, d.previous_version_id, d.entered_count, d.left_count, d.size,
            d.cause, d.published_at"""
# One statement sees one state: a change that compaction moves meanwhile is found in one of the two tables, never in
# both and never in none.
_READ = """
    SELECT {facts}, {members}, NULL::bytea AS content FROM {wanted}
    JOIN memberships_delta d ON d.segment_id = w.segment_id AND d.id > w.after AND d.id <= w.through
    UNION ALL
    SELECT p.first_delta, p.segment_id, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, p.content
    FROM {wanted} JOIN memberships_deltapack p
    ON p.segment_id = w.segment_id AND p.last_delta > w.after AND p.first_delta <= w.through
"""


def deltas_between(
    segment_ids: Collection[int], after: Mapping[int, int] | int = 0, through: Mapping[int, int] | int | None = None
) -> Iterator[DeltaRecord]:
    """The changes of the segments numbered above `after` and up to `through` (for all, or by segment; a segment that a
    mapping lacks begins at the first and has no end), in the order of their numbers; one query."""
    loose, packs, wanted = _rows(segment_ids, after, through, "d.entered, d.left")
    found = [DeltaRecord(*row[:12]) for row in loose]
    for pack in packs:
        low, high = wanted[pack.segment_id]
        found += (record for record in pack.records() if low < record.number <= high)
    return iter(sorted(found, key=_number))


def delta_heads(
    segment_ids: Collection[int], after: Mapping[int, int] | int = 0, through: Mapping[int, int] | int | None = None
) -> list[DeltaHead]:
    """As `deltas_between`, without the customers."""
    loose, packs, wanted = _rows(segment_ids, after, through, "NULL::bytea, NULL::bytea")
    found = [DeltaHead(*row[:10]) for row in loose]
    for pack in packs:
        low, high = wanted[pack.segment_id]
        found += (head for head in pack.heads() if low < head.number <= high)
    return sorted(found, key=_number)


def entered_by(segment_ids: Collection[int], numbers: Iterable[int]) -> dict[int, BitMap]:
    """Who entered by each of these changes of the segments. Do not change the bitmaps."""
    return {record.number: record.entered for record in _numbered(segment_ids, numbers)}


def left_by(segment_ids: Collection[int], numbers: Iterable[int]) -> dict[int, BitMap]:
    """Who left by each of these changes of the segments. Do not change the bitmaps."""
    return {record.number: record.left for record in _numbered(segment_ids, numbers)}


def _numbered(segment_ids: Collection[int], numbers: Iterable[int]) -> list[DeltaRecord]:
    wanted = set(numbers)
    if not wanted:
        return []
    found = deltas_between(segment_ids, min(wanted) - 1, max(wanted))
    return [record for record in found if record.number in wanted]


def _number(head: DeltaHead) -> int:
    return head.number


def _rows(
    segment_ids: Collection[int], after: Mapping[int, int] | int, through: Mapping[int, int] | int | None, members: str
) -> tuple[list[Any], list[Pack], dict[int, tuple[int, int]]]:
    """Rows of changes that stand alone, packs, and what is wanted of each segment."""
    ids = list(dict.fromkeys(segment_ids))
    wanted = {pk: (_bound(after, pk, 0), _bound(through, pk, _LAST)) for pk in ids}
    asked = [ids, [wanted[pk][0] for pk in ids], [wanted[pk][1] for pk in ids]]
    if not ids:
        return [], [], wanted
    with connection.cursor() as cursor:
        cursor.execute(_READ.format(facts=_FACTS, members=members, wanted=_WANTED), [*asked, *asked])
        rows = cursor.fetchall()
    loose = [row for row in rows if row[12] is None]
    return loose, [Pack(row[1], row[12]) for row in rows if row[12] is not None], wanted


def _bound(given: Mapping[int, int] | int | None, segment_id: int, otherwise: int) -> int:
    if given is None:
        return otherwise
    return given if isinstance(given, int) else given.get(segment_id, otherwise)
