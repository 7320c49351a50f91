"""Collection: brings customers' stored values out of PostgreSQL into typed columns, by one COPY of SQL that is built
from the catalogue.
"""

import io
from collections.abc import Mapping
from typing import Final

import polars as pl
from django.db import connection
from psycopg import sql

from customers.rows.frames import build_columns
from customers.stages.base import Asked

# Stands for "no value" in the copied text. No stored value can be it: control characters are refused at the door.
NULL: Final = "\x03"
_READ_AS: Mapping[str, type[pl.DataType]] = {"number": pl.Float64, "boolean": pl.Boolean}
# Columns beside those of a build that may be asked for: name -> (SQL, type).
CAUSE: Final = {"change_cause": ("change_cause", pl.String()), "arrived_at": ("arrived_at", pl.String())}


def copied(query: sql.Composable) -> io.BytesIO:
    """What a COPY ... TO STDOUT gives."""
    text = io.BytesIO()
    with connection.cursor() as cursor, cursor.copy(query) as copy:
        for chunk in copy:
            text.write(chunk)
    text.seek(0)
    return text


def copy_of(columns: sql.Composable, table: str, condition: sql.Composable, order: str) -> sql.Composed:
    """The COPY of those columns of the rows that meet the condition, as CSV."""
    return sql.SQL(
        "COPY (SELECT {columns} FROM {table} WHERE {condition} ORDER BY {order})"
        " TO STDOUT (FORMAT csv, NULL {null}, ENCODING 'UTF8')"
    ).format(
        columns=columns, table=sql.SQL(table), condition=condition, order=sql.SQL(order), null=sql.Literal(NULL)
    )  # fmt: skip


def typed(key: str, kind: str) -> pl.Expr:
    """The column of texts in the type of a build's column."""
    column = pl.col(key)
    if kind == "date":
        return column.str.to_date("%Y-%m-%d")
    if kind == "timestamp":
        return column.str.to_datetime("%Y-%m-%dT%H:%M:%S%.fZ", time_unit="us").dt.replace_time_zone("UTC")
    if kind == "set":
        return column.str.json_decode(pl.List(pl.String))
    return column.cast(pl.Categorical)


class Collection:
    """The values that were sent and imported, as they are stored."""

    name = "collection"
    version = 1

    def keys(self, asked: Asked) -> list[str]:
        """The attributes that are not computed."""
        return [key for key, row in sorted(asked.catalogue.items()) if row.derivation is None]

    def rows(
        self, asked: Asked, condition: sql.Composable, more: Mapping[str, tuple[str, pl.DataType]] | None = None
    ) -> pl.DataFrame:
        """The customers that meet the condition, by ordinal: `ordinal`, `alive`, `external_id`, what `more` asks for,
        and the collected attributes."""
        schema = {key: asked.catalogue[key].type for key in self.keys(asked)}
        more = more or {}
        fixed = ["ordinal", "NOT is_erased", "CASE WHEN is_erased THEN NULL ELSE external_id END"]
        fixed += [expression for expression, _ in more.values()]
        values = [sql.SQL("attributes ->> {}").format(sql.Literal(key)) for key in schema]
        columns = sql.SQL(", ").join([*map(sql.SQL, fixed), *values])
        text = copied(copy_of(columns, "customers_customer", condition, "ordinal"))
        given = {name: kind for name, (_, kind) in more.items()}
        empty = build_columns(schema)
        if not text.getbuffer().nbytes:
            first = {name: empty[name] for name in ("ordinal", "alive", "external_id")}
            return pl.DataFrame(schema=first | given | {key: empty[key] for key in schema})
        read_as = {key: _READ_AS.get(kind, pl.String) for key, kind in schema.items()}
        names = {"ordinal": pl.UInt32, "alive": pl.String, "external_id": pl.String} | given | read_as
        frame = pl.read_csv(text, has_header=False, schema=names, null_values=[NULL], empty_string_is_null=False)
        later = [typed(key, kind) for key, kind in schema.items() if kind not in _READ_AS]
        return frame.with_columns((pl.col("alive") == "t").alias("alive"), *later)


def filled_gaps(frame: pl.DataFrame, first: int, end: int) -> pl.DataFrame:
    """The frame with a row for every ordinal from `first` until before `end`; those that nobody has are not alive."""
    if frame.height == end - first:
        return frame
    every = pl.DataFrame({"ordinal": pl.arange(first, end, dtype=pl.UInt32, eager=True)})
    return every.join(frame, on="ordinal", how="left", maintain_order="left").with_columns(
        pl.col("alive").fill_null(False)
    )


def between(first: int, end: int) -> sql.Composed:
    """The condition: ordinals from `first` until before `end`."""
    return sql.SQL("ordinal >= {} AND ordinal < {}").format(sql.Literal(first), sql.Literal(end))


def among(ordinals: list[int]) -> sql.Composed:
    """The condition: these ordinals."""
    return sql.SQL("ordinal = ANY({}::bigint[])").format(sql.Literal(ordinals))


def changed_after(seq: int, through: int | None = None) -> sql.Composed:
    """The condition: changed after that change, and not after `through`."""
    after = sql.SQL("changed_seq > {}").format(sql.Literal(seq))
    return after if through is None else after + sql.SQL(" AND changed_seq <= {}").format(sql.Literal(through))
