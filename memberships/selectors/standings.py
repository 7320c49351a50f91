"""What is published of one segment and of what it stands on, for one customer."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from memberships.choices import Freshness
from memberships.selectors.reading import Position, members_at
from taxonomy.selectors.lineages import VersionInForce


@dataclass(frozen=True)
class Standing:
    """`is_in`: for the segment and each ground whether the customer is a member as published, None where that is not
    computed. The rest is of the segment itself, as `size_of` has it."""

    is_in: Mapping[str, bool | None]
    state: Freshness
    as_of: datetime | None
    run_id: int | None


_CURRENT = """
    SELECT s.key, c.segment_id, c.snapshot_id, c.through, c.version_id, c.failure, c.as_of, c.run_id,
           EXISTS (SELECT FROM safeguards_freeze f
                   WHERE f.scope = 'segment' AND f.key = s.key AND f.lifted_at IS NULL)
    FROM memberships_current c JOIN taxonomy_segment s ON s.id = c.segment_id WHERE s.key = ANY(%s)
"""


def standing_of(ordinal: int, key: str, grounds: Mapping[str, VersionInForce]) -> Standing:
    """Where the customer stands in a segment and in everything that it stands on."""
    with connection.cursor() as cursor:
        cursor.execute(_CURRENT, [list(grounds)])
        found = {row[0]: row[1:] for row in cursor.fetchall()}
    members = members_at(Position(*row[:3]) for row in found.values() if row[1] is not None)
    is_in: dict[str, bool | None] = dict.fromkeys(grounds)
    fresh = True
    for each, version in grounds.items():
        segment_id, _, _, version_id, failure, *_ = found.get(each, (None, None, None, None, "", None, None, False))
        is_in[each] = ordinal in members[segment_id] if segment_id in members else None
        fresh = fresh and not failure and version_id == version.version_id
    *_, as_of, run_id, is_frozen = found.get(key, (None, None, False))
    fresh = fresh and not is_frozen
    state = Freshness.NOT_COMPUTED if is_in[key] is None else Freshness.FRESH if fresh else Freshness.STALE
    return Standing(is_in, state, as_of, run_id)
