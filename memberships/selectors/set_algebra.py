"""Who an expression over segments selects, now or at an instant, and how many for whose eyes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pyroaring import BitMap

from common.clock import now
from memberships.errors import BadExpression, NotComputed
from memberships.policies import MembershipPolicy
from memberships.rules import set_expressions
from memberships.rules.set_expressions import Expression
from memberships.selectors.freshness import fresh_within_of
from memberships.selectors.masked_previews import rounded, said
from memberships.selectors.stamps import Ground, grounds, members_on
from taxonomy.selectors import segments_for


@dataclass(frozen=True)
class Selected:
    """Who an expression selects. `at`: the instant that was asked for, or that of the question."""

    expression: Expression
    members: BitMap
    grounds: Mapping[str, Ground]
    sizes: Mapping[str, int]
    at: datetime


@dataclass(frozen=True)
class ShownSelection:
    """The same for one viewer, without the customers: `count` is a number, or words; rounded where not `exact`."""

    text: str
    expression: Expression
    count: int | str
    exact: bool
    grounds: tuple[Ground, ...]
    sizes: Mapping[str, int]
    at: datetime
    fresh_within: int | None

    @property
    def said(self) -> str:
        """The count as a sentence says it."""
        return said(self.count, exact=self.exact)


def expression_of(given: Any) -> Expression:
    """An expression from text or tree. Raises BadExpression."""
    return set_expressions.parsed(given) if isinstance(given, str) else set_expressions.checked(given)


def selected(*, viewer: Any, expression: Expression, at: datetime | None = None) -> Selected:
    """Who the expression selects. Raises BadExpression for segments that the viewer cannot see, MomentInFuture and
    NotComputed, naming them."""
    keys = set_expressions.keys_in(expression)
    known = set(segments_for(viewer).filter(key__in=keys).values_list("key", flat=True))
    if missing := [key for key in keys if key not in known]:
        raise BadExpression(
            f"There is no segment {_listed(missing)}. The keys stand on the taxonomy page.", pointer="/expression"
        )
    asked_at = now()
    found = grounds(keys, at)
    if open_keys := [key for key in keys if key not in found]:
        when = "at that time" if at else "yet; the next run computes them"
        raise NotComputed(f"The members of {_listed(open_keys)} were not computed {when}.", pointer="/expression")
    members = members_on(found)
    chosen = set_expressions.evaluated(expression, members)
    return Selected(expression, chosen, found, {key: len(each) for key, each in members.items()}, at or asked_at)


def selection_for(*, viewer: Any, expression: Expression, at: datetime | None = None) -> ShownSelection:
    """How many the expression selects, for the viewer's eyes: exact for those who may see customers, else rounded and
    never fewer than 5."""
    found = selected(viewer=viewer, expression=expression, at=at)
    exact = MembershipPolicy().can(viewer, "view_members")
    count = len(found.members)
    return ShownSelection(
        text=set_expressions.text_of(expression),
        expression=expression,
        count=count if exact else rounded(count),
        exact=exact,
        grounds=tuple(found.grounds.values()),
        sizes=found.sizes,
        at=found.at,
        fresh_within=None if at else fresh_within_of(found.grounds.values()),
    )


def _listed(keys: list[str]) -> str:
    return ", ".join(f"“{key}”" for key in keys[:5]) + (f" and {len(keys) - 5} more" if len(keys) > 5 else "")
