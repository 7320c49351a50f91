"""The conditions of an explanation as one viewer may see them: with values, source, freshness and answers."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, cast

from customers.rows.derivations import Derivation, derivation_words
from customers.selectors import AttributeRow, Delivery
from taxonomy.rules import AttributeFacts, AttributeType, Truth
from taxonomy.rules.nodes import And, Condition, InSegment, Not
from taxonomy.rules.possibilities import IS_UNKNOWN, NOT_TRUE, Case, FactName, Shape, truth_of
from taxonomy.rules.text import condition_text
from taxonomy.rules.words import condition_words
from taxonomy.selectors.lineages import Origin


@dataclass(frozen=True)
class Fact:
    """One value that a clause read; `is_hidden` where the viewer may not see it, and then the value is None.

    `loaded_at` is when the attribute's source last delivered anything, for whomever; `changed_at` when anything of this
    customer last changed. Neither says when this very value came, which is not recorded. `computed` says how the value
    comes about where it is not collected.
    """

    attribute: str
    label: str
    value: Any
    unit: str
    source: str
    source_name: str
    loaded_at: datetime | None
    is_stale: bool
    changed_at: datetime | None
    is_hidden: bool
    computed: str = ""

    @property
    def freshness(self) -> datetime | None:
        """The best that is known of when the value was last confirmed or changed."""
        return None if self.is_hidden else self.loaded_at or self.changed_at

    @property
    def freshness_of(self) -> str:
        """What `freshness` speaks of: all of the source's deliveries, or all of the customer's values."""
        return "" if self.freshness is None else "source" if self.loaded_at else "customer"


@dataclass(frozen=True)
class Clause:
    """One condition: what it says, what it answered (None is unknown; also None where hidden), and what it read.

    `origin` is the segment whose rule it stands in, set for the outermost conditions; `segment` the key that an
    IN_SEGMENT asks about; `decides` where the answer in or out rests on it.
    """

    kind: str
    text: str
    words: str
    result: Truth
    is_hidden: bool
    facts: tuple[Fact, ...]
    children: tuple["Clause", ...]
    origin: Origin | None = None
    segment: str = ""
    decides: bool = False


class Teller:
    """Tells the conditions of one case to one viewer: what depends on hidden values is told as hidden."""

    def __init__(
        self,
        case: Case,
        *,
        visible: frozenset[str],
        attributes: Mapping[str, AttributeRow],
        sources: Mapping[str, Delivery],
        changed_at: datetime | None,
    ) -> None:
        self.case = case
        self.usable = frozenset(fact for fact in case.facts if fact.kind == "segment" or fact.key in visible)
        self._attributes, self._sources, self._changed_at = attributes, sources, changed_at
        masks = ((index, case.mask(index, self.usable)) for index in range(len(case.leaves)))
        self._hidden = {index: mask for index, mask in masks if mask is not None}
        self._facts: dict[str, Fact] = {}

    @property
    def is_masked(self) -> bool:
        """Whether the rule reads anything that the viewer may not see."""
        return bool(self._hidden)

    def result(self) -> Truth:
        """What the rule answers. Whether it is false or unknown is told only where visible facts say it: a hidden
        value may be missing."""
        truth = self.case.result
        if truth is True or not self._hidden:
            return truth
        return None if self.case.possible(self.usable) & NOT_TRUE == IS_UNKNOWN else False

    def tree(self, origins: Sequence[Origin], deciding: frozenset[int]) -> Clause:
        """The whole rule: its answer is the membership, which the viewer may see."""
        numbers = iter(range(len(self.case.leaves)))
        condition, shape = self.case.rule.condition, self.case.shape
        if isinstance(condition, And) and not isinstance(shape, int) and len(origins) == len(condition.conditions):
            children = tuple(
                self._clause(part, inner, numbers, deciding, origin)
                for part, inner, origin in zip(condition.conditions, shape[1], origins, strict=True)
            )
            return self._told(condition, self.result(), children, is_hidden=False)
        found = self._clause(condition, shape, numbers, deciding, origins[0] if origins else None)
        return replace(found, result=self.result(), is_hidden=False)

    def leaf(self, index: int, *, decides: bool = False) -> Clause:
        """One condition that joins no others."""
        leaf = self.case.leaves[index]
        hidden = index in self._hidden
        keys = [fact.key for fact in leaf.facts if fact.kind == "attribute"]
        return Clause(
            kind=_kind(leaf.condition),
            text=condition_text(leaf.condition),
            words=condition_words(leaf.condition, self.case.catalogue),
            result=None if hidden else leaf.result,
            is_hidden=hidden,
            facts=tuple(self.fact(key) for key in keys),
            children=(),
            segment=leaf.condition.key if isinstance(leaf.condition, InSegment) else "",
            decides=decides,
        )

    def fact(self, key: str) -> Fact:
        """One value as the viewer may see it."""
        if key not in self._facts:
            self._facts[key] = self._fact(key)
        return self._facts[key]

    def _fact(self, key: str) -> Fact:
        row = self._attributes.get(key)
        hidden = FactName("attribute", key) not in self.usable
        line = None if row is None or hidden else self._sources.get(row.source_key)
        return Fact(
            attribute=key,
            label=row.label if row else key,
            value=None if hidden else self.case.evaluation.attributes.get(key),
            unit=row.unit if row else "",
            source=row.source_key if row else "",
            source_name=line.name if line else "",
            loaded_at=line.loaded_at if line else None,
            is_stale=line is not None and line.is_overdue,
            changed_at=None if hidden else self._changed_at,
            is_hidden=hidden,
            computed="" if hidden or row is None or row.derivation is None else self._computed(row.derivation),
        )

    def _computed(self, derivation: Derivation) -> str:
        return derivation_words(derivation, lambda key: row.label if (row := self._attributes.get(key)) else key)

    def _clause(
        self,
        condition: Condition,
        shape: Shape,
        numbers: Iterator[int],
        deciding: frozenset[int],
        origin: Origin | None = None,
    ) -> Clause:
        """A condition with those below it; a group's answer is told where visible facts alone give it."""
        if isinstance(shape, int):
            found = self.leaf(next(numbers), decides=shape in deciding)
            return replace(found, origin=origin)
        parts = (condition.condition,) if isinstance(condition, Not) else getattr(condition, "conditions", ())
        children = tuple(
            self._clause(part, inner, numbers, deciding) for part, inner in zip(parts, shape[1], strict=True)
        )
        mask = self.case.answers(self._hidden, shape)
        known = mask.bit_count() == 1
        return self._told(condition, truth_of(mask) if known else None, children, is_hidden=not known, origin=origin)

    def _told(
        self,
        condition: Condition,
        result: Truth,
        children: tuple[Clause, ...],
        *,
        is_hidden: bool,
        origin: Origin | None = None,
    ) -> Clause:
        return Clause(
            kind=_kind(condition),
            text=condition_text(condition),
            words=condition_words(condition, self.case.catalogue),
            result=result,
            is_hidden=is_hidden,
            facts=(),
            children=children,
            origin=origin,
            decides=any(child.decides for child in children),
        )


_KINDS = {"IsNull": "is_null", "InSegment": "in_segment"}


def _kind(condition: Condition) -> str:
    name = type(condition).__name__
    return _KINDS.get(name, name.lower())


def catalogue_of(attributes: Mapping[str, AttributeRow]) -> dict[str, AttributeFacts]:
    """The attributes as rules know them, with what is declared of their values."""
    return {
        key: AttributeFacts(
            type=cast(AttributeType, row.type),
            label=row.label,
            unit=row.unit,
            choices=row.choices if row.type == "enum" else None,
            minimum=row.minimum,
            maximum=row.maximum,
            is_whole=row.is_whole,
        )
        for key, row in attributes.items()
    }
