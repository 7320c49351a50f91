"""Reading efforts: what was spent on segments, and what it moved."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import QuerySet, Sum

from aims.choices import EffortKind
from aims.measures import returned
from aims.models import Actual, Effort
from aims.selectors.actuals import measured_key, standing_actuals, today

PERIOD_DAYS = 365


@dataclass(frozen=True)
class Spent:
    """Hours and money of one segment in a period."""

    hours: float = 0.0
    money: float = 0.0

    def costs(self, hour_costs: float) -> float:
        """Both in money, an hour at its stated costs."""
        return self.money + self.hours * hour_costs


@dataclass(frozen=True)
class Return:
    """What an objective moved for a segment between two actuals, per unit of what was spent in between."""

    objective: Any
    before: Actual
    after: Actual
    spent: Spent
    per_hour: float | None
    per_thousand: float | None

    @property
    def moved(self) -> float:
        """The change of the metric, in its own unit."""
        return float(self.after.value - self.before.value)


def efforts_of(segment_key: str) -> QuerySet[Effort]:
    """What was spent on the segment, newest period first, without what was withdrawn."""
    rows = Effort.objects.filter(segment__key=segment_key, withdrawn_at__isnull=True)
    return rows.select_related("recorded_by").order_by("-starts_on", "-pk")


def spent_by_segment(since: date | None = None, until: date | None = None) -> dict[str, Spent]:
    """Segment -> what was spent in periods that begin between the days; the last year unless told otherwise."""
    until = until or today()
    since = since or until - timedelta(days=PERIOD_DAYS)
    rows = (
        Effort.objects.filter(withdrawn_at__isnull=True, starts_on__gte=since, starts_on__lte=until)
        .values("segment__key", "kind")
        .annotate(total=Sum("amount"))
        .order_by()
    )
    found: dict[str, dict[str, float]] = {}
    for row in rows:
        found.setdefault(row["segment__key"], {})[row["kind"]] = float(row["total"])
    return {
        key: Spent(parts.get(EffortKind.HOURS, 0.0), parts.get(EffortKind.MONEY, 0.0)) for key, parts in found.items()
    }


def return_of(objective: Any, segment_key: str) -> Return | None:
    """What the objective moved between its first and its last actual, per hour and per 1,000 of money spent in between.

    None while there are not two actuals of this version's metric, or nothing was spent.
    """
    own = measured_key(objective, segment_key)
    rows = standing_actuals().filter(objective=objective)
    actuals = list(rows.filter(segment__key=own) if own else rows.filter(segment__isnull=True))
    if len(actuals) < 2:
        return None
    before, after = actuals[0], actuals[-1]
    spent = spent_by_segment(before.on, after.on).get(segment_key)
    if spent is None:
        return None
    falls = objective.baseline is not None and objective.target < objective.baseline
    ends = float(before.value), float(after.value)
    return Return(
        objective=objective,
        before=before,
        after=after,
        spent=spent,
        per_hour=returned(*ends, spent.hours, falls=falls),
        per_thousand=returned(*ends, spent.money / 1000, falls=falls),
    )


def spent_words(spent: Mapping[str, Spent], key: str) -> str:
    """What was spent, in words."""
    own = spent.get(key)
    if own is None:
        return "nothing recorded"
    parts = [f"{own.hours:,.0f} hours"] if own.hours else []
    parts += [f"{own.money:,.0f} in money"] if own.money else []
    return " and ".join(parts)
