"""Features: attributes that are aggregates over customers' events, computed by the same expressions in bulk and for
single customers.
"""

from collections.abc import Mapping
from typing import Protocol

import polars as pl

from customers.rows.aggregates import Aggregate, EventColumns, aggregated, columns_needed, filled
from customers.rows.derivations import EventDerivation
from customers.rows.frames import TYPES
from customers.stages.base import Asked


class Events(Protocol):
    """Where features read events."""

    def of(self, ordinals: pl.Series, needed: EventColumns) -> pl.LazyFrame:
        """At least the needed events of these customers (rising ordinals), sorted by ordinal, instant and id."""
        ...


def feature_aggregates(asked: Asked) -> dict[str, Aggregate]:
    """Key -> aggregate of the attributes that are computed from events."""
    return {
        key: Aggregate(row.derivation, row.type, row.choices if row.type == "enum" else ())
        for key, row in sorted(asked.catalogue.items())
        if isinstance(row.derivation, EventDerivation)
    }


class Features:
    """Aggregates over events; each different one is computed once, whatever the number of attributes that show it."""

    name = "features"
    version = 1

    def __init__(self, events: Events) -> None:
        self.events = events

    def keys(self, asked: Asked) -> list[str]:
        """The attributes that are computed from events."""
        return list(feature_aggregates(asked))

    def add(self, frame: pl.DataFrame, asked: Asked) -> pl.DataFrame:
        """The frame with a column for each of them."""
        wanted = feature_aggregates(asked)
        if not wanted:
            return frame
        distinct = list(dict.fromkeys(wanted.values()))
        events = self.events.of(frame.get_column("ordinal"), columns_needed(distinct))
        values = aggregated(events, distinct, asked.as_of)
        values = values.rename({str(at): f"feature:{at}" for at in range(len(distinct))})
        joined = frame.join(values, on="ordinal", how="left", maintain_order="left")
        return joined.select(pl.col(frame.columns), *_columns(wanted, distinct))


def _columns(wanted: Mapping[str, Aggregate], distinct: list[Aggregate]) -> list[pl.Expr]:
    places = {one: at for at, one in enumerate(distinct)}
    return [
        filled(pl.col(f"feature:{places[one]}"), one).cast(TYPES[one.type]).alias(key) for key, one in wanted.items()
    ]
