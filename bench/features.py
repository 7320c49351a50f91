"""Event features in bulk: twelve windowed aggregates over EVENTS events of a tenth as many customers, by the stage of
the builds over an extract of events, against DuckDB's group-by over the same file.

`python -m bench.features`; EVENTS (2,000,000; the figure to reach is for 10,000,000) may be set. The events never
happened.
"""

import json
import os
import resource
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import duckdb
import numpy as np
import polars as pl

EVENTS = int(os.environ.get("EVENTS", "2000000"))
ROUNDS = 3
SEED = 20261123
AS_OF = datetime(2026, 11, 1, 12, tzinfo=UTC)
ORDER, VIEW, SIGN_IN = "Order Completed", "Product Viewed", "Signed In"
NAMES = (ORDER, VIEW, SIGN_IN, "Ticket Opened", "Page Shared")
TOTAL, CHANNEL = "number:total", "text:channel"
WEB = [{"property": "channel", "operator": "=", "value": "web"}]
# (event, aggregate, property, days, only on the web)
ASKED: tuple[tuple[str, str, str | None, int | None, bool], ...] = (
    (ORDER, "count", None, 30, False),
    (ORDER, "count", None, 90, False),
    (ORDER, "count", None, 365, True),
    (VIEW, "count", None, 7, False),
    (VIEW, "count", None, 30, False),
    (SIGN_IN, "count", None, 30, False),
    (ORDER, "sum", "total", 30, False),
    (ORDER, "sum", "total", 90, True),
    (ORDER, "sum", "total", None, False),
    (ORDER, "last", None, 365, False),
    (VIEW, "last", None, 90, False),
    (SIGN_IN, "first", None, None, False),
)


def generate(path: Path, count: int) -> None:
    """Events of a year, skewed to few customers, sorted as an extract is; written a slice of customers at a time."""
    draw = np.random.default_rng(SEED)
    customers = max(1, count // 10)
    ordinals = np.sort((customers * draw.random(count) ** 1.5).astype(np.uint32))
    day = 86_400_000_000
    at = int(AS_OF.timestamp() * 1_000_000) - draw.integers(0, 365 * day, count)
    names = draw.choice(len(NAMES), count, p=[0.2, 0.4, 0.25, 0.1, 0.05]).astype(np.uint32)
    is_order = names == 0
    texts = pl.Series(NAMES, dtype=pl.String)
    channels = pl.Series(["web", "app", "store"])
    frame = pl.DataFrame(
        {
            "ordinal": ordinals,
            "id": np.arange(count, dtype=np.int64),
            "at": pl.Series(at).cast(pl.Datetime("us")).dt.replace_time_zone("UTC"),
            "name": texts.gather(names).cast(pl.Categorical),
            TOTAL: pl.Series(np.where(is_order, np.round(draw.gamma(2, 40, count), 2), np.nan)).fill_nan(None),
            CHANNEL: channels.gather(draw.integers(0, 3, count)).cast(pl.Categorical),
        }
    )
    frame.sort("ordinal", "at", "id").write_parquet(path, compression="zstd", row_group_size=262_144, statistics=True)


def ours(path: Path, customers: int) -> pl.DataFrame:
    """The columns that the stage adds to all customers, a slice of a build at a time."""
    from customers.rows import AttributeRow, read_derivation
    from customers.rows.frames import ROW_GROUP
    from customers.stages import Asked
    from customers.stages.events import ExtractedEvents
    from customers.stages.features import Features

    rows = {}
    for at, (event, aggregate, named, days, is_web) in enumerate(ASKED):
        told = {"kind": "event", "event": event, "aggregate": aggregate, "property": named, "within_days": days}
        derivation = read_derivation(told | {"where": WEB if is_web else []})
        kind = "timestamp" if aggregate in ("last", "first") else "number"
        rows[f"f{at:02}"] = AttributeRow(f"f{at:02}", str(at), kind, derivation=derivation)
    stage, asked = Features(ExtractedEvents([path])), Asked(rows, AS_OF)
    parts = []
    for first in range(0, customers, ROW_GROUP):
        ordinals = pl.arange(first, min(first + ROW_GROUP, customers), dtype=pl.UInt32, eager=True)
        frame = pl.DataFrame({"ordinal": ordinals, "alive": pl.repeat(True, len(ordinals), eager=True)})
        parts.append(stage.add(frame, asked))
    return pl.concat(parts)


def duckdb_group_by(path: Path) -> dict[str, Any]:
    """The same aggregates of whoever has events, by one group-by; column -> values by ordinal."""
    parts = []
    for at, (event, aggregate, _, days, is_web) in enumerate(ASKED):
        what = {"count": "count(*)", "sum": f'sum("{TOTAL}")', "last": 'max("at")', "first": 'min("at")'}[aggregate]
        conditions = [f"name = '{event}'"]
        if days is not None:
            since = AS_OF.replace(hour=0) - timedelta(days=days)
            conditions.append(f"\"at\" >= timestamptz '{since.isoformat()}'")
        if is_web:
            conditions.append(f"\"{CHANNEL}\" = 'web'")
        parts.append(f"{what} FILTER (WHERE {' AND '.join(conditions)}) AS f{at:02}")
    with duckdb.connect() as connection:
        connection.execute("SET enable_progress_bar = false; SET threads = 2; SET TimeZone = 'UTC'")
        asked = f"SELECT ordinal, {', '.join(parts)} FROM read_parquet('{path}') GROUP BY ordinal"
        found: dict[str, Any] = connection.execute(asked).fetchnumpy()
    return found


def same(mine: pl.DataFrame, theirs: dict[str, Any]) -> bool:
    """Whether both gave the same counts, and sums that differ by less than a cent."""
    order = np.argsort(theirs["ordinal"])
    held = mine.filter(pl.col("ordinal").is_in(pl.Series(theirs["ordinal"]).implode()))
    for at, (_, aggregate, *_rest) in enumerate(ASKED):
        column = theirs[f"f{at:02}"][order]
        values = np.ma.filled(column.astype("float64") if aggregate in ("count", "sum") else column.astype("int64"), 0)
        found = held.get_column(f"f{at:02}").to_physical().fill_null(0).to_numpy()
        if not np.allclose(values, found, rtol=0, atol=0.01):
            return False
    return True


def features() -> dict[str, Any]:
    """Interleaved rounds of both over one file."""
    customers = max(1, EVENTS // 10)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "events.parquet"
        print(f"Making up {EVENTS:,} events (they never happened)", file=sys.stderr, flush=True)
        generate(path, EVENTS)
        mine, theirs = [], []
        for _ in range(ROUNDS):
            began = perf_counter()
            frame = ours(path, customers)
            mine.append(perf_counter() - began)
            began = perf_counter()
            grouped = duckdb_group_by(path)
            theirs.append(perf_counter() - began)
        assert same(frame, grouped), "DuckDB computes otherwise"
    return {
        "benchmark": "event_features",
        "events": EVENTS,
        "customers": customers,
        "aggregates": len(ASKED),
        "seconds": round(median(mine), 3),
        "peers": {"duckdb_group_by_seconds": round(median(theirs), 3)},
        "times_faster_than_duckdb": round(median(theirs) / median(mine), 2),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "segportal.settings.local")
    os.environ.setdefault("DATABASE_URL", "postgres://nobody@localhost:1/nothing")
    import django

    django.setup()
    print(json.dumps(features()), flush=True)
