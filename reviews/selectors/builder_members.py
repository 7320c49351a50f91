"""Real customers behind a rule being written: a few who fit it, and how many of them are in a sibling too."""

from dataclasses import dataclass
from functools import reduce
from typing import Any

from common.errors import DomainError
from customers.selectors import external_ids
from memberships.errors import NotComputed
from memberships.policies import MembershipPolicy
from memberships.selectors.masked_previews import rounded, said
from memberships.selectors.regions import regions_between
from memberships.selectors.whatif import counts_on_newest
from reviews.selectors.rule_states import Reading
from taxonomy.rules import Rule, conjoin, to_tree
from taxonomy.selectors import active_rules, parse_for

SAMPLE = 6
MOST_SIBLINGS = 30


@dataclass(frozen=True)
class Overlap:
    """A sibling that some of the selected customers are in too; `count` is ready to be shown."""

    key: str
    name: str
    count: str


def sample_for(viewer: Any, reading: Reading, parent_key: str | None) -> list[str]:
    """The ids of a few customers who fit the rule as far as it is finished. Raises NotAllowed and NotComputed."""
    MembershipPolicy().require(viewer, "view_members")
    effective = _effective(viewer, reading, parent_key)
    if effective is None:
        return []
    found = regions_between(effective, effective).members["both"]
    return external_ids(list(found[:SAMPLE]))


def overlaps_for(viewer: Any, reading: Reading, parent_key: str | None, own_key: str) -> list[Overlap]:
    """The siblings below the same parent that share customers with the rule, most first."""
    siblings = [row for row in active_rules() if row.parent_key == parent_key and row.key != own_key and not row.fault]
    effective = _effective(viewer, reading, parent_key) if parent_key and 0 < len(siblings) <= MOST_SIBLINGS else None
    if effective is None:
        return []
    try:
        counts = counts_on_newest({row.key: reduce(conjoin, (row.rule, effective)) for row in siblings})
    except NotComputed:
        return []
    exact = MembershipPolicy().can(viewer, "view_members")
    shared = sorted((row for row in siblings if counts[row.key]), key=lambda row: -counts[row.key])
    return [
        Overlap(row.key, row.name, said(counts[row.key] if exact else rounded(counts[row.key]), exact=exact))
        for row in shared
        if exact or isinstance(rounded(counts[row.key]), int)
    ]


def _effective(viewer: Any, reading: Reading, parent_key: str | None) -> Rule | None:
    """The rule with those of the parents; None where there is none yet, or it may not be asked."""
    if reading.partial is None:
        return None
    try:
        return parse_for(viewer, to_tree(reading.partial), parent_key)
    except DomainError:
        return None
