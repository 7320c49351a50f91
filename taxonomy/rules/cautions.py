"""What a proposer should look at twice, though the rule is allowed."""

from __future__ import annotations

from taxonomy.rules.measures import walk
from taxonomy.rules.nodes import Attribute, Between, Compare, Condition, Constant, Literal, Rule
from taxonomy.rules.text import condition_text
from taxonomy.rules.types import Catalogue, facts_of


def cautions(rule: Rule, catalogue: Catalogue) -> list[str]:
    """Sentences about conditions that are allowed but seldom meant, in the order in which they stand."""
    found: list[str] = []
    for condition, depth in walk(rule.condition):
        caution = _caution(condition, depth, catalogue)
        if caution is not None and caution not in found:
            found.append(caution)
    return found


def _caution(condition: Condition, depth: int, catalogue: Catalogue) -> str | None:
    text = condition_text(condition)
    match condition:
        case Constant(truth) if depth > 1:
            return f"{text} inside a rule decides nothing, or everything; leave it out." if truth is not None else None
        case Between(_, Literal(_, low), Literal(_, high)) if low > high:  # type: ignore[operator]
            return f"{text}: the first value is the larger one, so this is never true."
        case Compare(left, operator, right) if operator not in ("=", "<>"):
            for side in (left, right):
                if isinstance(side, Attribute) and side.type == "enum" and facts_of(catalogue, side.key) is not None:
                    return f"{text}: choices are ordered by their letters, not by the order in which they are declared."
        case Compare(left, _, right) if left == right:
            return f"{text} compares an attribute with itself."
    return None
