"""Compiles event derivations to expressions over columns of events: each different aggregate once, all in one pass.

Sums are taken over whole numbers (a part before the point and one after it), so that neither the order of events nor
the way in which they were cut into files and slices shows in the last digit.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import reduce
from operator import and_, eq, ge, gt, le, lt, ne
from typing import Any, Final

import polars as pl

from customers.rows.derivations import EventDerivation, Where, property_kind

# Read events: `ordinal`, `id`, `at`, `name`, and a column for each property by `property_column`.
EVENT_TYPES: Final[Mapping[str, pl.DataType]] = {
    "number": pl.Float64(),
    "text": pl.Categorical(),
    "any": pl.Categorical(),
    "boolean": pl.Boolean(),
    "date": pl.Date(),
    "timestamp": pl.Datetime("us", "UTC"),
}
# What is larger is taken for a mistake, and left out of sums: ten million such values would not fit any more.
LARGEST_SUMMAND: Final = 1e12
_FRACTION: Final = 1e9
_COMPARISONS: Final[Mapping[str, Any]] = {"=": eq, "<>": ne, "<": lt, "<=": le, ">": gt, ">=": ge}
_COUNTED: Final = frozenset({"count", "sum", "distinct"})


@dataclass(frozen=True)
class Aggregate:
    """One aggregate with what its value must be: the type of the attribute, and its choices where it has some."""

    asked: EventDerivation
    type: str
    choices: tuple[str, ...] = ()

    @property
    def property_kind(self) -> str:
        """How the property that is aggregated is read; empty without one."""
        if not self.asked.property:
            return ""
        if self.asked.aggregate in ("sum", "distinct"):
            return "number" if self.asked.aggregate == "sum" else "any"
        return "text" if self.type == "enum" else self.type


@dataclass(frozen=True)
class EventColumns:
    """Which events are needed (names) and which of their properties: (kind, property)."""

    names: frozenset[str]
    properties: frozenset[tuple[str, str]]

    def covers(self, other: "EventColumns") -> bool:
        """Whether everything that the other needs is here."""
        return self.names >= other.names and self.properties >= other.properties


def columns_needed(aggregates: Iterable[Aggregate]) -> EventColumns:
    """What the aggregates read."""
    names: set[str] = set()
    properties: set[tuple[str, str]] = set()
    for one in aggregates:
        names.add(one.asked.event)
        properties.update((property_kind(where), where.property) for where in one.asked.where)
        if one.asked.property:
            properties.add((one.property_kind, one.asked.property))
    return EventColumns(frozenset(names), frozenset(properties))


def property_column(kind: str, name: str) -> str:
    """The column that holds a property read as one kind."""
    return f"{kind}:{name}"


def since(within_days: int, as_of: datetime) -> datetime:
    """The first instant of a window: the start of the UTC day so many days before the day of `as_of`."""
    day = as_of.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    # Nothing that is kept is older than the calendar of the program.
    return day - timedelta(days=min(within_days, (day - datetime.min.replace(tzinfo=UTC)).days))


def aggregated(events: pl.LazyFrame, aggregates: Sequence[Aggregate], as_of: datetime) -> pl.DataFrame:
    """A row for each customer with events, by ordinal: `ordinal` and a column for each aggregate by its position.

    `events` must be sorted by ordinal, instant and id: that is the order of first and last.
    """
    rows = events.with_row_index("row") if any(_asks_for_rows(one) for one in aggregates) else events
    masks = [_mask(one.asked, as_of).alias(f"is{at}") for at, one in enumerate(aggregates)]
    plain = [at for at, one in enumerate(aggregates) if one.asked.aggregate != "distinct"]
    masked = rows.with_columns(masks[at] for at in plain).filter(pl.any_horizontal([pl.lit(False), *_names(plain)]))
    summed = {aggregates[at].asked.property for at in plain if aggregates[at].asked.aggregate == "sum"}
    ready = masked.with_columns(part for name in sorted(summed) for part in _summands(name))
    parts = [part for at in plain for part in _parts(at, aggregates[at])]
    found = ready.group_by("ordinal").agg(parts).collect(engine="streaming")
    for at in plain:
        found = found.with_columns(_finished(at, aggregates[at], events))
    for at, one in enumerate(aggregates):
        if one.asked.aggregate == "distinct":
            column = property_column("any", one.asked.property)
            pairs = rows.filter(masks[at] & pl.col(column).is_not_null()).select("ordinal", column).unique()
            counted = pairs.group_by("ordinal").agg(pl.len().cast(pl.Float64).alias(str(at)))
            # Full: who has only events that no other aggregate counts is not there yet.
            found = found.join(counted.collect(engine="streaming"), on="ordinal", how="full", coalesce=True)
    return found.sort("ordinal").select("ordinal", *(str(at) for at in range(len(aggregates))))


def _asks_for_rows(one: Aggregate) -> bool:
    return bool(one.asked.property) and one.asked.aggregate in ("last", "first")


def filled(column: pl.Expr, one: Aggregate) -> pl.Expr:
    """The column of the aggregate as the attribute's: who has no such events has 0 of them; in the build's type."""
    if one.asked.aggregate in _COUNTED:
        return pl.when(pl.col("alive")).then(column.fill_null(0.0))
    return pl.when(pl.col("alive")).then(column)


def _mask(asked: EventDerivation, as_of: datetime) -> pl.Expr:
    conditions = [pl.col("name") == asked.event]
    if asked.within_days is not None:
        conditions.append(pl.col("at") >= since(asked.within_days, as_of))
    conditions += [_where(where) for where in asked.where]
    return reduce(and_, conditions).fill_null(False)


def _where(where: Where) -> pl.Expr:
    column = pl.col(property_column(property_kind(where), where.property))
    if where.operator == "known":
        return column.is_not_null()
    if where.operator == "unknown":
        return column.is_null()
    if where.operator == "in":
        values: Any = where.value if isinstance(where.value, tuple) else (where.value,)
        numbers = isinstance(values[0], int | float) and not isinstance(values[0], bool)
        series = pl.Series([float(one) for one in values] if numbers else list(values))
        return column.is_in(pl.lit(series).implode())
    value = where.value
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = float(value)
    compared: pl.Expr = _COMPARISONS[where.operator](column, pl.lit(value))
    return compared


def _fits(one: Aggregate) -> pl.Expr:
    """Whether the property of an event is a value of the attribute."""
    column = pl.col(property_column(one.property_kind, one.asked.property))
    if one.type == "enum":
        return column.is_in(pl.lit(pl.Series(one.choices, dtype=pl.String)).implode()).fill_null(False)
    return column.is_not_null()


def _names(places: Sequence[int]) -> list[pl.Expr]:
    return [pl.col(f"is{at}") for at in places]


def _summands(name: str) -> list[pl.Expr]:
    """The values of a property in two whole numbers: before the point, and after it in thousand millionths."""
    value = pl.col(property_column("number", name))
    value = pl.when(value.is_between(-LARGEST_SUMMAND, LARGEST_SUMMAND)).then(value)
    whole = value.floor()
    return [
        whole.cast(pl.Int64).alias(f"whole:{name}"),
        ((value - whole) * _FRACTION).round().cast(pl.Int64).alias(f"rest:{name}"),
    ]


def _parts(at: int, one: Aggregate) -> list[pl.Expr]:
    mask, asked = pl.col(f"is{at}"), one.asked
    if asked.aggregate == "count":
        return [mask.sum().cast(pl.Float64).alias(str(at))]
    if asked.aggregate == "sum":
        return [
            pl.when(mask).then(pl.col(f"whole:{asked.property}")).sum().alias(f"whole{at}"),
            pl.when(mask).then(pl.col(f"rest:{asked.property}")).sum().alias(f"rest{at}"),
        ]
    if not asked.property:
        moment = pl.when(mask).then(pl.col("at"))
        return [(moment.max() if asked.aggregate == "last" else moment.min()).alias(str(at))]
    row = pl.when(mask & _fits(one)).then(pl.col("row"))
    return [(row.max() if asked.aggregate == "last" else row.min()).alias(f"row{at}")]


def _finished(at: int, one: Aggregate, events: pl.LazyFrame) -> pl.Expr:
    if one.asked.aggregate == "sum":
        whole, rest = pl.col(f"whole{at}"), pl.col(f"rest{at}")
        return (whole.cast(pl.Float64) + rest.cast(pl.Float64) / _FRACTION).alias(str(at))
    if _asks_for_rows(one):
        column = property_column(one.property_kind, one.asked.property)
        values = events.select(column).collect().get_column(column)
        return pl.lit(values).gather(pl.col(f"row{at}")).alias(str(at))
    return pl.col(str(at))
