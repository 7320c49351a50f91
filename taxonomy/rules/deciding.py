"""The smallest set of facts that decides whether a customer is in or out."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from itertools import combinations

from taxonomy.rules.possibilities import IS_TRUE, NOT_FALSE, NOT_TRUE, Case, FactName, Shape

_MOST_TRIES = 200
_MOST_FACTS = 40
_SWAPPED = {1: 2, 2: 1, NOT_TRUE: NOT_FALSE, NOT_FALSE: NOT_TRUE}


@dataclass(frozen=True, slots=True)
class Deciding:
    """Facts that decide, and the leaves (by number) through which they do.

    `facts` is None where the facts that may be used do not decide. `is_smallest` when no other set is smaller;
    otherwise none of its facts can be left out, but a smaller set of others was not excluded.
    """

    facts: frozenset[FactName] | None
    leaves: tuple[int, ...]
    is_smallest: bool


_UNDECIDED = Deciding(None, (), False)


def deciding(case: Case, usable: Collection[FactName] | None = None) -> Deciding:
    """The smallest sufficient set of facts for the customer being in (the rule is TRUE) or out (it is not).

    A set of facts is *sufficient* when every customer who agrees with this one on these facts, whatever else is known
    of them or missing, gets the same answer, in or out, on the same day. The set that is returned is sufficient without
    exception. It is *minimal*: without any one of its facts there is a customer who agrees on the rest and gets the
    other answer; so changing the named facts (and perhaps others) can turn it. It has the least number of facts where
    `is_smallest`. Minimal and smallest are meant for facts whose effect is told apart exactly; an attribute that
    several conditions read counts as able to answer them in any combination where LIKE or LOWER is among them, and
    in rules with hundreds of conditions.

    With `usable` only these facts may be named, and all others count as anything: the outcome then depends on nothing
    but the usable facts and on the answer, in or out.
    """
    goal = IS_TRUE if case.result else NOT_TRUE
    allowed = frozenset(case.facts if usable is None else (fact for fact in case.facts if fact in usable))
    found = _certificate(case, case.shape, goal, allowed)
    if found is None:
        if len(case.facts) > _MOST_FACTS or not _suffices(case, allowed, goal):
            return _UNDECIDED
        found = allowed
    kept = _shrunk(case, found, goal)
    smaller, is_smallest = _smaller(case, kept, goal, allowed)
    return Deciding(smaller, _leaves(case, smaller, goal), is_smallest)


def _suffices(case: Case, facts: Collection[FactName], goal: int) -> bool:
    return not case.possible(facts, enough=goal) & ~goal


def _certificate(case: Case, shape: Shape, goal: int, allowed: Collection[FactName]) -> frozenset[FactName] | None:
    """Facts that keep the part within the goal, the fewest where no fact is read twice; None where none do."""
    if isinstance(shape, int):
        return _leaf_certificate(case, shape, goal, allowed)
    kind, parts = shape
    if kind == "not":
        return _certificate(case, parts[0], _SWAPPED[goal], allowed)
    found = (_certificate(case, part, goal, allowed) for part in parts)
    if _needs_all(kind, goal):
        together: set[FactName] = set()
        for facts in found:
            if facts is None:
                return None
            together |= facts
        return frozenset(together)
    return min((facts for facts in found if facts is not None), key=len, default=None)


def _needs_all(kind: str, goal: int) -> bool:
    """Whether every part must be within the goal for the whole to be; otherwise one is enough."""
    return (kind == "and") == (goal in (IS_TRUE, NOT_FALSE))


def _leaf_certificate(case: Case, leaf: int, goal: int, allowed: Collection[FactName]) -> frozenset[FactName] | None:
    facts = case.leaves[leaf].facts
    free = case.mask(leaf, ())
    if free is not None and not free & ~goal:
        return frozenset()
    fits = not case.now(leaf) & ~goal
    return frozenset(facts) if fits and all(fact in allowed for fact in facts) else None


def _shrunk(case: Case, facts: frozenset[FactName], goal: int) -> frozenset[FactName]:
    """The facts without those that can be left out, the last in the text first."""
    kept = set(facts)
    for fact in reversed([fact for fact in case.facts if fact in facts]):
        if _suffices(case, kept - {fact}, goal):
            kept.remove(fact)
    return frozenset(kept)


def _smaller(
    case: Case, facts: frozenset[FactName], goal: int, allowed: Collection[FactName]
) -> tuple[frozenset[FactName], bool]:
    """A set with fewer facts if there is one, and whether none can be smaller."""
    if len(facts) <= 1 or _reads_once(case):
        return facts, True
    tries = 0
    ordered = [fact for fact in case.facts if fact in allowed]
    for size in range(1, len(facts)):
        for some in combinations(ordered, size):
            tries += 1
            if tries > _MOST_TRIES:
                return facts, False
            if _suffices(case, some, goal):
                return frozenset(some), True
    return facts, True


def _reads_once(case: Case) -> bool:
    """Whether each leaf reads one fact that no other reads: then the first set found is the smallest."""
    return all(len(leaf.facts) <= 1 for leaf in case.leaves) and all(len(read) == 1 for read in case.readers.values())


def _leaves(case: Case, facts: frozenset[FactName], goal: int) -> tuple[int, ...]:
    """The leaves through which the facts decide: none that is not needed, where that can be told."""
    found = _needed(case, case.shape, goal, facts)
    if found is not None:
        return found
    return tuple(index for index, leaf in enumerate(case.leaves) if leaf.facts and facts.issuperset(leaf.facts))


def _needed(case: Case, shape: Shape, goal: int, facts: frozenset[FactName]) -> tuple[int, ...] | None:
    if isinstance(shape, int):
        held = _leaf_certificate(case, shape, goal, facts)
        return None if held is None else (shape,) if held else ()
    kind, parts = shape
    if kind == "not":
        return _needed(case, parts[0], _SWAPPED[goal], facts)
    found = [_needed(case, part, goal, facts) for part in parts]
    if _needs_all(kind, goal):
        return None if None in found else tuple(leaf for leaves in found for leaf in leaves or ())
    return min((leaves for leaves in found if leaves is not None), key=len, default=None)
