"""Reading how the segments do."""

import dataclasses
from datetime import datetime, timedelta

from common.clock import now
from customers.selectors import customer_count
from insights.measures import churn, share
from insights.selectors.reports import Rate, rates
from memberships.selectors import SizeRow, sizes
from memberships.selectors.recent import Recent, moved_since
from taxonomy.selectors import active_rules

# Micro-batches move a few customers at a time: the movement of the last one alone would say nothing.
PERIOD = timedelta(days=1)


@dataclasses.dataclass(frozen=True)
class HealthRow:
    """One segment: how large, how much of the base, how it moved in the last day."""

    key: str
    name: str
    size: SizeRow | None
    share: float | None
    entered: int
    left: int
    churn: float | None
    moved_at: datetime | None
    doubts: Rate | None


def health() -> list[HealthRow]:
    """Every segment in force with its movement of the last day, in the taxonomy's order."""
    known, whole, moved = sizes(), customer_count(), moved_since(now() - PERIOD)
    doubts = rates()
    return [
        _row(rule.key, rule.name, known.get(rule.key), moved.get(rule.key), whole, doubts.get(rule.key))
        for rule in active_rules()
    ]


def _row(key: str, name: str, size: SizeRow | None, last: Recent | None, whole: int, doubts: Rate | None) -> HealthRow:
    known_size = size.size if size is not None else None
    return HealthRow(
        key=key,
        name=name,
        size=size,
        share=share(known_size, whole) if known_size is not None else None,
        entered=last.entered if last else 0,
        left=last.left if last else 0,
        churn=churn(last.entered, last.left, known_size) if last and known_size is not None else None,
        moved_at=last.at if last else None,
        doubts=doubts,
    )
