"""The same rules as Spark SQL over the same Parquet files; the bits come back as Parquet."""

import shutil
import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from time import perf_counter
from typing import Any, Final

import polars as pl
from django.conf import settings
from pyroaring import BitMap

from memberships import bitmaps, compiler
from memberships.engines.base import EngineOptions, Evaluation, OnRows
from memberships.engines.polars_engine import shuffled
from memberships.errors import EngineUnavailable
from taxonomy.compiler import segment_column
from taxonomy.rules import Rule, segments_used
from taxonomy.rules.measures import attributes_of, walk
from taxonomy.sql import SqlRefusedError, to_sql

NAME: Final = "spark"
DIALECT: Final = "spark"
OPTIONS: Final[Mapping[str, str]] = {
    "spark.sql.ansi.enabled": "true",
    # A hundred rules in one select overflow what the JIT takes as one method: interpreted they are three times faster.
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.session.timeZone": "UTC",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
}


class SparkEngine:
    """One select on the cluster that SEGPORTAL_SPARK_MASTER names; its workers find builds under the same path."""

    name = NAME

    @property
    def version(self) -> str:
        try:
            return version("pyspark")
        except PackageNotFoundError as missing:
            raise EngineUnavailable(_MISSING) from missing

    def evaluate(
        self,
        build: Any,
        rules: Sequence[tuple[str, Rule]],
        as_of: datetime,
        options: EngineOptions | None = None,
        on_rows: OnRows | None = None,
    ) -> Evaluation:
        """Members of every rule over the build. Raises EngineUnavailable when there is no Spark."""
        from customers.selectors import builds_folder

        session = spark_session()
        asked = dict(shuffled(rules, (options or EngineOptions()).order))
        result = Evaluation(rows=build.row_count)
        began = perf_counter()
        statement, names = statement_of(build, asked, as_of, result.failures)
        compiled = perf_counter()
        folder = builds_folder().parent / "spark" / uuid.uuid4().hex
        try:
            if names and build.row_count:
                session.sql(statement).write.parquet(f"file://{folder}")
            evaluated = perf_counter()
            result.members = _read(folder, names, build.row_count)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        result.compile_seconds, result.evaluate_seconds = compiled - began, evaluated - compiled
        result.bitmap_seconds = perf_counter() - evaluated
        if on_rows:
            on_rows(result.rows, result.rows)
        return result


_MISSING = "Spark is not installed here: install pyspark (scripts/spark.sh) and Java 17, or choose another engine."


def spark_session() -> Any:
    """The session of this process, or a new one on the cluster that the settings name. Raises EngineUnavailable."""
    try:
        from pyspark.sql import SparkSession
    except ImportError as missing:
        raise EngineUnavailable(_MISSING) from missing
    running = SparkSession.getActiveSession()
    if running is not None:
        return running
    builder = SparkSession.builder.master(settings.SEGPORTAL_SPARK_MASTER).appName("segportal")
    for option, value in OPTIONS.items():
        builder = builder.config(option, value)
    try:
        return builder.getOrCreate()
    except Exception as error:
        raise EngineUnavailable(
            f"Spark at {settings.SEGPORTAL_SPARK_MASTER} did not answer. Check the address, and Java 17."
        ) from error


def statement_of(
    build: Any, rules: dict[str, Rule], as_of: datetime, failures: dict[str, str]
) -> tuple[str, list[str]]:
    """One select for all rules that can be asked, and their names in the order of its columns `r0`, `r1` and so on.

    Those that cannot are taken out of `rules`; their reasons go into `failures`.
    """
    said: dict[str, str] = {}
    for name, rule in list(rules.items()):
        reason = _unreadable(rule, build.schema)
        try:
            said[name] = "" if reason else to_sql(rule, DIALECT, as_of=as_of)
        except SqlRefusedError as refused:
            reason = str(refused)
        if reason:
            failures[name] = reason
            del rules[name]
    order, refused_waves = compiler.waves(rules)
    failures.update(refused_waves)
    referred = {key for rule in rules.values() for key in segments_used(rule)}
    source = _source(build)
    for wave in order:
        provided = [f"{_member(said[name])} AS {_quoted(segment_column(name))}" for name in wave if name in referred]
        if provided:
            source = f"(SELECT *, {', '.join(provided)} FROM {source})"  # noqa: S608
    names = [name for wave in order for name in wave]
    columns = ", ".join(f"{_member(said[name])} AS r{number}" for number, name in enumerate(names))
    return f"SELECT ordinal, {columns} FROM {source}", names  # noqa: S608


def _member(sql: str) -> str:
    """UNKNOWN is not in, and neither is who is no longer a customer."""
    return f"(coalesce({sql}, false) AND alive)"


def _unreadable(rule: Rule, schema: Mapping[str, str]) -> str:
    """Why the build cannot answer the rule; "" when it can."""
    for node, _ in walk(rule.condition):
        for attribute in attributes_of(node):
            if attribute.key not in schema:
                return "It reads an attribute that the customers' data does not hold. Check the attribute."
            if schema[attribute.key] != attribute.type:
                return "It reads an attribute whose type has changed since the rule was enacted. Propose a change."
    return ""


def _source(build: Any) -> str:
    """The rows of the build: those of the overlay in place of the base's."""
    from customers.selectors import build_files

    base, *overlay = (f"parquet.`{Path(path).resolve().as_uri()}`" for path in build_files(build))
    if not overlay:
        return base
    # By name: the two files need not hold their columns in one order.
    columns = ", ".join(_quoted(name) for name in ("ordinal", "alive", *sorted(build.schema)))
    kept = f"SELECT {columns} FROM {base} AS b LEFT ANTI JOIN {overlay[0]} AS o ON b.ordinal = o.ordinal"  # noqa: S608
    return f"({kept} UNION ALL SELECT {columns} FROM {overlay[0]})"  # noqa: S608


def _quoted(name: str) -> str:
    return "`" + name.replace("`", "``") + "`"


def _read(folder: Path, names: Sequence[str], rows: int) -> dict[str, Any]:
    """The bits that Spark wrote, as members; every row must be there once."""
    if not names or not rows:
        return {name: BitMap() for name in names}
    frame = pl.read_parquet(folder / "*.parquet").sort("ordinal")
    if frame.height != rows or frame["ordinal"].n_unique() != rows or frame["ordinal"].max() != rows - 1:
        raise RuntimeError(f"Spark answered {frame.height} rows of {rows}, or one of them twice.")
    found = bitmaps.from_frame(frame.drop("ordinal"))
    return {name: found[f"r{number}"] for number, name in enumerate(names)}
