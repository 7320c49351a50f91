"""How the members of a segment's children add up to its own, for counts and for the sum of one number."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import polars as pl
from pyroaring import BitMap

from customers.selectors import attribute_facts, visible_attribute_keys
from memberships.errors import NotComputed
from memberships.policies import MembershipPolicy
from memberships.selectors.builds import readable_build
from memberships.selectors.evidence import Confirmed, comparable, confirmed, outside
from memberships.selectors.previews import SMALL
from taxonomy.selectors import ActiveRule, active_rules


@dataclass(frozen=True)
class Part:
    """One line of the sum: a child, or what is counted more than once, or what is outside. None where not shown."""

    label: str
    count: int | None
    amount: float | None = None
    key: str = ""


@dataclass(frozen=True)
class Parts:
    """The children of a family against the whole, counted by one run over one build.

    `parts` (the children) less `repeated` (counted more than once) and with `rest` (outside every child) give the
    whole. `reason` says why nothing could be added up, `amount_reason` why no amounts are shown, `is_hidden` whether
    counts are left out because they are too small for the viewer.
    """

    whole: Part
    parts: tuple[Part, ...] = ()
    repeated: Part | None = None
    rest: Part | None = None
    beyond: int = 0
    run_id: int | None = None
    build_number: int | None = None
    as_of: datetime | None = None
    unit: str = ""
    attribute: str = ""
    attributes: tuple[tuple[str, str], ...] = ()
    reason: str = ""
    amount_reason: str = ""
    is_hidden: bool = False

    @property
    def total(self) -> int:
        """The children's sizes added up."""
        return sum(part.count or 0 for part in self.parts)

    @property
    def total_amount(self) -> float | None:
        """The children's amounts added up."""
        amounts = [part.amount for part in self.parts]
        return None if None in amounts else sum(amount or 0 for amount in amounts)

    @property
    def reconciles(self) -> bool:
        """Whether nobody of a child is outside the parent, so that the parts give exactly the whole."""
        return not self.reason and self.beyond == 0


@dataclass(frozen=True)
class _Sets:
    """The bitmaps behind the lines."""

    whole: BitMap
    children: Mapping[str, BitMap]
    union: BitMap
    rest: BitMap


def parts_of(*, viewer: Any, key: str, attribute: str = "") -> Parts:
    """The children of the segment against the whole, with the sum of the number attribute, if one is named."""
    rules = {row.key: row for row in active_rules()}
    children = sorted((row for row in rules.values() if row.parent_key == key), key=lambda row: row.name.casefold())
    name = rules[key].name if key in rules else key
    known = confirmed([key, *(row.key for row in children)])
    choices = _number_attributes(viewer)
    if not comparable(known, key, [row.key for row in children]):
        return Parts(Part(name, None, key=key), reason=_why_not(known, [rules.get(key), *children]))
    sets = _sets(known, key, children)
    chosen = attribute if attribute in dict(choices) else ""
    amounts, amount_reason = _amounts(known[key], chosen) if chosen else (None, "")
    return _added_up(viewer, known[key], name, children, sets, amounts, chosen, choices, amount_reason)


def _sets(known: Mapping[str, Confirmed], key: str, children: Sequence[ActiveRule]) -> _Sets:
    members = {row.key: known[row.key].members for row in children}
    return _Sets(
        whole=known[key].members,
        children=members,
        union=BitMap().union(*members.values()),
        rest=outside(known[key], [known[row.key] for row in children]),
    )


def _added_up(
    viewer: Any,
    whole: Confirmed,
    name: str,
    children: Sequence[ActiveRule],
    sets: _Sets,
    amounts: Any,
    chosen: str,
    choices: Sequence[tuple[str, str]],
    amount_reason: str,
) -> Parts:
    repeated = sum(len(each) for each in sets.children.values()) - len(sets.union)
    is_small = any(0 < count < SMALL for count in (repeated, len(sets.rest)))
    is_hidden = is_small and not MembershipPolicy().can(viewer, "view_members")
    small_part = any(0 < len(each) < SMALL for each in (*sets.children.values(), sets.rest, sets.whole))
    if amounts is not None and (is_hidden or (small_part and not MembershipPolicy().can(viewer, "view_members"))):
        amounts, amount_reason = None, "Amounts are not shown to you: a part has fewer than 5 customers."
    parts = [
        Part(row.name, len(sets.children[row.key]), _sum(amounts, sets.children[row.key]), row.key) for row in children
    ]
    summed = None if amounts is None else sum(part.amount or 0.0 for part in parts)
    union_sum = _sum(amounts, sets.union)
    again = None if summed is None or union_sum is None else summed - union_sum
    facts = attribute_facts().get(chosen)
    return Parts(
        whole=Part(name, len(sets.whole), _sum(amounts, sets.whole), whole.key),
        parts=tuple(parts),
        repeated=Part("Counted more than once", None if is_hidden else repeated, again),
        rest=Part("Outside every child", None if is_hidden else len(sets.rest), _sum(amounts, sets.rest)),
        beyond=len(sets.union - sets.whole),
        run_id=whole.run_id,
        build_number=whole.build_number,
        as_of=whole.as_of,
        unit=facts.unit if facts else "",
        attribute=chosen,
        attributes=tuple(choices),
        amount_reason=amount_reason,
        is_hidden=is_hidden,
    )


def _number_attributes(viewer: Any) -> list[tuple[str, str]]:
    seen = visible_attribute_keys(viewer)
    rows = [(key, row.label or key) for key, row in attribute_facts().items() if row.type == "number" and key in seen]
    return sorted(rows, key=lambda row: row[1].casefold())


def _amounts(whole: Confirmed, attribute: str) -> tuple[Any, str]:
    """The attribute's values by ordinal, unknown ones as 0; or why there are none."""
    try:
        build = readable_build()
    except NotComputed as error:
        return None, error.detail
    if build.pk != whole.build_id:
        return (
            None,
            f"The members stand on build {whole.build_number}; customers have changed since. The next run mends it.",
        )
    try:
        column = build.frame.select(pl.col(attribute).cast(pl.Float64).fill_null(0.0)).collect().to_series()
    except pl.exceptions.PolarsError:
        return None, "The customers' data does not hold this attribute yet; the next run brings it in."
    return column.to_numpy(), ""


def _sum(amounts: Any, members: BitMap) -> float | None:
    if amounts is None:
        return None
    ordinals = np.frombuffer(members.to_array(), dtype=np.uint32) if len(members) else np.empty(0, np.uint32)
    return float(amounts[ordinals].sum())


def _why_not(known: Mapping[str, Confirmed], rows: Sequence[ActiveRule | None]) -> str:
    missing = [row.name for row in rows if row is not None and row.key not in known]
    if missing:
        named = ", ".join(missing[:5]) + (f" and {len(missing) - 5} more" if len(missing) > 5 else "")
        return f"These were not computed yet for the rule in force: {named}. The next run counts them."
    return "Parent and children were counted over different customers or on different days. A full run mends it."
