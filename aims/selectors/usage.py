"""Reading how much segments are used, and which nobody uses."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Max, Sum

from aims.choices import UNUSED_DAYS, UsageKind
from aims.models import UsageDay
from aims.selectors.actuals import today
from aims.selectors.tallies import counted_today
from taxonomy.selectors import tree_for


@dataclass(frozen=True)
class Usage:
    """How often a segment was used in a period, by kind, and when last (ever)."""

    key: str
    name: str
    tier: str
    counts: Mapping[str, int]
    last_on: date | None

    @property
    def total(self) -> int:
        """All uses of the period."""
        return sum(self.counts.values())

    @property
    def words(self) -> str:
        """The kinds in which it was used, with how often."""
        return "; ".join(f"{label.lower()} {count:,}×" for label, count in self.lines if count)

    @property
    def lines(self) -> list[tuple[str, int]]:
        """(kind in words, how often) of each kind."""
        return [(label, self.counts.get(value, 0)) for value, label in UsageKind.choices]


def usage_for(*, viewer: Any, days: int = UNUSED_DAYS) -> list[Usage]:
    """All segments in use with how often they were used in the last days: the least used first."""
    since = today() - timedelta(days=days)
    sums: dict[str, dict[str, int]] = {}
    for row in (
        UsageDay.objects.filter(on__gt=since).values("segment__key", "kind").annotate(total=Sum("count")).order_by()
    ):
        sums.setdefault(row["segment__key"], {})[row["kind"]] = row["total"]
    last = dict(UsageDay.objects.order_by().values_list("segment__key").annotate(Max("on")))
    for (kind, key), count in counted_today().items():
        counts = sums.setdefault(key, {})
        counts[kind] = counts.get(kind, 0) + count
        last[key] = today()
    rows = [Usage(row.key, row.name, row.tier, sums.get(row.key, {}), last.get(row.key)) for row in tree_for(viewer)]
    return sorted(rows, key=lambda row: (row.total, row.last_on or date.min))


def unused_for(*, viewer: Any, days: int = UNUSED_DAYS) -> list[Usage]:
    """The segments in use that nobody has used for so many days; they are to be reviewed."""
    return [row for row in usage_for(viewer=viewer, days=days) if row.total == 0]


def usage_of(key: str, days: int = UNUSED_DAYS) -> Usage:
    """How often one segment was used in the last days; two queries."""
    since = today() - timedelta(days=days)
    rows = UsageDay.objects.filter(segment__key=key).order_by()
    counts: dict[str, int] = dict(rows.filter(on__gt=since).values_list("kind").annotate(total=Sum("count")))
    last = rows.aggregate(last=Max("on"))["last"]
    for (kind, counted), count in counted_today().items():
        if counted == key:
            counts[kind] = counts.get(kind, 0) + count
            last = today()
    return Usage(key, "", "", counts, last)
