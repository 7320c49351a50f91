"""How much moved lately in every segment."""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection


@dataclass(frozen=True)
class Recent:
    """How many entered and left one segment since an instant, and when somebody last did. Who moved twice counts twice;
    the first computation moves nobody, since it tells who was in already."""

    entered: int
    left: int
    at: datetime


# Changes of the last days stand alone: compaction packs older ones only.
_RECENT = """
    SELECT s.key, moved.entered, moved."left", moved.at
    FROM memberships_current c JOIN taxonomy_segment s ON s.id = c.segment_id
    CROSS JOIN LATERAL (
        SELECT sum(d.entered_count)::bigint AS entered, sum(d.left_count)::bigint AS "left",
               max(d.published_at) AS at
        FROM memberships_delta d
        WHERE d.segment_id = c.segment_id AND d.published_at > %s AND d.cause <> 'first'
              AND d.entered_count + d.left_count > 0
    ) moved
    WHERE moved.at IS NOT NULL
"""


def moved_since(at: datetime) -> dict[str, Recent]:
    """What moved in each segment after an instant of the last days, by key, without segments in which nobody did."""
    with connection.cursor() as cursor:
        cursor.execute(_RECENT, [at])
        return {key: Recent(entered, left, moment) for key, entered, left, moment in cursor.fetchall()}
