"""Where the members of several segments go when an operation changes them at once: everybody counted, on one build."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import polars as pl
from pyroaring import BitMap

from memberships import bitmaps, compiler
from memberships.errors import NotComputed
from memberships.selectors.builds import readable_build
from taxonomy.selectors import active_rules


@dataclass(frozen=True)
class Members:
    """The members of some segments by the rules in force at the moment of asking, on one build."""

    build_number: int
    population: int
    sets: Mapping[str, BitMap]


def members_by_rule(keys: Sequence[str], as_of: datetime) -> Members:
    """Who is in each of these segments; those that are not in use have nobody. Raises NotComputed."""
    build = readable_build()
    in_force = {row.key: row.rule for row in active_rules() if not row.fault}
    wanted = [key for key in keys if key in in_force]
    if not wanted:
        return Members(build.number, build.alive_count, {key: BitMap() for key in keys})
    needed = compiler.closure(in_force, wanted)
    planned = compiler.plan(build.frame, needed, as_of=as_of, wanted=wanted, kept=(), holds=build.holds)
    if planned.refused:
        raise NotComputed(next(iter(planned.refused.values())))
    try:
        rows = planned.frame.collect()
    except pl.exceptions.PolarsError as error:
        raise NotComputed(compiler.plain_reason(error)) from error
    sets = {**{key: BitMap() for key in keys}, **bitmaps.from_frame(rows.select(planned.names))}
    return Members(build.number, build.alive_count, sets)


def regrouped(before: Members, after: Members, olds: Sequence[str], news: Sequence[str]) -> dict[str, Any]:
    """How many go from each old segment to each new one, how many find no place, and how many come from none.

    Every cell counts customers; somebody in two new segments is counted in both, and once in `staying`.
    """
    around_old = BitMap().union(*(before.sets[key] for key in olds)) if olds else BitMap()
    around_new = BitMap().union(*(after.sets[key] for key in news)) if news else BitMap()
    return {
        "rows": [
            {
                "old": old,
                "size": len(before.sets[old]),
                "to": [
                    {"new": new, "count": before.sets[old].intersection_cardinality(after.sets[new])} for new in news
                ],
                "unplaced": len(before.sets[old] - around_new),
            }
            for old in olds
        ],
        "sizes": {new: len(after.sets[new]) for new in news},
        "entering": len(around_new - around_old),
        "leaving": len(around_old - around_new),
        "staying": len(around_old & around_new),
        "total": len(around_new),
    }
