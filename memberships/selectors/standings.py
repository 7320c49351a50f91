"""What is published of one segment and of what it stands on, for one customer; two small queries."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from memberships.choices import Freshness
from memberships.models import Current
from memberships.selectors.reading import members_of
from taxonomy.selectors.lineages import VersionInForce


@dataclass(frozen=True)
class Standing:
    """`is_in`: for the segment and each ground whether the customer is a member as published, None where that is not
    computed. The rest is of the segment itself, as `size_of` has it."""

    is_in: Mapping[str, bool | None]
    state: Freshness
    as_of: datetime | None
    run_id: int | None


def standing_of(ordinal: int, key: str, grounds: Mapping[str, VersionInForce]) -> Standing:
    """Where the customer stands in a segment and in everything that it stands on."""
    rows = Current.objects.filter(segment__key__in=list(grounds)).order_by()
    found = {
        row[0]: row[1:]
        for row in rows.values_list("segment__key", "snapshot_id", "version_id", "failure", "as_of", "run_id")
    }
    members = members_of(row[0] for row in found.values() if row[0] is not None)
    is_in: dict[str, bool | None] = dict.fromkeys(grounds)
    fresh = True
    for each, version in grounds.items():
        snapshot_id, version_id, failure, *_ = found.get(each, (None, None, "", None, None))
        is_in[each] = None if snapshot_id is None else ordinal in members[snapshot_id]
        fresh = fresh and not failure and version_id == version.version_id
    *_, as_of, run_id = found.get(key, (None, None))
    state = Freshness.NOT_COMPUTED if is_in[key] is None else Freshness.FRESH if fresh else Freshness.STALE
    return Standing(is_in, state, as_of, run_id)
