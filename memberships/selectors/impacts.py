"""What a proposed rule would change: who enters, who leaves, where they come from and go to, and what hangs on them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import polars as pl
from pyroaring import BitMap

from common.clock import now
from customers.selectors import external_ids
from memberships import bitmaps, compiler
from memberships.errors import NotComputed
from memberships.selectors.builds import ReadableBuild, readable_build
from memberships.selectors.stakes import Sources, Stakes, sources_of, stakes_of
from taxonomy.rules import Rule
from taxonomy.selectors import ActiveRule, active_rules

SAMPLE = 5
_NEW, _OLD = "?new", "?old"


@dataclass(frozen=True)
class Impact:
    """Old and new rule on one build, so that nothing but the rule makes the difference.

    `total` is the size under the new rule, `population` all customers; `samples` names a few who enter and leave, only
    for eyes that may see customers; `moves` counts, for each sibling, those who enter and are in it (`from`) and those
    who leave and are in it (`to`), `elsewhere` those who are in no sibling. `members_digest` is of the bitmap that the
    new rule selects on this build. Where `not_computed_reason` is set, nothing was counted and all counts are None.
    """

    entering: int | None
    leaving: int | None
    staying: int | None
    total: int | None
    population: int | None
    build_number: int | None
    as_of: datetime
    samples: dict[str, list[str]] = field(default_factory=dict)
    moves: list[dict[str, Any]] = field(default_factory=list)
    not_computed_reason: str | None = None
    elsewhere: dict[str, int] = field(default_factory=dict)
    stakes: Stakes | None = None
    build_digest: str = ""
    members_digest: str = ""


def impact(*, segment_key: str | None, effective_rule: Rule, parent_key: str | None) -> Impact:
    """Compare the proposed effective rule with the one in force of the segment (nobody, for a new segment)."""
    as_of = now()
    try:
        build = readable_build()
        live = [row for row in active_rules() if not row.fault or row.key == segment_key]
        siblings = [row for row in live if row.parent_key == parent_key and row.key != segment_key]
        sources = sources_of(build.frame)
        rows, names = _evaluated(build, effective_rule, segment_key, siblings, live, as_of, sources)
    except NotComputed as error:
        return Impact(None, None, None, None, None, None, as_of, not_computed_reason=error.detail)
    sets = {_OLD: BitMap(), **bitmaps.from_frame(rows.select(names))}
    new, old = sets[_NEW], sets[_OLD]
    change = bitmaps.entered_left(old, new)
    beside = [row for row in siblings if row.key in sets]
    around = BitMap().union(*(sets[row.key] for row in beside))
    return Impact(
        entering=len(change.entered),
        leaving=len(change.left),
        staying=old.intersection_cardinality(new),
        total=len(new),
        population=build.alive_count,
        build_number=build.number,
        as_of=as_of,
        samples={"entering": _sample(change.entered), "leaving": _sample(change.left)},
        moves=_moves(beside, sets, change),
        elsewhere={"from": len(change.entered - around), "to": len(change.left - around)},
        stakes=stakes_of(rows, sources, new=_NEW, old=_OLD),
        build_digest=build.digest,
        members_digest=bitmaps.digest(new),
    )


def _evaluated(
    build: ReadableBuild,
    effective_rule: Rule,
    segment_key: str | None,
    siblings: Sequence[ActiveRule],
    live: Sequence[ActiveRule],
    as_of: datetime,
    sources: Sources,
) -> tuple[pl.DataFrame, list[str]]:
    """One pass over the build: the columns of the rules (by the names returned) and those that stakes are read from."""
    if fault := next((row.fault for row in live if row.fault), ""):
        raise NotComputed(f"The rule in force cannot be evaluated, so there is nothing to compare with: {fault}")
    in_force = {row.key: row.rule for row in live}
    asked = {_NEW: effective_rule}
    if segment_key in in_force:
        asked[_OLD] = in_force[segment_key]
    wanted = [*asked, *(row.key for row in siblings)]
    needed = compiler.closure({**in_force, **asked}, wanted)
    planned = compiler.plan(build.frame, needed, as_of=as_of, wanted=wanted, kept=sources.keys, holds=build.holds)
    if _NEW in planned.refused:
        raise NotComputed(planned.refused[_NEW])
    try:
        return planned.frame.collect(), planned.names
    except pl.exceptions.PolarsError as error:
        raise NotComputed(compiler.plain_reason(error)) from error


def _sample(members: BitMap) -> list[str]:
    return external_ids(list(members[:SAMPLE]))


def _moves(siblings: Sequence[ActiveRule], sets: Mapping[str, BitMap], change: bitmaps.Change) -> list[dict[str, Any]]:
    rows = [
        {
            "segment": row.key,
            "name": row.name,
            "from": change.entered.intersection_cardinality(sets[row.key]),
            "to": change.left.intersection_cardinality(sets[row.key]),
        }
        for row in siblings
    ]
    return [row for row in rows if row["from"] or row["to"]]
