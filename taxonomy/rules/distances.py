"""How far a customer is from the other answer, in business words: "2 orders short", "city is Milan, not Rome"."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from taxonomy.rules.counterfactual import Change, Turn
from taxonomy.rules.nodes import Compare, Condition, In, IsNull, Literal
from taxonomy.rules.possibilities import Case
from taxonomy.rules.types import AttributeFacts
from taxonomy.rules.words import condition_words, label_words, scalar_words

_MOST_NAMED = 4
_SPANS = ((timedelta(days=2), timedelta(days=1), "day"), (timedelta(hours=2), timedelta(hours=1), "hour"))
_SMALL_SPANS = ((timedelta(minutes=2), timedelta(minutes=1), "minute"), (timedelta(0), timedelta(seconds=1), "second"))


@dataclass(frozen=True, slots=True)
class Step:
    """One change in words. `distance` is how far the value is off: in its unit for a number, in days for dates and
    timestamps, None for what has no distance."""

    words: str
    distance: float | None


def step_words(case: Case, change: Change, enters: bool) -> Step:
    """What one change of the nearest miss is: what is wrong (out) or what would be enough to leave (in)."""
    before, after, key = change.before, change.after, change.fact.key
    if change.fact.kind == "segment":
        return Step(_segment_words(key, after, enters), None)
    label, facts = label_words(key, case.catalogue), case.facts_about(key)
    condition = case.leaves[change.leaf].condition
    if before is None:
        return Step(_unknown_words(case, label, condition, enters), None)
    if after is None:
        return Step(f"{label} is known, and must not be" if enters else f"{label} no longer known", None)
    if facts.type == "number" and not _asks_for_one(condition):
        off = _difference(before, after)
        return Step(_number_words(label, facts, off, enters), abs(off))
    if isinstance(before, date) and not _asks_for_one(condition):
        return Step(_time_words(label, before, after, enters), abs((after - before) / timedelta(days=1)))
    if facts.type == "set":
        return Step(_set_words(label, before, after, enters), None)
    return Step(_other_words(case, label, change, condition, enters), None)


def turn_words(case: Case, turn: Turn) -> str:
    """All changes as one part of a sentence; empty without changes."""
    return joined([step_words(case, change, turn.enters).words for change in turn.changes])


def joined(parts: Sequence[str]) -> str:
    """A, B and C."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}" if parts else ""


def amount_words(amount: float, unit: str = "") -> str:
    """A number with its unit: 1 order, 2 orders, 12.50 EUR, 5%."""
    whole = float(amount).is_integer()
    number = f"{amount:,.0f}" if whole and abs(amount) < 1e15 else f"{amount:,.12g}"
    if not unit:
        return number
    return f"{number}%" if unit == "%" else f"{number} {_singular(unit) if amount == 1 else unit}"


def _singular(unit: str) -> str:
    """One of a unit that is written as an English plural; others, as EUR, stay."""
    if not unit.endswith("s") or unit.endswith("ss") or not unit.islower() or len(unit) < 4:
        return unit
    if unit.endswith("ies"):
        return unit[:-3] + "y"
    return unit[:-2] if unit.endswith(("xes", "ches", "shes", "sses")) else unit[:-1]


def _is_counted(facts: AttributeFacts) -> bool:
    """Whether the unit is a word for things that one counts, so that there can be too many of them."""
    return _singular(facts.unit) != facts.unit


def _difference(before: float, after: float) -> float:
    """The difference, without the dust of binary fractions."""
    return float(f"{after - before:.12g}") if math.isfinite(after - before) else after - before


def _number_words(label: str, facts: AttributeFacts, off: float, enters: bool) -> str:
    """Counted things speak for themselves; of other numbers it must be said which one is meant."""
    unit = "percentage points" if facts.unit == "%" else facts.unit
    amount = amount_words(abs(off), unit)
    if _is_counted(facts):
        said = ("short", "too many") if enters else ("more", "fewer")
        return f"{amount} {said[off < 0]}"
    if enters:
        return f"{label} is {amount} {'short' if off > 0 else 'too high'}"
    return f"{label} {'higher' if off > 0 else 'lower'} by {amount}"


