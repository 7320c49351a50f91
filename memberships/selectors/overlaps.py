"""Who is in two segments, or in a segment and in none of its children."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import polars as pl
from pyroaring import BitMap

from common.clock import now
from customers.selectors import external_ids
from memberships import bitmaps, compiler
from memberships.errors import NotComputed
from memberships.policies import MembershipPolicy
from memberships.selectors.builds import readable_build
from memberships.selectors.evidence import Confirmed, comparable, confirmed, outside
from taxonomy.rules import Rule
from taxonomy.selectors import active_rules

_STALE = (
    "The members of these segments were not computed by the rules in force, over the same customers and on the same "
    "day. Compute all segments first."
)


@dataclass(frozen=True)
class RegionPage:
    """Some customers of a region in the order of their ordinals; `next` is the ordinal to go on after."""

    external_ids: list[str]
    next: int | None
    total: int
    run_id: int
    build_number: int
    as_of: datetime


def overlap_page(*, viewer: Any, first: str, second: str, after: int = -1, limit: int = 50) -> RegionPage:
    """Customers who are in both segments. Raises NotAllowed and NotComputed."""
    MembershipPolicy().require(viewer, "view_members")
    known = confirmed([first, second])
    if not comparable(known, first, [second]):
        raise NotComputed(_STALE)
    return _page(known[first], known[first].members & known[second].members, after, limit)


def outside_page(*, viewer: Any, key: str, after: int = -1, limit: int = 50) -> RegionPage:
    """Customers of the segment who are in none of its children. Raises NotAllowed and NotComputed."""
    MembershipPolicy().require(viewer, "view_members")
    children = [row.key for row in active_rules() if row.parent_key == key]
    known = confirmed([key, *children])
    if not comparable(known, key, children):
        raise NotComputed(_STALE)
    return _page(known[key], outside(known[key], [known[child] for child in children]), after, limit)


def _page(seen: Confirmed, found: BitMap, after: int, limit: int) -> RegionPage:
    ordinals = bitmaps.ordinals_after(found, after, limit + 1)
    page = ordinals[:limit]
    return RegionPage(
        external_ids=external_ids(page),
        next=page[-1] if len(ordinals) > limit else None,
        total=len(found),
        run_id=seen.run_id,
        build_number=seen.build_number,
        as_of=seen.as_of,
    )


def count_together(rules: Mapping[str, Rule], inside: Sequence[str], outside: Sequence[str]) -> int | None:
    """How many customers of the newest build are in all of `inside` and in none of `outside`, by these rules; they
    answer for one another's references. None where it cannot be counted."""
    wanted = [*inside, *outside]
    try:
        build = readable_build()
        planned = compiler.plan(build.frame, compiler.closure(rules, wanted), as_of=now(), wanted=wanted)
        if any(key in planned.refused for key in wanted):
            return None
        sets = bitmaps.from_frame(planned.frame.collect())
    except (NotComputed, pl.exceptions.PolarsError):
        return None
    found = BitMap.intersection(*(sets[key] for key in inside))
    return len(found - BitMap().union(*(sets[key] for key in outside)))
