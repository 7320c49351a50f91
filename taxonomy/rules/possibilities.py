"""What a rule can still answer about a customer of whom only some facts are given."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from itertools import product
from math import prod
from typing import Any, NamedTuple

from taxonomy.rules.evaluation import Evaluation, Segments, Truth
from taxonomy.rules.measures import attributes_of
from taxonomy.rules.nodes import (
    And,
    Attribute,
    Between,
    Compare,
    Condition,
    In,
    InSegment,
    Like,
    Lower,
    Not,
    Or,
    Rule,
)
from taxonomy.rules.probing import MOST_LISTED, beside, regions
from taxonomy.rules.types import AttributeFacts, AttributeType, Catalogue, facts_of

# Sets of answers, one bit each.
IS_TRUE, IS_FALSE, IS_UNKNOWN = 1, 2, 4
NOT_TRUE, NOT_FALSE, ANY = 6, 5, 7
_SINGLE: dict[Truth, int] = {True: IS_TRUE, False: IS_FALSE, None: IS_UNKNOWN}
_MOST_COMBINATIONS = 96
_MOST_EFFORT = 200_000
_MOST_REGIONS = 60


class FactName(NamedTuple):
    """One thing that can be known of a customer: the value of an `attribute`, or being in a `segment`."""

    kind: str
    key: str


@dataclass(frozen=True, slots=True)
class Leaf:
    """One condition that joins no others, what it reads, and what it answers for this customer."""

    condition: Condition
    facts: tuple[FactName, ...]
    result: Truth


# A leaf by its number, or a kind with what it joins.
Shape = int | tuple[str, tuple["Shape", ...]]


class Case:
    """One rule before one customer, taken apart once: `leaves` in the order of the text, joined as `shape` says."""

    def __init__(
        self,
        rule: Rule,
        attributes: Mapping[str, Any],
        as_of: datetime | date,
        *,
        segments: Segments | None = None,
        catalogue: Catalogue | None = None,
    ) -> None:
        self.rule = rule
        self.evaluation = Evaluation(attributes, as_of, segments)
        self.catalogue: Catalogue = catalogue or {}
        self.leaves: list[Leaf] = []
        self.types: dict[str, AttributeType] = {}
        self.shape = self._shape(rule.condition)
        self.result = truth_of(self.answers())
        self._effort = 0
        self._free: dict[int, int] = {}
        self._behaviours: dict[FactName, tuple[tuple[int, ...], ...] | None] = {}

    @property
    def today(self) -> date:
        """What CURRENT_DATE stands for."""
        return self.evaluation.today

    @cached_property
    def facts(self) -> tuple[FactName, ...]:
        """Everything that the rule reads, in the order of the text, each once."""
        return tuple(dict.fromkeys(fact for leaf in self.leaves for fact in leaf.facts))

    @cached_property
    def readers(self) -> dict[FactName, tuple[int, ...]]:
        """For each fact the leaves that read it."""
        found: dict[FactName, list[int]] = {}
        for index, leaf in enumerate(self.leaves):
            for fact in leaf.facts:
                found.setdefault(fact, []).append(index)
        return {fact: tuple(leaves) for fact, leaves in found.items()}

    def facts_about(self, key: str) -> AttributeFacts:
        """What is declared of an attribute."""
        declared = facts_of(self.catalogue, key)
        return AttributeFacts(self.types[key], choices=None) if declared is None else declared

    def answers(self, masks: Mapping[int, int] | None = None, part: Shape | None = None) -> int:
        """The answers that the rule (or a part of it) can give when leaves can answer as `masks` say, each by itself;
        others as now."""
        return self._joined(self.shape if part is None else part, masks or {})

    def now(self, index: int) -> int:
        """What one leaf answers now."""
        return _SINGLE[self.leaves[index].result]

    def value_of(self, fact: FactName) -> Any:
        """The fact as it is: None where it is missing."""
        if fact.kind == "segment":
            return self.evaluation.segment(fact.key)
        return self.evaluation.value(Attribute(fact.key, self.types[fact.key]))

    def possible(self, given: Collection[FactName], enough: int = 0) -> int:
        """The answers that the rule can give when the given facts stay and all others are missing or anything.

        A first look that stays within `enough` is not looked at closer. Never too few; too many only where a fact that
        is not given is read by several conditions with a LIKE or LOWER among them, or where so many have been gone
        through for this case already (the same number each time) that the closer look is given up.
        """
        masks = {index: mask for index in range(len(self.leaves)) if (mask := self.mask(index, given)) is not None}
        found = self.answers(masks)
        if found.bit_count() == 1 or not found & ~enough:
            return found
        tied = [fact for fact in self.facts if fact not in given and len(self._own[fact]) > 1]
        return self._untangled(masks, tied) if tied else found

    def mask(self, index: int, given: Collection[FactName]) -> int | None:
        """What one leaf can answer when these facts are given; None when it answers as now."""
        leaf = self.leaves[index]
        if all(fact in given for fact in leaf.facts):
            return None
        if len(leaf.facts) == 1:
            if index not in self._free:
                self._free[index] = self._free_mask(index)
            return self._free[index]
        missing = any(fact in given and self.evaluation.attributes.get(fact.key) is None for fact in leaf.facts)
        return IS_UNKNOWN if missing and isinstance(leaf.condition, Compare) else ANY

    def _shape(self, condition: Condition) -> Shape:
        if isinstance(condition, And | Or):
            kind = "and" if isinstance(condition, And) else "or"
            return kind, tuple(self._shape(part) for part in condition.conditions)
        if isinstance(condition, Not):
            return "not", (self._shape(condition.condition),)
        read = [*attributes_of(condition)]
        self.types.update((attribute.key, attribute.type) for attribute in read)
        keys = dict.fromkeys(FactName("attribute", attribute.key) for attribute in read)
        facts = (FactName("segment", condition.key),) if isinstance(condition, InSegment) else tuple(keys)
        self.leaves.append(Leaf(condition, facts, self.evaluation.truth(condition)))
        return len(self.leaves) - 1

    def _joined(self, shape: Shape, masks: Mapping[int, int]) -> int:
        if isinstance(shape, int):
            found = masks.get(shape)
            return _SINGLE[self.leaves[shape].result] if found is None else found
        kind, parts = shape
        if kind == "not":
            return _NEGATED[self._joined(parts[0], masks)]
        table, answer = (_CONJOINED, IS_TRUE) if kind == "and" else (_DISJOINED, IS_FALSE)
        for part in parts:
            answer = table[answer][self._joined(part, masks)]
        return answer

    def _free_mask(self, index: int) -> int:
        leaf = self.leaves[index]
        if isinstance(leaf.condition, InSegment | Like):
            return ANY
        vectors = self._vectors(leaf.facts[0], (index,))
        return ANY if vectors is None else _union(vector[0] for vector in vectors)

    @cached_property
    def _own(self) -> dict[FactName, tuple[int, ...]]:
        """For each fact the leaves that read it alone, and whose answers can be listed region by region."""
        regular = [_is_regular(leaf) for leaf in self.leaves]
        return {fact: tuple(leaf for leaf in leaves if regular[leaf]) for fact, leaves in self.readers.items()}

    def _untangled(self, masks: dict[int, int], tied: Sequence[FactName]) -> int:
        """The answers over all combinations of how tied facts behave, as far as they can be gone through."""
        listed: list[tuple[tuple[int, ...], tuple[tuple[int, ...], ...]]] = []
        left = min(_MOST_COMBINATIONS, (_MOST_EFFORT - self._effort) // len(self.leaves))
        for fact in tied:
            if left < 2:
                break
            behaviours = self._behaviours_of(fact)
            if behaviours and len(behaviours) <= left:
                listed.append((self._own[fact], behaviours))
                left //= len(behaviours)
        self._effort += prod(len(ways) for _, ways in listed) * len(self.leaves) if listed else 0
        found = 0
        for combination in product(*(ways for _, ways in listed)):
            fixed = dict(masks)
            for (leaves, _), vector in zip(listed, combination, strict=True):
                fixed.update(zip(leaves, vector, strict=True))
            found |= self.answers(fixed)
        return found

    def _behaviours_of(self, fact: FactName) -> tuple[tuple[int, ...], ...] | None:
        if fact not in self._behaviours:
            self._behaviours[fact] = self._vectors(fact, self._own[fact])
        return self._behaviours[fact]

    def _vectors(self, fact: FactName, leaves: Sequence[int]) -> tuple[tuple[int, ...], ...] | None:
        """How the leaves answer together for each value that the fact can have; None where that cannot be listed."""
        if fact.kind == "segment":
            return tuple((bit,) * len(leaves) for bit in (IS_TRUE, IS_FALSE, IS_UNKNOWN))
        if not all(_is_regular(self.leaves[index]) for index in leaves):
            return None
        anchors = [
            value for index in leaves for value in beside(self.leaves[index].condition, fact.key, self.evaluation)
        ]
        values = regions(self.facts_about(fact.key), anchors, self.today) if len(anchors) <= _MOST_REGIONS else None
        if values is None:
            return None
        tries = (Evaluation({fact.key: value}, self.today, None) for value in values)
        answers = (tuple(_SINGLE[one.truth(self.leaves[index].condition)] for index in leaves) for one in tries)
        return tuple(dict.fromkeys(answers))


def bit_of(truth: Truth) -> int:
    """The answer as a set of one."""
    return _SINGLE[truth]


def truth_of(mask: int) -> Truth:
    """The one answer of a set of one."""
    return next(truth for truth, bit in _SINGLE.items() if bit == mask)


def _is_regular(leaf: Leaf) -> bool:
    """Whether the leaf reads one fact, and tells its values apart by comparing them with a short list."""
    condition = leaf.condition
    if len(leaf.facts) != 1 or isinstance(condition, Like):
        return False
    if isinstance(condition, In):
        return isinstance(condition.operand, Attribute) and len(condition.values) <= MOST_LISTED
    operands: tuple[object, ...] = ()
    if isinstance(condition, Compare):
        operands = (condition.left, condition.right)
    elif isinstance(condition, Between):
        operands = (condition.operand, condition.low, condition.high)
    return not any(isinstance(operand, Lower) for operand in operands)


def _union(masks: Iterable[int]) -> int:
    found = 0
    for mask in masks:
        found |= mask
    return found


def _truths(mask: int) -> Iterator[Truth]:
    return (truth for truth, bit in _SINGLE.items() if mask & bit)


def _both(first: Truth, second: Truth) -> Truth:
    return False if first is False or second is False else None if first is None or second is None else True


def _either(first: Truth, second: Truth) -> Truth:
    return True if first or second else None if first is None or second is None else False


def _table(join: Callable[[Truth, Truth], Truth]) -> tuple[tuple[int, ...], ...]:
    return tuple(
        tuple(_union(_SINGLE[join(a, b)] for a in _truths(first) for b in _truths(second)) for second in range(8))
        for first in range(8)
    )


_CONJOINED, _DISJOINED = _table(_both), _table(_either)
_NEGATED = tuple(
    (mask & IS_UNKNOWN) | (mask & IS_TRUE and IS_FALSE) | (mask & IS_FALSE and IS_TRUE) for mask in range(8)
)
