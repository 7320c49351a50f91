"""Which segments were published at an instant of the past."""

from dataclasses import dataclass
from datetime import datetime

from memberships.models import Run
from memberships.selectors.reading import stood_at
from taxonomy.selectors import version_headings


@dataclass(frozen=True)
class Stood:
    """One segment as it stood: by which version and run."""

    key: str
    version_number: int
    run_id: int
    as_of: datetime | None


def stood_then(at: datetime) -> list[Stood]:
    """Every segment that had members published at the instant, by key."""
    stood = stood_at(at)
    versions = version_headings(each.change.version_id for each in stood.values())
    runs = Run.objects.filter(pk__in={each.change.run_id for each in stood.values()}).order_by()
    as_of = dict(runs.values_list("pk", "as_of"))
    return [
        Stood(key, versions[each.change.version_id].number, each.change.run_id, as_of[each.change.run_id])
        for key, each in sorted(stood.items())
    ]
