"""Compiles scorecards to expressions over the columns of a build."""

from collections.abc import Mapping
from functools import reduce
from operator import add, eq, ge, gt, le, lt, ne
from typing import Any, Final

import polars as pl

from customers.rows.derivations import Points, ScoreDerivation
from customers.rows.facts import ordered_value
from customers.rows.frames import TYPES

_COMPARISONS: Final[Mapping[str, Any]] = {"=": eq, "<>": ne, "<": lt, "<=": le, ">": gt, ">=": ge}


def score_expression(card: ScoreDerivation, types: Mapping[str, str]) -> pl.Expr:
    """The score of every row that is alive; `types` are those of the attributes that the card reads.

    Points are added in the order of the card, so that the last digit is always the same.
    """
    parts = [pl.lit(float(card.base))]
    parts += [
        pl.when(_met(line, types[line.attribute])).then(float(line.points)).otherwise(0.0) for line in card.points
    ]
    return pl.when(pl.col("alive")).then(reduce(add, parts))


def _met(line: Points, kind: str) -> pl.Expr:
    column = pl.col(line.attribute)
    if line.operator == "known":
        return column.is_not_null()
    if line.operator == "unknown":
        return column.is_null()
    if line.operator == "contains":
        return column.list.contains(pl.lit(line.value)).fill_null(False)
    if line.operator == "in":
        values = line.value if isinstance(line.value, tuple) else (line.value,)
        return column.is_in(pl.lit(pl.Series(values, dtype=pl.String)).implode()).fill_null(False)
    compared: pl.Expr = _COMPARISONS[line.operator](column, _literal(kind, line.value))
    return compared.fill_null(False)


def _literal(kind: str, value: Any) -> pl.Expr:
    if kind == "number":
        return pl.lit(float(value))
    if kind in ("date", "timestamp"):
        return pl.lit(ordered_value(kind, value), dtype=TYPES[kind])
    return pl.lit(value)
