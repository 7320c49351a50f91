"""The events that features read: out of PostgreSQL for some customers, out of columnar extracts for all of them."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import polars as pl
from psycopg import sql

from customers.rows.aggregates import EVENT_TYPES, EventColumns, property_column
from customers.stages.collection import NULL, copied, copy_of

ORDER: Final = ("ordinal", "at", "id")
_FIXED: Final[Mapping[str, pl.DataType]] = {
    "ordinal": pl.UInt32(),
    "id": pl.Int64(),
    "at": pl.Int64(),
    "name": pl.Categorical(),
}
_CONTROL: Final = r"[\x01-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]"
_DAY: Final = r"(?!0000)\d\d\d\d-\d\d-\d\d"
# Kind -> when a property is a value of that kind. Numbers beyond 2**53 cannot be told apart by a build.
_IS: Final[Mapping[str, str]] = {
    # Not AND: only a CASE surely keeps texts away from the cast.
    "number": "CASE WHEN jsonb_typeof({v}) = 'number' THEN abs(({t})::numeric) <= 9007199254740992 ELSE false END",
    "text": "jsonb_typeof({v}) = 'string' AND length({t}) <= 10000 AND ({t}) !~ '" + _CONTROL + "'",
    "any": "jsonb_typeof({v}) IN ('string', 'number', 'boolean')",
    "boolean": "jsonb_typeof({v}) = 'boolean'",
    "date": "jsonb_typeof({v}) = 'string' AND ({t}) ~ '^" + _DAY + "$'",
    "timestamp": "jsonb_typeof({v}) = 'string' AND ({t}) ~ '^" + _DAY + r"T\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$'",
}


def _property_sql(kind: str, name: str) -> sql.Composable:
    given, text = sql.SQL("content -> {}"), sql.SQL("content ->> {}")
    key = sql.Literal(name)
    condition = sql.SQL(_IS[kind]).format(v=given.format(key), t=text.format(key))
    return sql.SQL("CASE WHEN {} THEN {} END").format(condition, text.format(key))


def _typed(kind: str, column: str) -> pl.Expr:
    value = pl.col(column)
    if kind == "date":
        return value.str.to_date("%Y-%m-%d", strict=False)
    if kind == "timestamp":
        moment = value.str.replace("Z$", "+00:00").str.to_datetime(
            "%Y-%m-%dT%H:%M:%S%.f%:z", time_unit="us", time_zone="UTC", strict=False
        )
        # An offset may lead out of the calendar that Python knows.
        return pl.when(moment.dt.year().is_between(1, 9999)).then(moment)
    return value.cast(EVENT_TYPES[kind])


def event_schema(properties: Sequence[tuple[str, str]]) -> dict[str, pl.DataType]:
    """Column -> type of events read with these properties."""
    fixed = dict(_FIXED) | {"at": pl.Datetime("us", "UTC")}
    return fixed | {property_column(kind, name): EVENT_TYPES[kind] for kind, name in properties}


def read_events(needed: EventColumns, condition: sql.Composable) -> pl.DataFrame:
    """The needed events that meet the condition, of customers, sorted by ordinal, instant and id."""
    properties = sorted(needed.properties)
    fixed = [
        sql.SQL("customer_ordinal"),
        sql.SQL("id"),
        sql.SQL("(extract(epoch FROM at) * 1000000)::bigint"),
        sql.SQL("name"),
    ]
    columns = sql.SQL(", ").join([*fixed, *(_property_sql(kind, name) for kind, name in properties)])
    named = sql.SQL(
        "type = 'track' AND customer_ordinal IS NOT NULL AND applied_seq IS NOT NULL AND name = ANY({}) AND "
    )
    where = named.format(sql.Literal(sorted(needed.names))) + condition
    text = copied(copy_of(columns, "customers_event", where, "customer_ordinal, at, id"))
    schema = event_schema(properties)
    if not text.getbuffer().nbytes:
        return pl.DataFrame(schema=schema)
    direct = {"number": pl.Float64(), "boolean": pl.Boolean()}
    kinds = {property_column(kind, name): kind for kind, name in properties}
    names = dict(_FIXED) | {column: direct.get(kind, pl.String()) for column, kind in kinds.items()}
    frame = pl.read_csv(text, has_header=False, schema=names, null_values=[NULL], empty_string_is_null=False)
    at = pl.col("at").cast(pl.Datetime("us")).dt.replace_time_zone("UTC")
    later = [_typed(kind, column).alias(column) for column, kind in kinds.items() if kind not in direct]
    return frame.with_columns(at, *later)


class StoredEvents:
    """Events out of PostgreSQL: right for some customers."""

    def of(self, ordinals: pl.Series, needed: EventColumns) -> pl.LazyFrame:
        """The needed events of these customers."""
        wanted = sql.SQL("customer_ordinal = ANY({}::bigint[])").format(sql.Literal(ordinals.to_list()))
        return read_events(needed, wanted).lazy()


class ExtractedEvents:
    """Events out of the files of an extract: right for all customers, a slice of neighbouring ordinals at a time."""

    def __init__(self, paths: Sequence[Path]) -> None:
        self.paths = list(paths)

    def of(self, ordinals: pl.Series, needed: EventColumns) -> pl.LazyFrame:
        """The needed events of everybody from the first to the last of these customers."""
        columns = list(event_schema(sorted(needed.properties)))
        if not self.paths or not len(ordinals):
            return pl.LazyFrame(schema=event_schema(sorted(needed.properties)))
        slice_of = pl.col("ordinal").is_between(ordinals[0], ordinals[-1])
        parts = [pl.scan_parquet(path).filter(slice_of).select(columns) for path in self.paths]
        return parts[0] if len(parts) == 1 else pl.concat(parts).sort(ORDER)
