"""Two rules on the newest build: how many are in one only, in the other only and in both, and who for example."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import polars as pl
from pyroaring import BitMap

from common.clock import now
from customers.selectors import external_ids, ordinals_of, visible_attribute_keys
from memberships import bitmaps, compiler
from memberships.errors import NotComputed
from memberships.policies import MembershipPolicy
from memberships.selectors.builds import ReadableBuild, readable_build
from memberships.selectors.masked_previews import rounded
from memberships.selectors.previews import referred
from taxonomy.rules import AttributeFacts, Rule, attributes_used
from taxonomy.selectors import Value, label_of, rule_catalogue, value_words

# So many are looked at for one who was not erased since the build.
_CANDIDATES = 20
_OLD, _NEW = "?old", "?new"


@dataclass(frozen=True)
class Regions:
    """The ordinals in each region of two effective rules, on one build, so that nothing but the rules differs."""

    build: ReadableBuild
    as_of: datetime
    members: dict[str, BitMap]

    @property
    def counts(self) -> dict[str, int]:
        """How many customers are in each region."""
        return {name: len(members) for name, members in self.members.items()}


@dataclass(frozen=True)
class Example:
    """One real customer with the values that the rules read, without those that the viewer may not see."""

    external_id: str
    values: tuple[Value, ...]
    withheld: int


@dataclass(frozen=True)
class ShownRegions:
    """The regions as one viewer may see them: counts are numbers, rounded ones where not `exact`, or “fewer than 5”.

    `examples` holds one customer for each region that has one and for whom the viewer may see customers. Where
    `not_computed_reason` is set, nothing was counted.
    """

    counts: dict[str, int | str] = field(default_factory=dict)
    total: int | None = None
    build: int | None = None
    as_of: datetime | None = None
    exact: bool = False
    examples: dict[str, Example] = field(default_factory=dict)
    why_no_examples: str = ""
    not_computed_reason: str = ""


def regions_between(old: Rule, new: Rule) -> Regions:
    """Evaluate two effective rules on the newest build. Raises NotComputed."""
    build = readable_build()
    as_of = now()
    asked = {**referred(old, new), _OLD: old, _NEW: new}
    planned = compiler.plan(build.frame, asked, as_of=as_of, wanted=[_OLD, _NEW], holds=build.holds)
    if planned.refused:
        raise NotComputed(planned.refused.get(_NEW) or next(iter(planned.refused.values())))
    try:
        sets = bitmaps.from_frame(planned.frame.collect())
    except pl.exceptions.PolarsError as error:
        raise NotComputed(compiler.plain_reason(error)) from error
    before, after = sets[_OLD], sets[_NEW]
    return Regions(build, as_of, {"only_old": before - after, "both": before & after, "only_new": after - before})


def regions_for(viewer: Any, old: Rule, new: Rule) -> ShownRegions:
    """The regions of two effective rules for the viewer's eyes; what is returned may be shown as it is."""
    try:
        found = regions_between(old, new)
    except NotComputed as error:
        return ShownRegions(not_computed_reason=error.detail)
    why_not = MembershipPolicy().reason(viewer, "view_members") or ""
    return ShownRegions(
        counts=dict(found.counts) if not why_not else {name: rounded(count) for name, count in found.counts.items()},
        total=found.build.alive_count,
        build=found.build.number,
        as_of=found.as_of,
        exact=not why_not,
        examples={} if why_not else _examples(viewer, found, old, new),
        why_no_examples=why_not,
    )


def _examples(viewer: Any, found: Regions, *rules: Rule) -> dict[str, Example]:
    """In each region the customer with the lowest ordinal who is still there, with the values of the build."""
    candidates = {name: external_ids(list(members[:_CANDIDATES])) for name, members in found.members.items()}
    present = ordinals_of([key for keys in candidates.values() for key in keys])
    chosen = {name: next((key for key in keys if key in present), None) for name, keys in candidates.items()}
    keys = sorted({key for rule in rules for key in attributes_used(rule)})
    visible = visible_attribute_keys(viewer)
    shown = [key for key in keys if key in visible]
    catalogue = rule_catalogue()
    return {
        name: Example(key, _values(found.build, present[key], shown, catalogue), len(keys) - len(shown))
        for name, key in chosen.items()
        if key is not None
    }


def _values(
    build: ReadableBuild, ordinal: int, keys: Sequence[str], catalogue: Mapping[str, AttributeFacts]
) -> tuple[Value, ...]:
    if not keys:
        return ()
    row = build.frame.slice(ordinal, 1).select(keys).collect().row(0, named=True)
    return tuple(Value(label_of(key, catalogue), value_words(_whole(row[key]), catalogue.get(key))) for key in keys)


def _whole(value: Any) -> Any:
    """A number of a build, which holds floats only, as it was given."""
    return int(value) if isinstance(value, float) and value.is_integer() and abs(value) < 2**53 else value
