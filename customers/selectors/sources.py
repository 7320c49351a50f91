"""Reading sources and their loads."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Count, Max, Q, QuerySet

from common.clock import now
from customers.errors import NoSuchSource
from customers.models import Source, SourceLoad
from customers.policies import AttributePolicy, SourcePolicy
from customers.rows import could_be_key, read_derivation
from customers.rows.derivations import attributes_read


@dataclass(frozen=True)
class SourceLine:
    """A source with its freshness: `state` is fresh, stale or absent (nothing came yet); `due_at` is when it turns
    stale.
    """

    source: Source
    state: str
    loaded_at: datetime | None
    due_at: datetime | None
    attribute_count: int


def source_by_key(key: str) -> Source:
    """The source of that key."""
    found = Source.objects.filter(key=key).first() if could_be_key(key) else None
    if found is None:
        raise NoSuchSource(f"There is no source “{key}”.")
    return found


def source_version(key: str) -> int:
    """The version of the source of that key; 0 where there is none."""
    found = Source.objects.filter(key=key).first() if could_be_key(key) else None
    return found.version if found else 0


def source_for(*, viewer: Any, key: str) -> Source:
    """The source of that key, if the viewer may see sources."""
    rows = SourcePolicy().visible(viewer).select_related("steward")
    found = rows.filter(key=key).first() if could_be_key(key) else None
    if found is None:
        raise NoSuchSource(f"There is no source “{key}”.")
    return found


def sources_for(*, viewer: Any) -> QuerySet[Source]:
    """The sources that the viewer may see, by name, with `loaded_at` and `attribute_count` (visible attributes)."""
    seen = AttributePolicy().visible(viewer).values("pk")
    return (
        SourcePolicy()
        .visible(viewer)
        .select_related("steward")
        .annotate(
            loaded_at=Max("loads__at"),
            attribute_count=Count("attributes", filter=Q(attributes__in=seen), distinct=True),
        )
        .order_by("name", "key")
    )


def _line(source: Any, at: datetime) -> SourceLine:
    loaded = source.loaded_at
    due = loaded + timedelta(hours=source.freshness_hours) if loaded else None
    state = "absent" if due is None else "fresh" if at < due else "stale"
    return SourceLine(source, state, loaded, due, source.attribute_count)


def source_lines_for(*, viewer: Any) -> list[SourceLine]:
    """Every visible source with its freshness."""
    at = now()
    return [_line(source, at) for source in sources_for(viewer=viewer)]


def freshness_of(*, viewer: Any) -> dict[str, SourceLine]:
    """Source key -> its freshness."""
    return {line.source.key: line for line in source_lines_for(viewer=viewer)}


@dataclass(frozen=True)
class Delivery:
    """When a source last delivered anything, and whether it is overdue since."""

    name: str
    loaded_at: datetime | None
    is_overdue: bool


_LAST_DELIVERIES = """
    SELECT s.key, s.name, s.freshness_hours, (SELECT max(l.at) FROM customers_sourceload l WHERE l.source_id = s.id)
    FROM customers_source s WHERE s.key = ANY(%s)
"""


def last_deliveries(*, viewer: Any, keys: Iterable[str], at: datetime | None = None) -> dict[str, Delivery]:
    """Key -> last delivery of those of the sources that the viewer may see; overdue as of `at`, else of now."""
    if not SourcePolicy().can(viewer, "view"):
        return {}
    at = at or now()
    with connection.cursor() as cursor:
        cursor.execute(_LAST_DELIVERIES, [list(keys)])
        return {
            key: Delivery(name, last, last is not None and at >= last + timedelta(hours=hours))
            for key, name, hours, last in cursor.fetchall()
        }


def overdue_inputs(attribute_keys: Iterable[str], *, viewer: Any, at: datetime | None = None) -> list[Delivery]:
    """The sources, by name, that are overdue of what the attributes rest on: their own, and for scores those of what
    they read. Only what the viewer may see; nothing about hidden attributes.
    """
    wanted = set(attribute_keys)
    seen = AttributePolicy().visible(viewer)
    rows = list(seen.filter(key__in=wanted).values_list("source__key", "derivation"))
    read = {
        key for _, derivation in rows if derivation for key in attributes_read(read_derivation(derivation))
    } - wanted
    sources = {source for source, _ in rows if source}
    if read:
        sources.update(seen.filter(key__in=read).exclude(source=None).values_list("source__key", flat=True))
    found = last_deliveries(viewer=viewer, keys=sources, at=at) if sources else {}
    return sorted((one for one in found.values() if one.is_overdue), key=lambda one: one.name)


def loads_of(source: Source) -> QuerySet[SourceLoad]:
    """What came from the source, newest first."""
    return source.loads.select_related("job").order_by("-at")
