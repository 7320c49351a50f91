"""The builds that are kept for looking back: one for the end of each month."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from customers.choices import BuildState
from customers.models import MonthEnd


@dataclass(frozen=True)
class KeptMonth:
    """What the customers were at the end of a month. `schema`: attribute key -> type; `build_id` is None where no build
    is kept, then `reason` says why."""

    on: date
    build_id: int | None = None
    build_number: int | None = None
    note: str = ""
    schema: Mapping[str, str] | None = None
    reason: str = ""

    @property
    def as_of(self) -> datetime:
        """The last instant of the month."""
        return datetime.combine(self.on, time.max, UTC)


def last_month_ends(at: datetime, count: int = 12) -> list[date]:
    """The last days of the `count` months that have turned before `at` (UTC), oldest first."""
    found: list[date] = []
    first = at.astimezone(UTC).date().replace(day=1)
    while len(found) < count:
        last = first - timedelta(days=1)
        found.append(last)
        first = last.replace(day=1)
    return found[::-1]


def kept_months(at: datetime, count: int = 12) -> list[KeptMonth]:
    """The last `count` month-ends before `at`, oldest first, each with its build or the reason why there is none."""
    wanted = last_month_ends(at, count)
    rows = MonthEnd.objects.filter(on__in=wanted).select_related("build").defer("build__facts", "build__quality")
    known = {row.on: row for row in rows.order_by()}
    return [_month(on, known.get(on)) for on in wanted]


def _month(on: date, row: MonthEnd | None) -> KeptMonth:
    if row is None:
        return KeptMonth(on, reason="No build of the customers was kept at the end of this month.")
    if row.build.state != BuildState.READY:
        return KeptMonth(on, reason="The files of this month's build are gone.", note=row.note)
    return KeptMonth(on, row.build_id, row.build.number, row.note, row.build.schema)
