"""Why one customer is in a segment or not, once loaded. `python -m bench.explanation` measures it alone."""

import json
from itertools import product
from pathlib import Path
from statistics import median
from typing import Any

from bench.reads import figures, milliseconds

SOME = 200


def explanation_of_one_customer(steward: Any, path: Path, texts: list[str]) -> dict[str, Any]:
    """The whole explanation (rights, queries, clause tree, what decides, nearest miss, history), against bare answers:
    DuckDB's of the same rule for the same row of the same file, and our own `matches` with everything in memory."""
    import duckdb

    from bench import rules
    from customers.selectors import customer
    from memberships.selectors import explanation
    from taxonomy.rules import matches
    from taxonomy.selectors import active_rules

    keep_values(steward, path)
    pairs = [(n, k) for k, n in product(range(len(texts)), range(0, SOME, 10))]
    active = {rule.key: rule.rule for rule in active_rules()}
    loaded = {n: customer(name_of(n)).attributes for n in {n for n, _ in pairs}}
    ours: dict[tuple[int, int], bool] = {}
    theirs: dict[tuple[int, int], bool] = {}
    as_of = None

    def told(number: int) -> None:
        nonlocal as_of
        n, k = pairs[(number * 37) % len(pairs)]
        found = explanation(viewer=steward, external_id=name_of(n), segment_key=f"segment-{k:03}")
        ours[n, k], as_of = found.result is True, found.as_of

    peer = duckdb.connect()
    peer.execute("SET enable_progress_bar = false; SET TimeZone = 'UTC'")

    def asked(number: int) -> None:
        n, k = pairs[(number * 37) % len(pairs)]
        row = peer.execute(
            f"SELECT coalesce(({rules.for_duckdb(texts[k])}), false) FROM '{path}' WHERE ordinal = {n}"
        ).fetchone()
        theirs[n, k] = bool(row and row[0])

    def bare(number: int) -> None:
        n, k = pairs[(number * 37) % len(pairs)]
        matches(active[f"segment-{k:03}"], loaded[n], as_of)  # type: ignore[arg-type]

    taken, peers, plain = milliseconds(told, 400), milliseconds(asked, 400), milliseconds(bare, 400)
    wrong = [pair for pair in ours.keys() & theirs.keys() if ours[pair] != theirs[pair]]
    assert not wrong, f"DuckDB answers otherwise: {wrong[:3]}"
    return {
        "benchmark": "explanation_of_one_customer",
        "over": "the selector: rights, queries, tree, what decides, nearest miss, history",
        "answers": {"in": sum(ours.values()), "of": len(ours)},
        **figures(taken),
        "peers": {"duckdb_yes_or_no_of_one_row": figures(peers), "bare_matches_median_us": round(median(plain) * 1000)},
    }


def name_of(ordinal: int) -> str:
    return f"synthetic-{ordinal:08}"


def keep_values(steward: Any, path: Path) -> None:
    """Give the first customers the values that they have in the file."""
    import polars as pl

    from customers.selectors import ordinals_of
    from customers.services.profiles import merge_customers_bulk

    # Sets stand in builds a second time, as categories.
    frame = pl.scan_parquet(path).head(SOME).drop("alive").select(pl.exclude("^set:.*$")).collect()
    stored = frame.with_columns(
        pl.col(pl.Categorical).cast(pl.String),
        pl.col(pl.Date).dt.to_string("%Y-%m-%d"),
        pl.col(pl.Datetime).dt.to_string("%Y-%m-%dT%H:%M:%S%.6fZ"),
    )
    rows = []
    for row in stored.iter_rows(named=True):
        ordinal, external_id = row.pop("ordinal"), row.pop("external_id", None)
        assert external_id in (None, name_of(ordinal)), external_id
        rows.append({"external_id": name_of(ordinal), "attributes": row})
    results = merge_customers_bulk(actor=steward, rows=rows)
    refused = [result for result in results if result.errors]
    assert not refused, refused[:3]
    wrong = {each: n for each, n in ordinals_of([row["external_id"] for row in rows]).items() if int(each[-8:]) != n}
    assert not wrong, f"customers did not get the ordinals of their rows: {list(wrong.items())[:3]}"


def main() -> None:
    from bench import generated, rules, stage

    frame, texts = generated.frame(20_000), rules.texts(100)
    with stage.portal():
        people = stage.people()
        stage.catalogue(people.steward)
        stage.segments(texts)
        path = stage.build(frame)
        keep_values(people.steward, path)
        run_once(people.steward)
        print(json.dumps(explanation_of_one_customer(people.steward, path, texts)), flush=True)


def run_once(steward: Any) -> None:
    """Publish the members, so that there is something to explain."""
    from memberships.services import execute_run, request_run

    run = request_run(actor=steward, trigger="person", segment_keys=[])
    execute_run(run.pk)


if __name__ == "__main__":
    main()
