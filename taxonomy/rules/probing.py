"""Values to try for one attribute: around what a rule compares it with, in every region that the rule tells apart."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, timedelta
from itertools import combinations, pairwise
from typing import Any

from taxonomy.rules.evaluation import Evaluation
from taxonomy.rules.nodes import (
    Attribute,
    Between,
    Compare,
    Condition,
    Contains,
    In,
    Like,
    Lower,
    Operand,
)
from taxonomy.rules.patterns import read_pattern
from taxonomy.rules.types import AttributeFacts

MOST_LISTED = 12
MOST_IN_SETS = 5
_OTHER = "another value"
_FAR = 0.9


def beside(condition: Condition, key: str, evaluation: Evaluation) -> list[Any]:
    """The values that the condition holds the attribute against; of a long list those that come first."""
    if isinstance(condition, Compare):
        return _other_sides((condition.left, condition.right), key, evaluation)
    if isinstance(condition, Between):
        return _other_sides((condition.operand, condition.low, condition.high), key, evaluation)
    if isinstance(condition, In):
        return _listed(condition, key, evaluation)
    if isinstance(condition, Contains):
        return [condition.value]
    return [_fitting_text(condition.pattern)] if isinstance(condition, Like) else []


def _other_sides(operands: Iterable[Operand], key: str, evaluation: Evaluation) -> list[Any]:
    others = (operand for operand in operands if _key(operand) != key)
    return [value for operand in others if (value := evaluation.value(operand)) is not None]


def _key(operand: Operand) -> str | None:
    inner = operand.attribute if isinstance(operand, Lower) else operand
    return inner.key if isinstance(inner, Attribute) else None


def _listed(condition: In, key: str, evaluation: Evaluation) -> list[Any]:
    if len(condition.values) <= MOST_LISTED:
        return list(condition.values)
    raw = evaluation.attributes.get(key)
    now = None if raw is None or isinstance(condition.operand, Lower) else evaluation.value(condition.operand)
    if isinstance(now, float):
        numbers = [value for value in condition.values if isinstance(value, int | float)]
        return sorted(numbers, key=lambda value: abs(value - now))[:MOST_LISTED]
    return list(condition.values[:MOST_LISTED])


def _fitting_text(pattern: str) -> str:
    """The shortest text that the pattern takes."""
    return "".join(
        "a" if character is None else character for piece in read_pattern(pattern).pieces for character in piece
    )


def typical(facts: AttributeFacts, today: date) -> Any:
    """Some value that the attribute could have, by what is declared of it."""
    if facts.minimum is not None:
        return _whole(math.ceil, facts.minimum) if facts.is_whole else facts.minimum
    found = _plain(facts, today)
    if facts.maximum is None or found <= facts.maximum:
        return found
    return _whole(math.floor, facts.maximum) if facts.is_whole else facts.maximum


def _whole(towards: Callable[[Any], int], end: Any) -> Any:
    return towards(end) if isinstance(end, int | float) else end


def _plain(facts: AttributeFacts, today: date) -> Any:
    if facts.type == "enum":
        return facts.choices[0] if facts.choices else _OTHER
    if facts.type == "timestamp":
        return datetime.fromisoformat(f"{today.isoformat()}T00:00:00+00:00")
    plain: dict[str, Any] = {"number": 1, "text": _OTHER, "boolean": True, "date": today, "set": (_OTHER,)}
    return plain[facts.type]


def regions(facts: AttributeFacts, anchors: Sequence[Any], today: date) -> list[Any] | None:
    """Values (and None) such that every value of the type answers to the anchors like one of them; None if too many."""
    if facts.type == "boolean":
        return [None, True, False]
    if facts.type == "set":
        return [None, *_subsets((), anchors)] if len({*anchors}) <= MOST_IN_SETS else None
    if facts.type in ("text", "enum"):
        return [None, "", *anchors, *(anchor + "\0" for anchor in anchors), _other_than(anchors)]
    return [None, typical(facts, today), *anchors, *(near for anchor in anchors for near in _next_to(anchor))]


def _next_to(anchor: Any) -> list[Any]:
    """The values just below and just above, with nothing between."""
    if isinstance(anchor, datetime):
        return _shifted(anchor, timedelta(microseconds=1))
    if isinstance(anchor, date):
        return _shifted(anchor, timedelta(days=1))
    return [near for end in (-math.inf, math.inf) if math.isfinite(near := math.nextafter(anchor, end))]


def _subsets(members: Sequence[str], texts: Iterable[str]) -> list[tuple[str, ...]]:
    """The set with any choice of the texts in it, and the others out of it."""
    distinct = [*dict.fromkeys(texts)]
    kept = [member for member in members if member not in distinct]
    chosen = (choice for size in range(len(distinct) + 1) for choice in combinations(distinct, size))
    return [(*kept, *choice) for choice in chosen]


def candidates(facts: AttributeFacts, anchors: Sequence[Any], today: date, before: Any = None) -> list[Any]:
    """Values worth suggesting: the anchors, one readable step to each side, the middle between two, and some value."""
    if facts.type == "boolean":
        return [True, False]
    if facts.type == "set":
        return _subsets(tuple(before or ()), [*dict.fromkeys(anchors)][:MOST_IN_SETS])
    if facts.type in ("text", "enum"):
        return _texts(facts, anchors)
    ordered = sorted({*anchors})
    found = {*ordered, typical(facts, today)}
    for anchor in ordered:
        found.update(_steps(facts, anchor, [*anchors, before]))
    if not facts.is_whole:
        found.update(_middle(low, high) for low, high in pairwise(ordered))
    return [value for value in sorted(found) if _is_declared(facts, value)]


def _texts(facts: AttributeFacts, anchors: Sequence[str]) -> list[str]:
    if facts.type == "enum" and facts.choices:
        return [*facts.choices]
    longer = [anchor + "a" for anchor in anchors]
    return [*dict.fromkeys([*anchors, _other_than(anchors), "", *longer])]


def _other_than(anchors: Sequence[str]) -> str:
    """A text that is none of the anchors."""
    found = _OTHER
    while found in anchors:
        found += " again"
    return found


def _steps(facts: AttributeFacts, anchor: Any, known: Sequence[Any]) -> list[Any]:
    if isinstance(anchor, datetime):
        return _shifted(anchor, timedelta(seconds=1))
    if isinstance(anchor, date):
        return _shifted(anchor, timedelta(days=1))
    step, places = _number_step(facts, known)
    stepped = [(sign, round(anchor + sign * step, places)) for sign in (-1, 1)]
    near = [far if far != anchor else math.nextafter(anchor, math.copysign(math.inf, sign)) for sign, far in stepped]
    return [value for value in near if math.isfinite(value)]


def _number_step(facts: AttributeFacts, known: Sequence[Any]) -> tuple[float, int]:
    """The smallest step that people would write, and its decimal places."""
    numbers = [float(value) for value in known if value is not None]
    if facts.is_whole or all(value.is_integer() for value in numbers):
        return 1, 0
    places = next((n for n in range(2, 9) if all(round(value, n) == value for value in numbers)), 9)
    return 10**-places, places


def _shifted(moment: Any, step: timedelta) -> list[Any]:
    found = []
    for sign in (-1, 1):
        try:
            found.append(moment + sign * step)
        except OverflowError:
            continue
    return found


def _middle(low: Any, high: Any) -> Any:
    return low + (high - low) / 2 if isinstance(low, date) else low / 2 + high / 2


def _is_declared(facts: AttributeFacts, value: Any) -> bool:
    low, high = facts.minimum, facts.maximum
    return (
        (low is None or value >= low)
        and (high is None or value <= high)
        and (not facts.is_whole or not isinstance(value, float) or value.is_integer())
    )


def distance(before: Any, after: Any) -> float:
    """How far apart two values of one type are, from 0 (the same) to below 1; what is not known is far from all."""
    if before is None or after is None:
        return 0.0 if before is after else 0.6 if before is None else 0.95
    if isinstance(before, bool | str) or isinstance(after, bool | str):
        return 0.0 if before == after else 0.5
    if isinstance(before, date):
        days: float = abs((after - before) / timedelta(days=1))
        return _FAR * days / (days + 30)
    if isinstance(before, int | float):
        gap: float = abs(after / 2 - before / 2)
        size: float = max(abs(before), abs(after), 1) / 2
        return _FAR * gap / (gap + size)
    both, either = len({*before} & {*after}), len({*before} | {*after})
    return _FAR * (1 - both / either) if either else 0.0
