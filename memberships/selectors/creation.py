"""What a rule would be among its neighbours: its size, that of its parent, and whom it shares with its siblings."""

from dataclasses import dataclass
from datetime import datetime

import polars as pl

from common.clock import now
from memberships import compiler
from memberships.errors import NotComputed
from memberships.selectors.builds import readable_build
from taxonomy.rules import Rule
from taxonomy.selectors import active_rules

_NEW = "?"


@dataclass(frozen=True)
class Neighbour:
    """A sibling: how many it has, and how many of them the rule selects too."""

    key: str
    name: str
    size: int
    shared: int
    either: int

    @property
    def jaccard(self) -> float:
        """Those in both, as a share of those in either."""
        return self.shared / self.either if self.either else 0.0


@dataclass(frozen=True)
class CreationEvidence:
    """Counts on build number `build`; `parent_size` is None for a root. The closest sibling stands first."""

    size: int
    population: int
    parent_size: int | None
    siblings: list[Neighbour]
    build: int
    as_of: datetime


def creation_evidence(rule: Rule, *, key: str, parent_key: str | None) -> CreationEvidence:
    """Count an effective rule, its parent and what it shares with each sibling, in one pass. Raises NotComputed."""
    build, as_of = readable_build(), now()
    live = {row.key: row for row in active_rules() if not row.fault}
    siblings = [row for row in live.values() if row.parent_key == parent_key and row.key != key]
    wanted = [_NEW, *([parent_key] if parent_key in live else []), *(row.key for row in siblings)]
    in_force = {name: row.rule for name, row in live.items()}
    needed = compiler.closure({**in_force, _NEW: rule}, [name for name in wanted if name])
    planned = compiler.plan(
        build.frame, needed, as_of=as_of, wanted=[name for name in wanted if name], holds=build.holds
    )
    if _NEW in planned.refused:
        raise NotComputed(planned.refused[_NEW])
    sums = [pl.col(name).sum().alias(f"size:{name}") for name in planned.names]
    sums += [(pl.col(name) & pl.col(_NEW)).sum().alias(f"both:{name}") for name in planned.names]
    try:
        counted = planned.frame.select(sums).collect().row(0, named=True)
    except pl.exceptions.PolarsError as error:
        raise NotComputed(compiler.plain_reason(error)) from error
    size = int(counted[f"size:{_NEW}"])
    found = [
        Neighbour(
            row.key,
            row.name,
            theirs := int(counted[f"size:{row.key}"]),
            shared := int(counted[f"both:{row.key}"]),
            theirs + size - shared,
        )
        for row in siblings
        if row.key in planned.names
    ]
    parent_size = counted.get(f"size:{parent_key}")
    return CreationEvidence(
        size=size,
        population=build.alive_count,
        parent_size=None if parent_size is None else int(parent_size),
        siblings=sorted(found, key=lambda each: (-each.jaccard, each.key)),
        build=build.number,
        as_of=as_of,
    )
