"""Why a rule answers what it answers for one customer: every condition with its result and the values it read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from taxonomy.rules.evaluation import Evaluation, Segments, Truth
from taxonomy.rules.measures import attributes_of
from taxonomy.rules.nodes import And, Condition, Not, Or, Rule
from taxonomy.rules.text import condition_text
from taxonomy.rules.types import Catalogue
from taxonomy.rules.words import condition_words


@dataclass(frozen=True, slots=True)
class Explanation:
    """One condition of a rule and what it answered.

    `values` are the attributes that the condition reads itself, with what the customer has (None where nothing);
    `words` is empty where no catalogue was given.
    """

    kind: str
    text: str
    words: str
    result: Truth
    values: tuple[tuple[str, Any], ...]
    children: tuple[Explanation, ...]


def explain(
    rule: Rule,
    attributes: Mapping[str, Any],
    as_of: datetime | date,
    *,
    segments: Segments | None = None,
    catalogue: Catalogue | None = None,
) -> Explanation:
    """The rule as a tree of answers for one customer; its root's result is what `matches` answers."""
    return _explained(rule.condition, Evaluation(attributes, as_of, segments), catalogue)


def _explained(condition: Condition, evaluation: Evaluation, catalogue: Catalogue | None) -> Explanation:
    if isinstance(condition, And | Or):
        parts: tuple[Condition, ...] = condition.conditions
    else:
        parts = (condition.condition,) if isinstance(condition, Not) else ()
    read = dict.fromkeys(attribute.key for attribute in attributes_of(condition))
    return Explanation(
        kind=_KIND.get(type(condition).__name__, type(condition).__name__.lower()),
        text=condition_text(condition),
        words="" if catalogue is None else condition_words(condition, catalogue),
        result=evaluation.truth(condition),
        values=tuple((key, evaluation.attributes.get(key)) for key in read),
        children=tuple(_explained(part, evaluation, catalogue) for part in parts),
    )


_KIND = {"IsNull": "is_null", "InSegment": "in_segment"}
