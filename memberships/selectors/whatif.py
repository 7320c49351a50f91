"""What another value of a threshold would do to a segment's size and value, for many values in one pass."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache, reduce
from typing import Any

import numpy as np
import polars as pl

from common.clock import now
from customers.selectors import attribute_facts
from memberships import compiler
from memberships.errors import NotComputed
from memberships.measures.curves import Floats, Rows, passing
from memberships.measures.ladders import ladder
from memberships.selectors.builds import ReadableBuild, readable_build
from memberships.selectors.previews import referred
from taxonomy.rules import Rule, conjoin
from taxonomy.rules.nodes import Attribute, Condition, Constant, Flag
from taxonomy.rules.thresholds import Candidate, Place, Value, candidate_at, with_filling

_UNKNOWN = "?unknown"
_FILLINGS: dict[str, Condition] = {
    "?true": Constant(True),
    "?false": Constant(False),
    _UNKNOWN: Flag(Attribute("?", "boolean")),
}
_QUANTILES = (0.01, *(step / 20 for step in range(1, 20)), 0.99)
_UNITS_OF_SHARES = ("", "%", "share")


@dataclass(frozen=True)
class Point:
    """What the segment would be at one value. `known` members have a number in the measure; `total` is its sum."""

    value: Value
    members: int
    known: int | None = None
    total: float | None = None

    @property
    def mean(self) -> float | None:
        """The mean of the measure over the members that have it."""
        return self.total / self.known if self.known and self.total is not None else None


@dataclass(frozen=True)
class WhatIf:
    """The points in rising order of their values, exact on build number `build`; one of them is the present value."""

    candidate: Candidate
    points: list[Point]
    measure: str | None
    population: int
    build: int
    as_of: datetime

    @property
    def present(self) -> Point:
        """The point of the value that the rule has."""
        return next(point for point in self.points if point.value == self.candidate.value)


def what_if(
    rule: Rule,
    place: Place,
    *,
    above: Sequence[Rule] = (),
    values: Sequence[Value] | None = None,
    measure: str | None = None,
) -> WhatIf:
    """Count `rule` below the rules `above` it for each value at the place, the present one always among them.

    Every row is read once, whatever the number of values: the rule is evaluated with the comparison held true, false
    and unknown, and the comparison itself by sorting rows between the values. Without `values` they come from the
    attribute's distribution. Raises NotComputed; ValueError where the rule has no such place.
    """
    return what_if_on(readable_build(), rule, place, above=above, values=values, measure=measure, as_of=now())


def what_if_on(
    build: ReadableBuild,
    rule: Rule,
    place: Place,
    *,
    above: Sequence[Rule],
    values: Sequence[Value] | None,
    measure: str | None,
    as_of: datetime,
) -> WhatIf:
    """The same on a given build, with CURRENT_DATE that of `as_of`."""
    candidate = candidate_at(rule, place)
    if candidate is None:
        raise ValueError(f"The rule has no such value of {place.attribute}.")
    wanted = list(values) if values is not None else anchored_values(build, candidate, as_of.date())
    rising = _rising({*wanted, candidate.value}, candidate, as_of.date())
    filled = {
        name: reduce(conjoin, [*above, with_filling(rule, place, filling)]) for name, filling in _FILLINGS.items()
    }
    rows = _rows(build, filled, candidate, measure, as_of)
    points = _points(rows, candidate, rising, measure)
    return WhatIf(candidate, sorted(points, key=_value), measure, build.alive_count, build.number, as_of)


def counts_on_newest(rules: Mapping[str, Rule]) -> dict[str, int]:
    """How many customers each rule selects on the newest build, all in one pass. Raises NotComputed."""
    if not rules:
        return {}
    build = readable_build()
    names = {f"?{position}": name for position, name in enumerate(rules)}
    asked = {position: rules[name] for position, name in names.items()}
    planned = compiler.plan(
        build.frame, {**referred(*asked.values()), **asked}, as_of=now(), wanted=list(names), holds=build.holds
    )
    if refused := [planned.refused[name] for name in names if name in planned.refused]:
        raise NotComputed(refused[0])
    counted = _collected(planned.frame.select(pl.col(name).sum() for name in names)).row(0)
    return {names[name]: int(count) for name, count in zip(names, counted, strict=True)}


def value_measures(keys: frozenset[str]) -> dict[str, str]:
    """The number attributes of the value dimension among `keys`: key -> label, the usual one first.

    The usual one has the largest total among those counted in a unit (not in shares): what the company earns most by.
    """
    rows = {
        key: row
        for key, row in attribute_facts().items()
        if key in keys and row.type == "number" and row.dimension == "value"
    }
    sizes = _totals(readable_build().pk, tuple(sorted(rows)))
    first = sorted(
        rows, key=lambda key: (rows[key].unit.lower() in _UNITS_OF_SHARES, -sizes.get(key, 0.0), rows[key].label)
    )
    return {key: rows[key].label for key in first}


def anchored_values(build: ReadableBuild, candidate: Candidate, today: date) -> list[Value]:
    """Values worth trying: quantiles of the attribute in round numbers, and what lies near the present one."""
    quantiles = _quantiles(build.pk, candidate.place.attribute)
    return ladder(candidate.kind, quantiles, candidate.value, today=today)


@lru_cache(maxsize=64)
def _quantiles(build_pk: int, key: str) -> tuple[Any, ...]:
    """The values at even shares of the customers that have one."""
    frame = readable_build().frame
    if key not in frame.collect_schema():
        return ()
    known = _collected(frame.filter(pl.col(compiler.ALIVE)).select(pl.col(key).drop_nulls().sort())).to_series()
    if not len(known):
        return ()
    return tuple(known.gather([round(share * (len(known) - 1)) for share in _QUANTILES]).to_list())


@lru_cache(maxsize=16)
def _totals(build_pk: int, keys: tuple[str, ...]) -> dict[str, float]:
    """The sum of each attribute over all customers."""
    frame = readable_build().frame
    held = [key for key in keys if key in frame.collect_schema()]
    if not held:
        return {}
    return dict(_collected(frame.filter(pl.col(compiler.ALIVE)).select(pl.col(held).sum())).row(0, named=True))


@dataclass(frozen=True)
class _Rows:
    """Members whatever the value is (`always`: customers, those with the measure, its sum), and the rows that turn.

    `values` are physical and never missing; `if_true` and `if_false` say for which answer of the comparison the row is
    a member, never for both.
    """

    always: tuple[float, float, float]
    values: Rows
    if_true: Floats
    if_false: Floats
    is_measured: Floats
    measured: Floats


def _rows(
    build: ReadableBuild, filled: Mapping[str, Rule], candidate: Candidate, measure: str | None, as_of: datetime
) -> _Rows:
    key = candidate.place.attribute
    frame = build.frame.with_columns(pl.lit(None, dtype=pl.Boolean).alias("?"))
    schema = frame.collect_schema()
    if missing := [name for name in (key, measure) if name and name not in schema]:
        raise NotComputed(f"The customers' data does not hold {missing[0]} yet. Import a value of it first.")
    planned = compiler.plan(
        frame,
        {**referred(*filled.values()), **filled},
        as_of=as_of,
        wanted=list(filled),
        holds=build.holds,
        kept={key: None, **({measure: None} if measure else {})},
    )
    if refused := [planned.refused[name] for name in filled if name in planned.refused]:
        raise NotComputed(refused[0])
    number = pl.col(compiler.kept_column(measure)) if measure else pl.lit(None, dtype=pl.Float64)
    value, if_true, if_false = pl.col(compiler.kept_column(key)), pl.col("?true"), pl.col("?false")
    answers = _collected(
        planned.frame.select(
            value.alias("value"),
            if_true,
            if_false,
            number.alias("number"),
            pl.when(value.is_null()).then(pl.col(_UNKNOWN)).otherwise(if_true & if_false).alias("always"),
        )
    )
    turning = answers.filter(pl.col("value").is_not_null() & (if_true ^ if_false))
    always = answers.filter("always").get_column("number")
    return _Rows(
        always=(len(always), len(always) - always.null_count(), float(always.sum())),
        values=turning.get_column("value").to_physical().to_numpy(),
        if_true=turning.get_column("?true").cast(pl.Float64).to_numpy(),
        if_false=turning.get_column("?false").cast(pl.Float64).to_numpy(),
        is_measured=turning.get_column("number").is_not_null().cast(pl.Float64).to_numpy(),
        measured=turning.get_column("number").fill_null(0.0).to_numpy(),
    )


def _points(rows: _Rows, candidate: Candidate, rising: dict[Any, Value], measure: str | None) -> list[Point]:
    bounds = np.array(list(rising), dtype=rows.values.dtype)

    def summed(weights: Floats | float, always: float) -> list[float]:
        counted = passing(rows.values, bounds, candidate.comparison, rows.if_true * weights, rows.if_false * weights)
        return [float(value) for value in counted + always]

    members = [round(value) for value in summed(1.0, rows.always[0])]
    if measure is None:
        return [Point(value, count) for value, count in zip(rising.values(), members, strict=True)]
    known, totals = summed(rows.is_measured, rows.always[1]), summed(rows.measured, rows.always[2])
    return [
        Point(value, count, round(known[position]), totals[position])
        for position, (value, count) in enumerate(zip(rising.values(), members, strict=True))
    ]


def _rising(values: set[Value], candidate: Candidate, today: date) -> dict[Any, Value]:
    """The values by what the engine compares with, rising; of two that are the same there one is kept."""
    physical: dict[Any, Value] = {}
    for value in values:
        as_compared = _physical(value, candidate.kind, today)
        if as_compared not in physical or value == candidate.value:
            physical[as_compared] = value
    return dict(sorted(physical.items()))


def _physical(value: Value, kind: str, today: date) -> Any:
    if kind == "number":
        return float(value)  # type: ignore[arg-type]
    if kind == "timestamp":
        return pl.Series([value], dtype=pl.Datetime("us", "UTC")).to_physical().item()
    day = today - timedelta(days=int(value)) if kind == "days" else value  # type: ignore[arg-type]
    return pl.Series([day], dtype=pl.Date).to_physical().item()


def _value(point: Point) -> Any:
    return point.value


def _collected(frame: pl.LazyFrame) -> pl.DataFrame:
    try:
        return frame.collect()
    except pl.exceptions.PolarsError as error:
        raise NotComputed(compiler.plain_reason(error)) from error
