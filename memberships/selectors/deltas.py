"""Changes of members by their numbers, whether they stand alone or in packs: the only reader of both tables."""

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from typing import Any

from django.db import connection

from memberships.measures.steps import Step, by_run
from memberships.rows.packs import HEADS, LEFT, LENGTHS, SUMMARY, DeltaHead, DeltaRecord, Moves, Pack, moves_by_cause

__all__ = [
    "DeltaHead",
    "DeltaRecord",
    "delta_heads",
    "deltas_after",
    "deltas_between",
    "heads_at",
    "loose_and_packs",
    "moves_between",
    "moves_since",
    "steps_of",
]

_LAST = 2**63 - 1
_FACTS = """d.id, d.segment_id, d.run_id, d.version_id, d.previous_version_id, d.entered_count, d.left_count, d.size,
            d.cause, d.published_at"""
_NO_FACTS = "NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL"


def _cut(last: int) -> str:
    """The content of a pack up to its section `last`, without reading the rest."""
    start = f"substring(p.content FOR {LENGTHS.size})"
    lengths = (
        " + ".join(f"get_byte({start}, {4 + 4 * section + place}) * {256**place}" for place in range(4))
        for section in range(last + 1)
    )
    return f"substring(p.content FOR {LENGTHS.size} + {' + '.join(lengths)})"


# One statement sees one state: a change that compaction moves meanwhile is found in one of the two tables, never in
# both and never in none.
_READ = """
    WITH w AS (SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[]) AS w(segment_id, after, through))
    SELECT {facts}, {members}, NULL::bytea FROM w
    JOIN memberships_delta d ON d.segment_id = w.segment_id AND d.id > w.after AND d.id <= w.through
    UNION ALL
    SELECT p.first_delta, p.segment_id, p.last_delta, {no_facts_but_one}, NULL, NULL, {content} FROM w
    JOIN memberships_deltapack p
        ON p.segment_id = w.segment_id AND p.last_delta > w.after AND p.first_delta <= w.through
    ORDER BY 2, 1
"""


def deltas_between(
    segment_ids: Collection[int], after: Mapping[int, int] | int = 0, through: Mapping[int, int] | int | None = None
) -> Iterator[DeltaRecord]:
    """The changes of the segments numbered above `after` and up to `through` (for all, or by segment; a segment that a
    mapping lacks begins at the first and has no end), in the order of their numbers; one query."""
    wanted = _bounds(segment_ids, after, through)
    found: list[DeltaRecord] = []
    for row in _rows(wanted, "d.entered, d.left", "p.content"):
        if row[12] is None:
            found.append(DeltaRecord(*row[:12]))
        else:
            low, high = wanted[row[1]]
            found += (record for record in Pack(row[12]).records() if low < record.number <= high)
    return iter(sorted(found, key=_number))


def delta_heads(
    segment_ids: Collection[int], after: Mapping[int, int] | int = 0, through: Mapping[int, int] | int | None = None
) -> list[DeltaHead]:
    """As `deltas_between`, without the customers."""
    wanted = _bounds(segment_ids, after, through)
    found: list[DeltaHead] = []
    for row in _rows(wanted, "NULL::bytea, NULL::bytea", _cut(HEADS)):
        if row[12] is None:
            found.append(DeltaHead(*row[:10]))
        else:
            low, high = wanted[row[1]]
            found += (head for head in Pack(row[12]).heads() if low < head.number <= high)
    return sorted(found, key=_number)


def loose_and_packs(
    segment_ids: Collection[int], after: Mapping[int, int]
) -> Iterator[DeltaRecord | tuple[int, int, int, Pack]]:
    """What follows `after`, segment by segment in order: changes that stand alone, and of packs the segment, the first
    and last number, and the content as far as it says who moved at all."""
    for row in _rows(_bounds(segment_ids, after, None), "d.entered, d.left", _cut(LEFT)):
        yield DeltaRecord(*row[:12]) if row[12] is None else (row[1], row[0], row[2], Pack(row[12]))


def steps_of(segment_id: int) -> list[Step]:
    """The size of a segment over all its changes, by run; for packed ones only the steps that the pack tells."""
    steps: list[Step] = []
    for row in _rows(_bounds([segment_id], 0, None), "NULL::bytea, NULL::bytea", _cut(SUMMARY)):
        steps += [DeltaHead(*row[:10]).step] if row[12] is None else Pack(row[12]).steps()
    return by_run(steps)


def moves_between(segment_id: int, after: int, through: int) -> dict[str, Moves]:
    """How many entered and left by the changes above `after` and up to `through`, cause by cause."""
    found: dict[str, Moves] = {}
    for row in _rows(_bounds([segment_id], after, through), "NULL::bytea, NULL::bytea", _cut(HEADS)):
        if row[12] is None:
            part: Mapping[str, Moves] = moves_by_cause([DeltaHead(*row[:10])])
        elif row[0] > after and row[2] <= through:
            part = Pack(row[12]).causes()
        else:
            part = moves_by_cause(head for head in Pack(row[12]).heads() if after < head.number <= through)
        for cause, moves in part.items():
            found[cause] = found.get(cause, Moves()) + moves
    return found


