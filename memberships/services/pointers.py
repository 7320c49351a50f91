"""Where the segments stand, as a micro-batch needs to know it: one light query."""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from memberships.choices import RunState
from memberships.selectors.reading import Position


@dataclass(frozen=True, slots=True)
class Pointer:
    """What `Current` says of one published segment, with the number of its version, the build under it, and how the run
    that failed to renew it ended."""

    segment_id: int
    snapshot_id: int
    through: int
    watermark: int
    as_of: datetime
    published_at: datetime
    rule_digest: str
    version_id: int
    version_number: int
    pass_number: int
    build_id: int
    failed_state: str | None
    failed_code: str | None

    @property
    def position(self) -> Position:
        return Position(self.segment_id, self.snapshot_id, self.through)

    @property
    def rule_failed(self) -> bool:
        """Whether the rule itself could not be evaluated; a run that failed as a whole says nothing of the rule."""
        if self.failed_state is None:
            return False
        return not (self.failed_state == RunState.FAILED and self.failed_code != "rules_failed")


_POINTERS = """
    SELECT c.segment_id, c.snapshot_id, c.through, c.watermark, c.as_of, c.published_at, c.rule_digest, c.version_id,
           v.number, c.pass_number, r.build_id, f.state, f.error_code
    FROM memberships_current c
    JOIN memberships_run r ON r.id = c.run_id
    JOIN taxonomy_segmentversion v ON v.id = c.version_id
    LEFT JOIN memberships_run f ON f.id = c.failed_run_id
    WHERE c.snapshot_id IS NOT NULL
    ORDER BY c.segment_id
"""


def pointers() -> list[Pointer]:
    """Where every published segment stands. Under the publication lock nobody moves them meanwhile."""
    with connection.cursor() as cursor:
        cursor.execute(_POINTERS)
        return [Pointer(*row) for row in cursor.fetchall()]
