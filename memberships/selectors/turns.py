"""The nearest miss, and the nearest way out, as one viewer may see them."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from memberships.selectors.clauses import Clause, Teller
from taxonomy.rules.counterfactual import Change, nearest_turn
from taxonomy.rules.distances import joined, step_words
from taxonomy.rules.text import timestamp_text


@dataclass(frozen=True)
class Step:
    """One value that would have to be other.

    `before` and `after` in the form in which values are stored, a segment as true or false; `is_example` where many
    other values would do as well. `distance` in the unit, in days for dates and timestamps; None where there is none.
    """

    attribute: str
    segment: str
    label: str
    before: Any
    after: Any
    unit: str
    distance: float | None
    words: str
    is_example: bool
    clause: Clause


@dataclass(frozen=True)
class ShownTurn:
    """The fewest and smallest changes that turn out into in (`enters`) or in into out; applied, they do turn it.

    Not `is_certain`: whether the changes are enough rests on values that the viewer may not see; `steps` are then the
    least that would have to change, and may be none. `words` is part of a sentence.
    """

    enters: bool
    steps: tuple[Step, ...]
    is_certain: bool
    words: str


def shown_turn(teller: Teller) -> ShownTurn | None:
    """The nearest turn by facts that the viewer may see; None where nothing would turn it."""
    turn = nearest_turn(teller.case, teller.usable if teller.is_masked else None)
    if turn is None:
        return None
    steps = tuple(_step(teller, change, turn.enters) for change in turn.changes)
    return ShownTurn(turn.enters, steps, turn.is_certain, joined([step.words for step in steps]))


def _step(teller: Teller, change: Change, enters: bool) -> Step:
    said = step_words(teller.case, change, enters)
    is_attribute = change.fact.kind == "attribute"
    fact = teller.fact(change.fact.key) if is_attribute else None
    return Step(
        attribute=change.fact.key if is_attribute else "",
        segment="" if is_attribute else change.fact.key,
        label=fact.label if fact else change.fact.key,
        before=as_stored(change.before),
        after=as_stored(change.after),
        unit=fact.unit if fact else "",
        distance=said.distance,
        words=said.words,
        is_example=change.is_example,
        clause=teller.leaf(change.leaf),
    )


def as_stored(value: Any) -> Any:
    """A value in the form in which customers' values are stored."""
    if isinstance(value, datetime):
        return timestamp_text(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return int(value)
    return list(value) if isinstance(value, tuple | set | frozenset | list) else value
