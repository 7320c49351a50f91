"""A preview as one viewer may see it: hidden clauses unnamed, and counts coarse for those who may not see customers."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from customers.selectors import visible_attribute_keys
from memberships.policies import MembershipPolicy
from memberships.selectors.previews import SMALL, FunnelStep, Preview, preview
from taxonomy.rules import Rule, attributes_used, clauses

STEP = 10
VAGUE = f"fewer than {SMALL}"
UNNAMED = "conditions on attributes that you may not see"


@dataclass(frozen=True)
class ShownStep:
    """One step of the funnel for one viewer; figures are numbers or “fewer than 5”."""

    clause: str
    words: str
    kept: int | str
    dropped: int | str
    is_hidden: bool = False


@dataclass(frozen=True)
class ShownPreview:
    """How many customers a rule selects, as one viewer may know it; `exact` is false where counts are rounded."""

    count: int | str
    total: int
    as_of: datetime
    build: int
    exact: bool
    funnel: list[ShownStep]

    @property
    def said(self) -> str:
        """The count as a sentence says it: “1,234”, “about 1,200” or “fewer than 5”."""
        return said(self.count, exact=self.exact)


def preview_for(viewer: Any, rule: Rule) -> ShownPreview:
    """Count the rule for the viewer's eyes: figures that are returned may be shown as they are. Raises NotComputed.

    Clauses on attributes that the viewer may not see (they come from a parent) are one unnamed step, so that no figure
    is about them alone. Who may not see customers gets rounded counts, never a zero or a one, and no difference between
    two steps that fewer than 5 customers make.
    """
    found = preview(rule)
    seen = visible_attribute_keys(viewer)
    hidden = [not seen.issuperset(attributes_used(part)) for part in clauses(rule)]
    exact = MembershipPolicy().can(viewer, "view_members")
    figures = [found.total, *(step.kept for step in found.funnel)]
    steps = list(_steps(found.funnel, figures if exact else _coarse(figures), hidden))
    return _shown(found, steps, exact)


def rounded(count: int) -> int | str:
    """The count to two digits, in steps of at least ten; “fewer than 5” also for nobody, which would tell as much."""
    if count < SMALL:
        return VAGUE
    step: int = max(STEP, 10 ** (len(str(count)) - 2))
    return max(STEP, (count + step // 2) // step * step)


def said(count: int | str, *, exact: bool) -> str:
    """A count as it stands in a sentence."""
    if isinstance(count, str):
        return count
    return f"{count:,}" if exact else f"about {count:,}"


def _coarse(figures: Sequence[int]) -> list[int | str]:
    """The figures of a funnel, rounded but never above the first; a step that takes away fewer than 5 is told as one
    that takes away nobody."""
    told = figures[0]
    found: list[int | str] = [told]
    for kept in figures[1:]:
        if told - kept >= SMALL:
            told = kept
        coarse = rounded(kept if kept < SMALL else told)
        found.append(coarse if isinstance(coarse, str) else min(coarse, figures[0]))
    return found


def _steps(funnel: Sequence[FunnelStep], figures: Sequence[int | str], hidden: Sequence[bool]) -> Iterator[ShownStep]:
    """The steps with what they keep and drop; neighbouring hidden clauses are one."""
    before = figures[0]
    for position, step in enumerate(funnel):
        if hidden[position] and hidden[position + 1 : position + 2] == [True]:
            continue
        after = figures[position + 1]
        clause = UNNAMED if hidden[position] else step.clause
        words = UNNAMED if hidden[position] else step.words
        yield ShownStep(clause, words, after, _difference(before, after), hidden[position])
        before = after


def _difference(before: int | str, after: int | str) -> int | str:
    """What a step took away, from the figures that are shown, so that it says no more than they do."""
    if isinstance(before, str):
        return VAGUE
    return max(0, before - after) if isinstance(after, int) else before


def _shown(found: Preview, steps: list[ShownStep], exact: bool) -> ShownPreview:
    return ShownPreview(steps[-1].kept, found.total, found.as_of, found.build, exact and found.exact, steps)
