"""The crosswalk: how the segments of one day go on in those of a later day, line by line."""

from dataclasses import dataclass
from datetime import datetime

from taxonomy.choices import IN_USE
from taxonomy.models import Correspondence, Segment, SegmentVersion


@dataclass(frozen=True)
class Line:
    """One old segment and the new one it goes on in; `new` is empty where nothing continues it."""

    operation: str
    request_ref: str
    old: str
    old_version: int | None
    new: str
    new_version: int | None
    is_whole: bool
    note: str
    at: datetime


def lines_between(since: datetime, until: datetime) -> list[Line]:
    """The lines of all decisions after the one instant and not after the other, in their order."""
    rows = Correspondence.objects.filter(at__gt=since, at__lte=until).select_related("old", "new").order_by("at", "pk")
    return [
        Line(
            row.operation,
            row.request_ref,
            row.old.key if row.old else "",
            row.old_version,
            row.new.key if row.new else "",
            row.new_version,
            row.is_whole,
            row.note,
            row.at,
        )
        for row in rows
    ]


def heirs_of(key: str) -> list[str]:
    """The keys of the segments in use in which one that was retired goes on today, by key; through later decisions."""
    found: set[str] = set()
    seen, waiting = {key}, [key]
    while waiting:
        rows = Correspondence.objects.filter(old__key__in=waiting, new__isnull=False).select_related("new")
        reached = {row.new.key: row.new.status for row in rows if row.new is not None and row.new.key not in seen}
        found |= {each for each, status in reached.items() if status in IN_USE}
        seen |= reached.keys()
        waiting = [each for each, status in reached.items() if status not in IN_USE]
    return sorted(found)


@dataclass(frozen=True)
class Then:
    """One segment as it stood on a day: its version, name, place and depth."""

    key: str
    number: int
    name: str
    tier: str
    parent: str | None


def taxonomy_at(at: datetime) -> dict[str, Then]:
    """The segments in force at the instant, by key, in the order of their names."""
    rows = (
        SegmentVersion.objects.filter(enacted_at__lte=at)
        .exclude(ended_at__lte=at)
        .order_by("name", "pk")
        .values_list("segment__key", "number", "name", "tier", "parent__key")
    )
    return {row[0]: Then(*row) for row in rows}


def is_taken(key: str) -> bool:
    """Whether any segment has this key, or had it."""
    return Segment.objects.filter(key=key).exists()
