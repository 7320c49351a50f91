"""Reading how the segments do."""

import dataclasses
from datetime import datetime

from customers.selectors import customer_count
from insights.measures import churn, share
from insights.models import SegmentMeasure
from memberships.selectors import SizeRow, sizes
from taxonomy.selectors import active_rules


@dataclasses.dataclass(frozen=True)
class HealthRow:
    """One segment: how large, how much of the base, how it moved last."""

    key: str
    name: str
    size: SizeRow | None
    share: float | None
    entered: int
    left: int
    churn: float | None
    moved_at: datetime | None


def health() -> list[HealthRow]:
    """Every segment in force with its last movement, in the taxonomy's order."""
    known, whole = sizes(), customer_count()
    last = {
        measure.segment_key: measure
        for measure in SegmentMeasure.objects.order_by("segment_key", "-at", "-id").distinct("segment_key")
    }
    return [_row(rule.key, rule.name, known.get(rule.key), last.get(rule.key), whole) for rule in active_rules()]


def _row(key: str, name: str, size: SizeRow | None, last: SegmentMeasure | None, whole: int) -> HealthRow:
    known_size = size.size if size is not None else None
    return HealthRow(
        key=key,
        name=name,
        size=size,
        share=share(known_size, whole) if known_size is not None else None,
        entered=last.entered if last else 0,
        left=last.left if last else 0,
        churn=churn(last.entered, last.left, last.size) if last else None,
        moved_at=last.at if last else None,
    )