def _time_words(label: str, before: date, after: date, enters: bool) -> str:
    late = before > after
    amount = _span_words(abs(after - before), isinstance(before, datetime))
    if enters:
        return f"{label} is {amount} too {'late' if late else 'early'}"
    return f"{label} {amount} {'earlier' if late else 'later'}"


def _span_words(span: timedelta, is_instant: bool) -> str:
    """A span in the largest unit of which it has at least two, rounded up."""
    steps = (*_SPANS, *_SMALL_SPANS) if is_instant else _SPANS[:1]
    size, name = next(((size, name) for least, size, name in steps if span >= least), (steps[-1][1], steps[-1][2]))
    count = -(-span // size)
    return f"{count:,} {name}{'' if count == 1 else 's'}"


def _segment_words(key: str, after: Any, enters: bool) -> str:
    if enters:
        return f"not in the segment {key}" if after else f"in the segment {key}, and must not be"
    return f"in the segment {key}" if after else f"no longer in the segment {key}"


def _unknown_words(case: Case, label: str, condition: Condition, enters: bool) -> str:
    if not enters:
        return f"{label} known"
    if isinstance(condition, IsNull):
        return f"needs a known {label}"
    words = condition_words(condition, case.catalogue)
    asked = words.removeprefix(f"{label} ")
    return f"needs a known {label}" + (f": {words}" if asked == words else f" that {asked}")


def _set_words(label: str, before: Any, after: Any, enters: bool) -> str:
    added, dropped = [*{*after} - {*before}], [*{*before} - {*after}]
    parts = [
        f"{label} {verb} {joined(sorted(map(scalar_words, texts)))}" for verb, texts in _verbs(added, dropped, enters)
    ]
    return joined(parts)


def _verbs(added: list[str], dropped: list[str], enters: bool) -> list[tuple[str, list[str]]]:
    said = ("does not include", "must do without") if enters else ("including", "without")
    return [(verb, texts) for verb, texts in zip(said, (added, dropped), strict=True) if texts]


def _asks_for_one(condition: Condition) -> bool:
    """Whether the condition looks for certain values, so that nearly right is no better than wrong."""
    return isinstance(condition, In) or (isinstance(condition, Compare) and condition.operator in ("=", "<>"))


def _other_words(case: Case, label: str, change: Change, condition: Condition, enters: bool) -> str:
    """For values that fit or do not: texts, choices, booleans, and numbers and dates that must be just this one."""
    before, after = shown(change.before), shown(change.after)
    if isinstance(change.before, bool):
        return f"{label} is {before}, and must be {after}" if enters else f"{label} {after}"
    asked = _asked(condition)
    if not enters:
        return f"{label} {after}" if change.after in asked else f"{label} other than {_listed(asked) or before}"
    if change.after in asked:
        return f"{label} is {before}, not {'one of ' if len(asked) > 1 else ''}{_listed(asked)}"
    if change.before in asked:
        return f"{label} is {before}, and must be something else"
    return f"{label} is {before}, and needed is: {condition_words(condition, case.catalogue)}"


def _asked(condition: Condition) -> tuple[Any, ...]:
    """The values that the condition names."""
    if isinstance(condition, In):
        return condition.values
    if isinstance(condition, Compare) and condition.operator in ("=", "<>"):
        return tuple(side.value for side in (condition.left, condition.right) if isinstance(side, Literal))
    return ()


def _listed(values: Sequence[Any]) -> str:
    named = [shown(value) for value in values[:_MOST_NAMED]]
    more = len(values) - len(named)
    return ", ".join([*named, *([f"{more:,} more"] if more else [])])


def shown(value: Any) -> str:
    """A customer's value within a sentence."""
    if value is None:
        return "not known"
    if isinstance(value, bool) or not isinstance(value, int | float):
        return scalar_words(value) if isinstance(value, bool | str | date) else joined(sorted(map(scalar_words, value)))
    return amount_words(value)
