"""A full run from compile to published rows, against a bare scan of the same expressions and one SQL count per rule."""

import io
import resource
from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import polars as pl

from bench import generated, rules

REPEATS = 3
PG_TYPES = {
    "number": "double precision",
    "text": "text",
    "enum": "text",
    "boolean": "boolean",
    "date": "date",
    "timestamp": "timestamp",
    "set": "text[]",
}


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    began = perf_counter()
    found = work()
    return perf_counter() - began, found


def full_recompute(path: Path, texts: list[str]) -> dict[str, Any]:
    """Three interleaved rounds of the run and of the bare scan; PostgreSQL once. All counts must be equal."""
    ours, bare, again, split, counts = [], [], [], [], {}
    for _ in range(REPEATS):
        _forget()
        seconds, run = timed(_run)
        ours.append(seconds)
        split.append(run.manifest["seconds"])
        counts = {line["segment"]: line["size"] for line in run.manifest["segments"]}
        again.append(timed(_run)[0])
        seconds, scanned = timed(lambda: _bare_scan(path))
        bare.append(seconds)
        assert scanned == counts, "the bare scan counts otherwise"
    per_rule, counted = timed(lambda: _count_per_rule(texts))
    assert counted == counts, "PostgreSQL counts otherwise"
    return {
        "benchmark": "full_recompute",
        "customers": int(pl.scan_parquet(path).select(pl.len()).collect().item()),
        "attributes": len(generated.attribute_kinds()),
        "rules": len(texts),
        "memberships": sum(counts.values()),
        "seconds": round(median(ours), 3),
        "seconds_when_nothing_changed": round(median(again), 3),
        "split": {name: round(median(each[name] for each in split), 3) for name in split[0]},
        "peers": {
            "bare_polars_scan_seconds": round(median(bare), 3),
            "postgresql_one_count_per_rule_seconds": round(per_rule, 3),
        },
        "times_the_bare_scan": round(median(ours) / median(bare), 2),
        "times_faster_than_postgresql": round(per_rule / median(ours), 1),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def _run() -> Any:
    from common.actors import SYSTEM
    from memberships.services import execute_run, request_run

    run = request_run(actor=SYSTEM, trigger="schedule")
    state = execute_run(run.pk)
    run.refresh_from_db()
    assert state == "succeeded" and run.build.number == 1, run.error_advice
    return run


def _forget() -> None:
    """As if nothing had ever been published, so that every round writes everything."""
    from memberships.models import Current, Delta, Snapshot

    for model in (Current, Delta, Snapshot):
        model.objects.all().delete()


def _bare_scan(path: Path) -> dict[str, int]:
    from common.clock import now
    from taxonomy.compiler import member_expression
    from taxonomy.selectors import active_rules

    as_of = now()
    columns = [member_expression(rule.rule, as_of=as_of).sum().alias(rule.key) for rule in _RULES or active_rules()]
    return dict(pl.scan_parquet(path).select(columns).collect().row(0, named=True))


_RULES: list[Any] = []


def keep_rules() -> None:
    """Parse the rules once, so that the bare scan is nothing but compile and scan."""
    from taxonomy.selectors import active_rules

    _RULES[:] = active_rules()


def load_typed_table(frame: pl.DataFrame) -> float:
    """The same customers in a table with a typed column each; the seconds that it took."""
    from django.db import connection

    kinds = generated.attribute_kinds()
    columns = ", ".join(f"{key} {PG_TYPES[kind]}" for key, (kind, _) in kinds.items())
    began = perf_counter()
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE UNLOGGED TABLE typed (ordinal bigint, {columns})")
        with cursor.copy(f"COPY typed (ordinal, {', '.join(kinds)}) FROM STDIN (FORMAT csv)") as copy:
            for part in frame.iter_slices(100_000):
                copy.write(_csv(part, kinds))
        cursor.execute("VACUUM ANALYZE typed")
    return perf_counter() - began


def _csv(part: pl.DataFrame, kinds: dict[str, tuple[str, str]]) -> bytes:
    shaped = [
        pl.concat_str(pl.lit("{"), pl.col(key).list.join(","), pl.lit("}")).alias(key)
        if kind == "set"
        else pl.col(key).dt.replace_time_zone(None).alias(key)
        if kind == "timestamp"
        else pl.col(key)
        for key, (kind, _) in kinds.items()
    ]
    buffer = io.BytesIO()
    part.select(pl.col("ordinal"), *shaped).write_csv(buffer, include_header=False)
    return buffer.getvalue()


def _count_per_rule(texts: list[str]) -> dict[str, int]:
    from django.db import connection

    found: dict[str, int] = {}
    with connection.cursor() as cursor:
        for number, text in enumerate(texts):
            cursor.execute(f"SELECT count(*) FROM typed WHERE {rules.for_postgresql(text)}")
            found[f"segment-{number:03}"] = cursor.fetchone()[0]
    return found
