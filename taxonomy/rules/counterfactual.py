"""The nearest miss: the fewest and smallest changes of the facts that would turn out into in, or in into out."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import reduce
from itertools import islice
from typing import Any

from taxonomy.rules.evaluation import Evaluation
from taxonomy.rules.nodes import Compare, In, Like
from taxonomy.rules.possibilities import ANY, IS_FALSE, IS_TRUE, NOT_FALSE, NOT_TRUE, Case, FactName, Shape, bit_of
from taxonomy.rules.probing import beside, candidates, distance, typical

_MOST_PLANS = 8
_MOST_VALUES = 60
_MOST_SWEPT = 600
_SWAPPED = {IS_TRUE: IS_FALSE, IS_FALSE: IS_TRUE, NOT_TRUE: NOT_FALSE, NOT_FALSE: NOT_TRUE}


@dataclass(frozen=True, slots=True)
class Change:
    """One fact that would have to be other: `before` as it is, `after` the nearest value found (None is missing).

    Dates, timestamps and sets stand as Python values; a segment as True, False or None. `leaf` is the number of the
    condition that asks for it, `is_example` tells that many other values would do as well.
    """

    fact: FactName
    before: Any
    after: Any
    leaf: int
    is_example: bool


@dataclass(frozen=True, slots=True)
class Turn:
    """Changes that together turn the answer. Not `is_certain`: only if what may not be looked at plays along."""

    enters: bool
    changes: tuple[Change, ...]
    is_certain: bool


@dataclass(frozen=True, slots=True)
class _Plan:
    """What leaves must answer, as a chain of (leaf, goal); `far` holds the facts to change with how far they go."""

    wants: tuple[Any, ...] | None
    far: Mapping[FactName, float]

    @property
    def cost(self) -> float:
        return len(self.far) + sum(self.far.values()) / 100

    def joined(self, other: _Plan) -> _Plan:
        merged = {**self.far, **{fact: max(way, self.far.get(fact, 0)) for fact, way in other.far.items()}}
        return _Plan((self.wants, other.wants), merged)

    def listed(self) -> list[tuple[int, int]]:
        found: list[tuple[int, int]] = []
        waiting: list[Any] = [self.wants]
        while waiting:
            part = waiting.pop()
            if part is not None and isinstance(part[0], int):
                found.append(part)
            elif part is not None:
                waiting.extend(reversed(part))
        return found


_NOTHING = _Plan(None, {})


def nearest_turn(case: Case, usable: Collection[FactName] | None = None) -> Turn | None:
    """The nearest changes that make a customer who is out (the rule is not TRUE) be in, or one who is in be out.

    What is returned was applied and the rule evaluated again: it does turn the answer, on the same day, and none of its
    changes can be left out. Nearest means: the fewest facts, then the shortest way, among the ways that are tried (the
    eight most promising through the rule, and every single fact by itself). None where no way was found: there
    is none into FALSE (see `can_turn`), and ways that need many facts at once can be missed.

    With `usable` only these facts are looked at and changed. The turn is certain where the changes turn the answer
    whatever the other facts are; otherwise it is the least that would have to change, and whether it is enough
    depends on facts that may not be looked at: then `changes` can be empty.
    """
    allowed = frozenset(case.facts if usable is None else (fact for fact in case.facts if fact in usable))
    goal = NOT_TRUE if case.result else IS_TRUE
    certain = _Search(case, goal, allowed, hidden_helps=False).nearest()
    if certain is not None or len(allowed) == len(case.facts):
        return None if certain is None else Turn(goal == IS_TRUE, certain, True)
    hoped = _Search(case, goal, allowed, hidden_helps=True).nearest()
    return None if hoped is None else Turn(goal == IS_TRUE, hoped, False)


def can_turn(case: Case) -> bool:
    """Whether any customer could get the other answer, as far as can be told; False is certain."""
    return bool(case.possible(()) & (NOT_TRUE if case.result else IS_TRUE))


class _Search:
    """One search for changes that bring the rule within a goal."""

    def __init__(self, case: Case, goal: int, allowed: frozenset[FactName], *, hidden_helps: bool) -> None:
        self.case, self.goal, self.allowed, self.hidden_helps = case, goal, allowed, hidden_helps
        masks = ((index, case.mask(index, allowed)) for index in range(len(case.leaves)))
        self.hidden = {index: mask for index, mask in masks if mask is not None}
        self.readers = {
            fact: [leaf for leaf in leaves if leaf not in self.hidden] for fact, leaves in case.readers.items()
        }
        self.ways: dict[tuple[int, int], _Plan | None] = {}

    def nearest(self) -> tuple[Change, ...] | None:
        """The best of the ways found."""
        if self._turns({}):
            return ()
        plans = self._plans(self.case.shape, self.goal)
        found = [values for plan in plans if (values := self._values(plan.listed())) and self._turns(values)]
        found = [self._least(values) for values in found]
        if not any(len(values) == 1 for values in found):
            found += self._single_facts()
        best = min(found, key=self._cost, default=None)
        return None if best is None else tuple(self._change(fact, after, best) for fact, after in best.items())

    def _plans(self, shape: Shape, goal: int) -> list[_Plan]:
        """The cheapest plans that bring a part within the goal, the best first."""
        if isinstance(shape, int):
            way = self._leaf_plan(shape, goal)
            return [] if way is None else [way]
        kind, parts = shape
        if kind == "not":
            return self._plans(parts[0], _SWAPPED[goal])
        options = [self._plans(part, goal) for part in parts]
        if (kind == "and") == (goal in (IS_TRUE, NOT_FALSE)):
            return reduce(self._paired, options, [_NOTHING])
        return _best(plan for plans in options for plan in plans)

    def _paired(self, some: list[_Plan], others: list[_Plan]) -> list[_Plan]:
        return _best(one.joined(other) for one in some for other in others)

    def _leaf_plan(self, leaf: int, goal: int) -> _Plan | None:
        if (leaf, goal) not in self.ways:
            self.ways[leaf, goal] = self._way(leaf, goal)
        return self.ways[leaf, goal]

    def _way(self, leaf: int, goal: int) -> _Plan | None:
        """How one leaf comes within the goal by itself; what may not be looked at costs nothing, or is no way."""
        if leaf in self.hidden:
            fits = self.hidden[leaf] & goal if self.hidden_helps else not self.hidden[leaf] & ~goal
            return _NOTHING if fits else None
        if self.case.now(leaf) & goal:
            return _Plan((leaf, goal), {})
        values = self._values([(leaf, goal)])
        if not values:
            return None
        return _Plan((leaf, goal), {fact: distance(self._before(fact), after) for fact, after in values.items()})

    def _values(self, wants: list[tuple[int, int]]) -> dict[FactName, Any] | None:
        """New values with which all these leaves answer as wanted, or None."""
        changed: dict[FactName, Any] = {}
        for leaf, goal in [want for want in wants if not self.case.now(want[0]) & want[1]] * 2:
            if bit_of(self._with(changed).truth(self.case.leaves[leaf].condition)) & goal:
                continue
            facts = self.case.leaves[leaf].facts
            if not any(self._settle(fact, wants, changed) for fact in facts):
                changed |= self._typical(facts, changed)
        after = self._with(changed)
        fits = all(bit_of(after.truth(self.case.leaves[leaf].condition)) & goal for leaf, goal in wants)
        return changed if fits else None

    def _typical(self, facts: Iterable[FactName], changed: Mapping[FactName, Any]) -> dict[FactName, Any]:
        """Some value for each attribute that is still missing: conditions that compare two need both."""
        known = self._with(changed).attributes
        missing = [fact for fact in facts if fact.kind == "attribute" and known.get(fact.key) is None]
        return {fact: typical(self.case.facts_about(fact.key), self.case.today) for fact in missing}

    def _settle(self, fact: FactName, wants: list[tuple[int, int]], changed: dict[FactName, Any]) -> bool:
        """Give one fact the nearest value that suits every wanted leaf that reads it, if there is one."""
        readers = {*self.readers[fact]}
        asked = [(self.case.leaves[leaf].condition, goal) for leaf, goal in wants if leaf in readers]
        for value in self._nearby(fact, [leaf for leaf, _ in wants if leaf in readers], changed):
            after = self._with({**changed, fact: value})
            if all(bit_of(after.truth(condition)) & goal for condition, goal in asked):
                changed[fact] = value
                return True
        return False

    def _nearby(self, fact: FactName, leaves: Iterable[int], changed: Mapping[FactName, Any]) -> list[Any]:
        """Values to try for a fact, the nearest first."""
        before = self._before(fact)
        if fact.kind == "segment":
            return [value for value in (True, False) if value is not before]
        facts, now = self.case.facts_about(fact.key), self._with(changed)
        anchors = [value for leaf in leaves for value in beside(self.case.leaves[leaf].condition, fact.key, now)]
        found = [*candidates(facts, anchors, self.case.today, before), *(() if facts.is_always_known else (None,))]
        ways = sorted(((distance(before, value), index) for index, value in enumerate(found)))
        return [found[index] for far, index in ways if far][:_MOST_VALUES]

    def _single_facts(self) -> list[dict[FactName, Any]]:
        """Every fact by itself, which a way through the rule can miss when one value serves several conditions."""
        usable = (fact for fact in self.case.facts if fact in self.allowed)
        tries = ({fact: value} for fact in usable for value in self._nearby(fact, self.readers[fact], {}))
        some = islice(tries, _MOST_SWEPT // max(len(self.case.leaves) // 10, 1))
        return [values for values in some if self._turns(values)]

    def _least(self, values: dict[FactName, Any]) -> dict[FactName, Any]:
        """The changes without those that are not needed after all."""
        for fact in [*values]:
            fewer = {other: value for other, value in values.items() if other != fact}
            if fewer and self._turns(fewer):
                values = fewer
        return values

    def _turns(self, values: Mapping[FactName, Any]) -> bool:
        """Whether the rule is within the goal with these values: really, or for all that may not be looked at."""
        after = self._with(values)
        if not self.hidden:
            return bool(bit_of(after.truth(self.case.rule.condition)) & self.goal)
        touched = {index for fact in values for index in self.case.readers[fact]}
        masks = self.hidden | {
            index: ANY if index in self.hidden else bit_of(after.truth(self.case.leaves[index].condition))
            for index in touched
        }
        answers = self.case.answers(masks)
        return bool(answers & self.goal) if self.hidden_helps else not answers & ~self.goal

    def _with(self, values: Mapping[FactName, Any]) -> Evaluation:
        now = self.case.evaluation
        if not values:
            return now
        attributes = {**now.attributes, **{fact.key: value for fact, value in values.items() if fact.kind != "segment"}}
        segments = {fact.key: value for fact, value in values.items() if fact.kind == "segment"}
        return Evaluation(attributes, now.today, lambda key: segments[key] if key in segments else now.segment(key))

    def _before(self, fact: FactName) -> Any:
        return self.case.value_of(fact)

    def _cost(self, values: Mapping[FactName, Any]) -> tuple[int, float]:
        return len(values), sum(distance(self._before(fact), after) for fact, after in values.items())

    def _change(self, fact: FactName, after: Any, values: Mapping[FactName, Any]) -> Change:
        """The change with the condition that binds it: one that it turns, if possible the one that stops it there."""
        whole = self._with(values)
        turned = [
            index
            for index in self.readers[fact]
            if whole.truth(self.case.leaves[index].condition) is not self.case.leaves[index].result
        ]
        leaf = next((i for i in turned if after in beside(self.case.leaves[i].condition, fact.key, whole)), None)
        leaf = leaf if leaf is not None else (turned or self.readers[fact] or self.case.readers[fact])[-1]
        return Change(fact, self._before(fact), after, leaf, self._is_example(fact, after, leaf))

    def _is_example(self, fact: FactName, after: Any, leaf: int) -> bool:
        """Whether the value is one of many, and nothing in the condition asks for just this one or its neighbour."""
        condition = self.case.leaves[leaf].condition
        if leaf in self.hidden:
            return True
        if fact.kind == "segment" or after is None or isinstance(after, bool | tuple):
            return False
        anchors = beside(condition, fact.key, self.case.evaluation)
        by_equality = isinstance(condition, In) or (
            isinstance(condition, Compare) and condition.operator in ("=", "<>")
        )
        return (
            not anchors
            or isinstance(condition, Like)
            or (after not in anchors and (by_equality or isinstance(after, str)))
        )


def _best(plans: Iterable[_Plan]) -> list[_Plan]:
    return sorted(plans, key=lambda plan: plan.cost)[:_MOST_PLANS]
