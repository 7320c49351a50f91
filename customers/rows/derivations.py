"""How the value of a computed attribute comes about, as plain values: from events, or as points for others."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

Scalar = str | int | float | bool
Asked = Scalar | tuple[Scalar, ...] | None
# Aggregate -> what it is called on a page.
AGGREGATES: Final[Mapping[str, str]] = {
    "count": "Number of events",
    "sum": "Sum of a property",
    "distinct": "Number of different values of a property",
    "last": "Last value of a property, or when it last happened",
    "first": "First value of a property, or when it first happened",
}
# Operator -> its words before the value.
OPERATORS: Final[Mapping[str, str]] = {
    "=": "is",
    "<>": "is not",
    "<": "is below",
    "<=": "is at most",
    ">": "is above",
    ">=": "is at least",
    "in": "is one of",
    "contains": "contains",
    "known": "is known",
    "unknown": "is not known",
}
UNARY: Final = frozenset({"known", "unknown"})
ORDERING: Final = frozenset({"<", "<=", ">", ">="})


@dataclass(frozen=True, slots=True)
class Where:
    """A condition on a property of an event; a missing or unfit value meets none but `unknown`."""

    property: str
    operator: str
    value: Asked = None


@dataclass(frozen=True, slots=True)
class EventDerivation:
    """An aggregate over a customer's events of one name. `within_days`: from the start of the UTC day so many days
    before the day of the as-of instant, without an upper end; None for all events that are kept.
    """

    event: str
    aggregate: str
    property: str = ""
    within_days: int | None = None
    where: tuple[Where, ...] = ()


@dataclass(frozen=True, slots=True)
class Points:
    """Points for whoever's attribute meets the condition; a missing value meets none but `unknown`."""

    attribute: str
    operator: str
    value: Asked
    points: float


@dataclass(frozen=True, slots=True)
class ScoreDerivation:
    """A sum of points, from `base` on."""

    base: float
    points: tuple[Points, ...]


Derivation = EventDerivation | ScoreDerivation


def read_derivation(stored: Mapping[str, Any]) -> Derivation:
    """The stored form of a derivation, which was checked when it was stored (see `checks`)."""
    if stored["kind"] == "score":
        lines = stored["points"]
        return ScoreDerivation(
            stored["base"],
            tuple(Points(one["attribute"], one["operator"], _asked(one.get("value")), one["points"]) for one in lines),
        )
    return EventDerivation(
        event=stored["event"],
        aggregate=stored["aggregate"],
        property=stored.get("property") or "",
        within_days=stored.get("within_days"),
        where=tuple(Where(one["property"], one["operator"], _asked(one.get("value"))) for one in stored["where"]),
    )


def _asked(value: Any) -> Asked:
    return tuple(value) if isinstance(value, list) else value


def property_kind(asked: Where) -> str:
    """How the property is read: number, text or boolean by the value asked for, any where none is."""
    one = asked.value[0] if isinstance(asked.value, tuple) else asked.value
    if one is None:
        return "any"
    if isinstance(one, bool):
        return "boolean"
    return "text" if isinstance(one, str) else "number"


def attributes_read(derivation: Derivation) -> list[str]:
    """Keys of the attributes that a score reads, each once, in the order of the card."""
    lines: Sequence[Points] = derivation.points if isinstance(derivation, ScoreDerivation) else ()
    return list(dict.fromkeys(line.attribute for line in lines))


def derivation_words(derivation: Derivation, name: Callable[[str], str] = str) -> str:
    """The derivation as a sentence without its full stop; `name` gives the label of an attribute by its key."""
    if isinstance(derivation, ScoreDerivation):
        lines = [
            f"{_signed(line.points)} where {name(line.attribute)} {_condition(line.operator, line.value)}"
            for line in derivation.points
        ]
        return f"Score from {derivation.base:.15g}: {'; '.join(lines)}"
    wheres = " and ".join(f"{one.property} {_condition(one.operator, one.value)}" for one in derivation.where)
    window = _window(derivation.within_days)
    return f"{_aggregate(derivation)}{window}{' where ' if wheres else ''}{wheres}"


def _signed(points: float) -> str:
    return f"{'−' if points < 0 else '+'}{abs(points):.15g}"


def _aggregate(asked: EventDerivation) -> str:
    event = f"“{asked.event}”"
    if asked.aggregate == "count":
        return f"Number of {event}"
    if asked.aggregate == "sum":
        return f"Sum of {asked.property} of {event}"
    if asked.aggregate == "distinct":
        return f"Number of different {asked.property} of {event}"
    if asked.property:
        return f"{asked.aggregate.capitalize()} known {asked.property} of {event}"
    return f"Moment of the {asked.aggregate} {event}"


def _window(days: int | None) -> str:
    if days is None:
        return ""
    return " in the last day" if days == 1 else f" in the last {days} days"


def _condition(operator: str, value: Asked) -> str:
    if operator in UNARY:
        return OPERATORS[operator]
    listed = value if isinstance(value, tuple) else (value,)
    return f"{OPERATORS[operator]} {', '.join(map(_shown, listed))}"


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:.15g}" if isinstance(value, int | float) else str(value)
