"""How far what is published is behind what is known of customers."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max, Min

from common.clock import now
from customers.selectors.publishing import waiting
from memberships.models import Current


@dataclass(frozen=True)
class Lag:
    """`waiting` customers have changed since what is published, the first of them at `since`, `seconds` ago (0 where
    nobody has). `watermark` is the newest change that every segment in force holds, `newest` the newest there is."""

    waiting: int
    since: datetime | None
    seconds: float
    watermark: int
    newest: int
    published_at: datetime | None


def lag() -> Lag:
    """The lag of now. Segments whose rule fails do not count: they say themselves that they are out of date."""
    rows = Current.objects.filter(snapshot__isnull=False)
    facts = (rows.filter(failure="") if rows.filter(failure="").exists() else rows).aggregate(
        watermark=Min("watermark"), published_at=Max("published_at")
    )
    found = waiting(after=facts["watermark"] or 0)
    seconds = max(0.0, (now() - found.since).total_seconds()) if found.since else 0.0
    return Lag(found.customers, found.since, seconds, facts["watermark"] or 0, found.newest, facts["published_at"])
