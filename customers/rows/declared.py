"""Counts, in one pass over the rows of a build, how many customers break each declared fact."""

from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl

from customers.rows.facts import ordered_value


def _broken(key: str, kind: str, fact: str, declared: Any) -> pl.Expr:
    """How many rows break the fact. A missing value breaks nothing but that it is always known."""
    value = pl.col(key)
    if fact == "minimum":
        return (value < ordered_value(kind, declared)).sum()
    if fact == "maximum":
        return (value > ordered_value(kind, declared)).sum()
    if fact == "is_whole":
        return (value != value.floor()).sum()
    if fact == "is_always_known":
        return (pl.col("alive") & value.is_null()).sum()
    if fact == "not_before":
        return (value < pl.col(declared)).sum()
    known = pl.lit(pl.Series(declared, dtype=pl.String)).implode()
    if kind == "set":
        return value.list.set_difference(known).list.len().gt(0).sum()
    return (~value.cast(pl.String).is_in(known)).sum()


def _countable(
    schema: Mapping[str, str], declared: Mapping[str, Mapping[str, Any]]
) -> Iterator[tuple[str, str, Any, pl.Expr]]:
    for key, facts in declared.items():
        for fact, what in facts.items():
            if key in schema and (fact != "not_before" or schema.get(what) == schema[key]):
                yield key, fact, what, _broken(key, schema[key], fact, what)


def broken_counts(
    rows: pl.LazyFrame, schema: Mapping[str, str], declared: Mapping[str, Mapping[str, Any]]
) -> dict[str, dict[str, dict[str, Any]]]:
    """{key: {fact: {"declared": ..., "broken": customers}}} for the facts that the columns of the build can tell of.

    `declared` is key -> fact -> what is declared in the stored form (see `declared_of`).
    """
    asked = list(_countable(schema, declared))
    found: dict[str, dict[str, dict[str, Any]]] = {}
    if not asked:
        return found
    counted = rows.select(ask[3].alias(str(position)) for position, ask in enumerate(asked)).collect().row(0)
    for (key, fact, what, _), broken in zip(asked, counted, strict=True):
        found.setdefault(key, {})[fact] = {"declared": what, "broken": int(broken or 0)}
    return found
