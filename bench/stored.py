"""Made-up customers in PostgreSQL, with the values that the generated build holds of them."""

import random
from datetime import UTC, date, datetime
from typing import Any

import polars as pl

from bench import generated


def stored_form(value: Any) -> Any:
    """A value of a build as customers' values are stored."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"
    return value.isoformat() if isinstance(value, date) else value


def store(steward: Any, frame: pl.DataFrame, count: int) -> None:
    """The first `count` rows of the frame as customers, of the same ordinals."""
    from customers.selectors import ordinals_of
    from customers.services.profiles import merge_customers_bulk

    keys = list(generated.attribute_kinds())
    for part in frame.head(count).iter_slices(5_000):
        rows = [
            {
                "external_id": row["external_id"],
                "attributes": {key: stored_form(row[key]) for key in keys if row[key] is not None},
            }
            for row in part.iter_rows(named=True)
        ]
        merge_customers_bulk(actor=steward, rows=rows)
        found = ordinals_of(part["external_id"].to_list())
        assert list(found.values()) == part["ordinal"].to_list() or sorted(found.values()) == part["ordinal"].to_list()


def changed(frame: pl.DataFrame, count: int, among: int, draw: random.Random) -> list[dict[str, Any]]:
    """Values of `count` of the first `among` customers as some other customer has them: six attributes each."""
    keys = list(generated.attribute_kinds())
    rows = []
    for ordinal in sorted(draw.sample(range(among), count)):
        other = frame.row(draw.randrange(frame.height), named=True)
        some = draw.sample(keys, 6)
        external_id = frame["external_id"][ordinal]
        rows.append({"external_id": external_id, "attributes": {key: stored_form(other[key]) for key in some}})
    return rows