_SINCE = """
    SELECT s.id, moved.at, moved.entered, moved."left", moved.changes, NULL::bytea FROM taxonomy_segment s
    CROSS JOIN LATERAL (
        SELECT max(d.published_at) AS at, sum(d.entered_count)::bigint AS entered, sum(d.left_count)::bigint AS "left",
               count(*) AS changes FROM memberships_delta d
        WHERE d.segment_id = s.id AND d.published_at > %(at)s AND d.cause <> %(but)s
              AND d.entered_count + d.left_count > 0) moved
    WHERE moved.at IS NOT NULL
    UNION ALL
    SELECT p.segment_id, NULL, NULL, NULL, NULL, {heads} FROM memberships_deltapack p WHERE p.last_at > %(at)s
"""


def moves_since(at: datetime, *, but: str) -> dict[int, tuple[Moves, datetime]]:
    """How many entered and left each segment after the instant by any cause but one, and when somebody last did."""
    with connection.cursor() as cursor:
        cursor.execute(_SINCE.format(heads=_cut(HEADS)), {"at": at, "but": but})
        rows = cursor.fetchall()
    found: dict[int, tuple[Moves, datetime]] = {}
    for segment_id, moment, entered, left, changes, content in rows:
        parts = [(Moves(entered, left, changes), moment)] if content is None else _moves_of(Pack(content), at, but)
        for moves, last_at in parts:
            before = found.get(segment_id, (Moves(), last_at))
            found[segment_id] = (before[0] + moves, max(before[1], last_at))
    return found


def _moves_of(pack: Pack, at: datetime, but: str) -> list[tuple[Moves, datetime]]:
    return [
        (Moves(head.entered_count, head.left_count, 1), head.published_at)
        for head in pack.heads()
        if head.published_at > at and head.cause != but and head.entered_count + head.left_count
    ]


_NEXT = """
    (SELECT {facts}, d.entered, d.left, NULL::bytea FROM memberships_delta d
    WHERE d.segment_id = %s AND d.id > %s ORDER BY d.id LIMIT %s)
    UNION ALL
    (SELECT p.first_delta, p.segment_id, {no_facts}, NULL, NULL, p.content FROM memberships_deltapack p
    WHERE p.segment_id = %s AND p.last_delta > %s ORDER BY p.first_delta LIMIT 1)
"""


def deltas_after(segment_id: int, after: int, most: int) -> list[DeltaRecord]:
    """Some of the changes that follow the number `after`, at most `most`; none only where no change follows."""
    with connection.cursor() as cursor:
        asked = [segment_id, after, most, segment_id, after]
        cursor.execute(_NEXT.format(facts=_FACTS, no_facts=_NO_FACTS), asked)
        rows = cursor.fetchall()
    # What is packed is older than everything that stands alone.
    if packs := [Pack(row[12]) for row in rows if row[12] is not None]:
        return [record for record in packs[0].records() if record.number > after][:most]
    return [DeltaRecord(*row[:12]) for row in rows]


_AT = """
    SELECT s.key, {facts}, p.content FROM taxonomy_segment s
    LEFT JOIN LATERAL (
        SELECT * FROM memberships_delta d WHERE d.segment_id = s.id AND d.published_at <= %(at)s
        ORDER BY d.published_at DESC, d.id DESC LIMIT 1) d ON TRUE
    LEFT JOIN LATERAL (
        SELECT {content} AS content FROM memberships_deltapack p WHERE p.segment_id = s.id AND p.first_at <= %(at)s
        ORDER BY p.first_delta DESC LIMIT 1) p ON d.id IS NULL
    WHERE %(keys)s::text[] IS NULL OR s.key = ANY(%(keys)s::text[])
"""


def heads_at(at: datetime, keys: Collection[str] | None = None) -> dict[str, DeltaHead]:
    """The newest change of each segment (of these, or of all) at the instant, by key; one query. Segments that had not
    been computed are missing."""
    with connection.cursor() as cursor:
        given = {"at": at, "keys": None if keys is None else list(keys)}
        cursor.execute(_AT.format(facts=_FACTS, content=_cut(HEADS)), given)
        rows = cursor.fetchall()
    found = {row[0]: DeltaHead(*row[1:11]) for row in rows if row[1] is not None}
    for key, *_, content in rows:
        if content is not None:
            found[key] = [head for head in Pack(content).heads() if head.published_at <= at][-1]
    return found


def _number(head: DeltaHead) -> int:
    return head.number


def _bounds(
    segment_ids: Collection[int], after: Mapping[int, int] | int, through: Mapping[int, int] | int | None
) -> dict[int, tuple[int, int]]:
    return {pk: (_bound(after, pk, 0), _bound(through, pk, _LAST)) for pk in segment_ids}


def _bound(given: Mapping[int, int] | int | None, segment_id: int, otherwise: int) -> int:
    if given is None:
        return otherwise
    return given if isinstance(given, int) else given.get(segment_id, otherwise)


def _rows(wanted: Mapping[int, tuple[int, int]], members: str, content: str) -> list[Any]:
    """By segment in order: of changes that stand alone facts and members, of packs the numbers and the content."""
    if not wanted:
        return []
    statement = _READ.format(facts=_FACTS, members=members, content=content, no_facts_but_one=_NO_FACTS[6:])
    with connection.cursor() as cursor:
        lows, highs = zip(*wanted.values(), strict=True)
        cursor.execute(statement, [list(wanted), list(lows), list(highs)])
        rows: list[Any] = cursor.fetchall()
    return rows
