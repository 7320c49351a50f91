"""Brings customers out of PostgreSQL into typed columns: one COPY of SQL that is built from the catalogue."""

import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import polars as pl
from django.db import connection
from psycopg import sql

from customers.rows.frames import ROW_GROUP, build_columns

# Stands for "no value" in the copied text. No stored text can hold it: control characters are refused at the door.
_NULL = "\x03"
_READ_AS: Mapping[str, type[pl.DataType]] = {"number": pl.Float64, "boolean": pl.Boolean}


def _copy_sql(schema: Mapping[str, str], condition: sql.Composable) -> sql.Composed:
    values = [sql.SQL("attributes ->> {}").format(sql.Literal(key)) for key in sorted(schema)]
    fixed = [
        sql.SQL("ordinal"),
        sql.SQL("NOT is_erased"),
        sql.SQL("CASE WHEN is_erased THEN NULL ELSE external_id END"),
    ]
    return sql.SQL(
        "COPY (SELECT {columns} FROM customers_customer WHERE {condition} ORDER BY ordinal)"
        " TO STDOUT (FORMAT csv, NULL {null}, ENCODING 'UTF8')"
    ).format(columns=sql.SQL(", ").join([*fixed, *values]), condition=condition, null=sql.Literal(_NULL))


def _copied(query: sql.Composed) -> io.BytesIO:
    text = io.BytesIO()
    with connection.cursor() as cursor, cursor.copy(query) as copy:
        for chunk in copy:
            text.write(chunk)
    text.seek(0)
    return text


def _typed(key: str, kind: str) -> pl.Expr:
    column = pl.col(key)
    if kind == "date":
        return column.str.to_date("%Y-%m-%d")
    if kind == "timestamp":
        return column.str.to_datetime("%Y-%m-%dT%H:%M:%S%.fZ", time_unit="us").dt.replace_time_zone("UTC")
    if kind == "set":
        return column.str.json_decode(pl.List(pl.String))
    return column.cast(pl.Categorical)


def export_rows(schema: Mapping[str, str], condition: sql.Composable) -> pl.DataFrame:
    """The customers that meet the condition, by ordinal, in the columns of a build."""
    read_as = {key: _READ_AS.get(kind, pl.String) for key, kind in sorted(schema.items())}
    text = _copied(_copy_sql(schema, condition))
    names = {"ordinal": pl.UInt32, "alive": pl.String, "external_id": pl.String} | read_as
    if not text.getbuffer().nbytes:
        return pl.DataFrame(schema=build_columns(schema))
    frame = pl.read_csv(text, has_header=False, schema=names, null_values=[_NULL], empty_string_is_null=False)
    later = [_typed(key, kind) for key, kind in sorted(schema.items()) if kind not in _READ_AS]
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


def changed_after(seq: int) -> sql.Composed:
    """The condition: changed after that change."""
    return sql.SQL("changed_seq > {}").format(sql.Literal(seq))


def write_frame(frame: pl.DataFrame, path: Path) -> None:
    """Write rows as a file of a build."""
    frame.write_parquet(path, compression="zstd", row_group_size=ROW_GROUP, statistics=True)


def sink_rows(rows: pl.LazyFrame, path: Path) -> None:
    """Stream rows into a file of a build."""
    rows.sink_parquet(path, compression="zstd", row_group_size=ROW_GROUP, statistics=True, maintain_order=True)


def export_base(schema: Mapping[str, str], row_count: int, path: Path) -> None:
    """Write all customers, row i being ordinal i, a slice in memory at a time."""
    with _slices(path) as slices:
        for first in range(0, row_count, ROW_GROUP) or [0]:
            end = min(first + ROW_GROUP, row_count)
            part = path.with_name(f"{path.name}.{len(slices)}")
            slices.append(part)
            write_frame(filled_gaps(export_rows(schema, between(first, end)), first, end), part)
        if len(slices) == 1:
            slices.pop().replace(path)
        else:
            sink_rows(pl.concat([pl.scan_parquet(part) for part in slices]), path)


@contextmanager
def _slices(path: Path) -> Iterator[list[Path]]:
    parts: list[Path] = []
    try:
        yield parts
    finally:
        for part in parts:
            part.unlink(missing_ok=True)
