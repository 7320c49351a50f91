"""What a rule would select on the newest build, clause by clause."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import polars as pl

from common.clock import now
from memberships import compiler
from memberships.errors import NotComputed
from memberships.policies import MembershipPolicy
from memberships.selectors.builds import readable_build
from taxonomy.rules import Rule, attributes_used, clauses, segments_used, to_text, to_words
from taxonomy.selectors import active_rules, rule_catalogue

SMALL = 5


@dataclass(frozen=True)
class FunnelStep:
    """How many are left after one more clause, and how many it took away."""

    clause: str
    words: str
    kept: int
    dropped: int


@dataclass(frozen=True)
class Preview:
    """How many customers a rule selects out of all, counted on build number `build`."""

    count: int
    total: int
    as_of: datetime
    build: int
    exact: bool
    funnel: list[FunnelStep]


def preview(rule: Rule) -> Preview:
    """Count the rule and its top-level clauses, one after the other. Raises NotComputed."""
    build = readable_build()
    parts = clauses(rule)
    names = [f"?{position}" for position in range(len(parts))]
    asked = dict(zip(names, parts, strict=True))
    as_of = now()
    planned = compiler.plan(build.frame, {**referred(rule), **asked}, as_of=as_of, wanted=names, holds=build.holds)
    if refused := [planned.refused[name] for name in names if name in planned.refused]:
        raise NotComputed(refused[0])
    steps = [pl.all_horizontal(names[: position + 1]).sum().alias(name) for position, name in enumerate(names)]
    try:
        counted = planned.frame.select(steps).collect().row(0)
    except pl.exceptions.PolarsError as error:
        raise NotComputed(compiler.plain_reason(error)) from error
    catalogue = rule_catalogue(attributes_used(rule))
    kept = [build.alive_count, *(int(value) for value in counted)]
    funnel = [
        FunnelStep(to_text(part), to_words(part, catalogue), kept[position + 1], kept[position] - kept[position + 1])
        for position, part in enumerate(parts)
    ]
    return Preview(kept[-1], build.alive_count, as_of, build.number, True, funnel)


def referred(*rules: Rule) -> dict[str, Rule]:
    """The rules in force of all segments that the rules refer to, directly or through others."""
    keys = {key for rule in rules for key in segments_used(rule)}
    if not keys:
        return {}
    return compiler.closure({row.key: row.rule for row in active_rules() if not row.fault}, keys)


def shown_count(viewer: Any, count: int) -> int | str:
    """The count, or “fewer than 5” where a small one could point at persons whom the viewer may not see."""
    if 0 < count < SMALL and not MembershipPolicy().can(viewer, "view_members"):
        return f"fewer than {SMALL}"
    return count
