"""The evaluators of the rule language, each answering many rules for many customers in one go."""

from __future__ import annotations

import logging
import os
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
from django.db import connection

from taxonomy.compiler import TIMESTAMP, compile_rule, segment_column
from taxonomy.rules import AttributeFacts, Rule, matches
from taxonomy.rules.types import AttributeType
from taxonomy.sql import to_sql
from taxonomy.sql.dialects import TRAITS

Catalogue = dict[str, AttributeFacts]
Row = dict[str, Any]
Truths = list[list[bool | None]]

_POLARS: dict[str, Any] = {
    "number": pl.Float64,
    "text": pl.Categorical,
    "enum": pl.Categorical,
    "boolean": pl.Boolean,
    "date": pl.Date,
    "timestamp": TIMESTAMP,
    "set": pl.List(pl.String),
}


def types_of(catalogue: Catalogue, segments: Sequence[str]) -> dict[str, AttributeType]:
    """Every column with its type: attributes, then the answers of other segments."""
    return {key: facts.type for key, facts in catalogue.items()} | {segment_column(key): "boolean" for key in segments}


def by_reference(rules: Sequence[Rule], rows: Sequence[Row], as_of: datetime) -> Truths:
    """What the reference answers; a row holds attributes and columns `segment:k`."""
    return [
        [matches(rule, row, as_of, segments=lambda key, row=row: row[segment_column(key)]) for row in rows]  # type: ignore[misc]
        for rule in rules
    ]


def frame_of(types: dict[str, AttributeType], rows: Sequence[Row]) -> pl.DataFrame:
    """The rows as a profile build holds them."""
    columns = {
        key: [float(row[key]) if type_ == "number" and row[key] is not None else row[key] for row in rows]
        for key, type_ in types.items()
    }
    return pl.DataFrame(columns, schema={key: _POLARS[type_] for key, type_ in types.items()})


def by_polars(rules: Sequence[Rule], types: dict[str, AttributeType], rows: Sequence[Row], as_of: datetime) -> Truths:
    """What the engine of the product answers."""
    expressions = [compile_rule(rule, as_of=as_of).alias(str(number)) for number, rule in enumerate(rules)]
    found = frame_of(types, rows).lazy().select(expressions).collect()
    return [column.to_list() for column in found.iter_columns()]


def by_duckdb(
    database: duckdb.DuckDBPyConnection,
    rules: Sequence[Rule],
    types: dict[str, AttributeType],
    rows: Sequence[Row],
    as_of: datetime,
) -> Truths:
    """What DuckDB answers to the SQL of the rules, in one statement."""
    columns = ", ".join(f"{_name(key)} {TRAITS['duckdb'].types[type_]}" for key, type_ in types.items())
    database.execute(f"CREATE OR REPLACE TABLE customers (row_number INTEGER, {columns})")
    marks = ", ".join("?" for _ in range(len(types) + 1))
    database.executemany(f"INSERT INTO customers VALUES ({marks})", _numbered(types, rows))
    selected = ", ".join(f"({to_sql(rule, 'duckdb', as_of=as_of)})" for rule in rules)
    found = database.execute(f"SELECT {selected} FROM customers ORDER BY row_number").fetchall()
    return [list(column) for column in zip(*found, strict=True)]


def by_postgres(rules: Sequence[Rule], types: dict[str, AttributeType], rows: Sequence[Row], as_of: datetime) -> Truths:
    """What the PostgreSQL of the tests answers to the SQL of the rules, in one statement."""
    columns = ", ".join(f"{_name(key)} {TRAITS['postgres'].types[type_]}" for key, type_ in types.items())
    marks = ", ".join("%s" for _ in range(len(types) + 1))
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS rule_rows; CREATE TEMP TABLE rule_rows (row_number INT, {columns})")
        cursor.executemany(f"INSERT INTO rule_rows VALUES ({marks})", _numbered(types, rows))
        found: list[tuple[Any, ...]] = []
        for first in range(0, len(rules), 1000):  # PostgreSQL takes 1,664 columns at most
            part = rules[first : first + 1000]
            selected = ", ".join(f"({to_sql(rule, 'postgres', as_of=as_of)})" for rule in part)
            cursor.execute(f"SELECT {selected} FROM rule_rows ORDER BY row_number", None)
            found += zip(*cursor.fetchall(), strict=True)
    return [list(column) for column in found]


def by_spark(
    session: Any,
    folder: Path,
    rules: Sequence[Rule],
    types: dict[str, AttributeType],
    rows: Sequence[Row],
    as_of: datetime,
) -> Truths:
    """What Spark answers to the SQL of the rules, in one statement over a Parquet file."""
    frame = frame_of(types, rows).with_columns(pl.col(pl.Categorical).cast(pl.String))
    frame.with_row_index("row_number").cast({"row_number": pl.Int64}).write_parquet(folder / "rows.parquet")
    session.read.parquet(str(folder / "rows.parquet")).createOrReplaceTempView("customers")
    selected = ", ".join(f"({to_sql(rule, 'spark', as_of=as_of)}) AS a{n}" for n, rule in enumerate(rules))
    found = session.sql(f"SELECT row_number, {selected} FROM customers").collect()
    ordered = [tuple(row)[1:] for row in sorted(found, key=lambda row: row[0])]
    return [list(column) for column in zip(*ordered, strict=True)]


def spark_session(folder: Path, master: str = "local[2]") -> Any:
    """A Spark in this machine, on the loopback, without its pages and its generated code."""
    from pyspark.sql import SparkSession

    logging.getLogger("py4j").setLevel(logging.WARNING)
    os.environ["SPARK_LOCAL_IP"] = "127.0.0.1"
    options = {
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
        # A short life is not worth the second compiler.
        "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
        "spark.driver.memory": "1g",
        "spark.executor.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
        "spark.executor.memory": "512m",
        "spark.local.dir": str(folder),
        "spark.sql.ansi.enabled": "true",
        "spark.sql.codegen.factoryMode": "NO_CODEGEN",
        "spark.sql.codegen.wholeStage": "false",
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.shuffle.partitions": "1",
        "spark.sql.warehouse.dir": str(folder / "warehouse"),
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
    }
    builder = SparkSession.builder.master(master).appName("rules")
    for name, value in options.items():
        builder = builder.config(name, value)
    return builder.getOrCreate()


def end_spark(session: Any) -> None:
    """Stop the session and the Java process that it ran in."""
    from pyspark import SparkContext

    gateway = SparkContext._gateway
    session.stop()
    if gateway is not None:
        gateway.shutdown()
        gateway.proc.stdin.close()
        gateway.proc.wait(timeout=20)
        SparkContext._gateway = SparkContext._jvm = None


def _numbered(types: dict[str, AttributeType], rows: Sequence[Row]) -> list[list[Any]]:
    return [
        [
            number,
            *(
                float(row[key]) if type_ == "number" and row[key] is not None else row[key]
                for key, type_ in types.items()
            ),
        ]
        for number, row in enumerate(rows)
    ]


def _name(key: str) -> str:
    return '"' + key.replace('"', '""').replace("%", "%%") + '"'
