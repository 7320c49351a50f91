"""Polars in a process of its own, with as many threads as told: none can change its number later."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import polars as pl

from memberships.engines import codec, polars_engine
from memberships.engines.base import Evaluation, OnRows
from taxonomy.rules import AttributeFacts, Rule, from_tree, to_tree
from taxonomy.rules.measures import attributes_of, walk

_SECONDS = 3600


def evaluate_apart(
    frame: pl.LazyFrame,
    rules: Sequence[tuple[str, Rule]],
    as_of: datetime,
    *,
    threads: int,
    slice_rows: int,
    on_rows: OnRows | None = None,
) -> Evaluation:
    """The same as `polars_engine.evaluate`, by a child with `threads` threads; its progress is told at the end."""
    with tempfile.TemporaryDirectory(prefix="segportal-apart-") as folder:
        asked = {
            "rules": [[name, to_tree(rule)] for name, rule in rules],
            "types": {key: kind for _, rule in rules for key, kind in _types(rule)},
            "as_of": as_of.isoformat(),
            "slice_rows": slice_rows,
        }
        (Path(folder) / "asked.json").write_text(json.dumps(asked))
        (Path(folder) / "plan.bin").write_bytes(frame.serialize())
        subprocess.run(
            [sys.executable, "-m", "memberships.engines.apart", folder],
            env={**os.environ, "POLARS_MAX_THREADS": str(threads)},
            check=True,
            timeout=_SECONDS,
            cwd=Path(__file__).resolve().parent.parent.parent,
        )
        part = codec.from_bytes((Path(folder) / "result.bits").read_bytes())
    if on_rows:
        on_rows(part.rows, part.rows)
    return part


def _types(rule: Rule) -> list[tuple[str, str]]:
    return [(each.key, each.type) for node, _ in walk(rule.condition) for each in attributes_of(node)]


def _main(folder: Path) -> None:
    """What the child does."""
    asked = json.loads((folder / "asked.json").read_text())
    facts = {key: AttributeFacts(type=kind, choices=None) for key, kind in asked["types"].items()}
    part = polars_engine.evaluate(
        pl.LazyFrame.deserialize((folder / "plan.bin").open("rb")),
        [(name, from_tree(tree, facts)) for name, tree in asked["rules"]],
        datetime.fromisoformat(asked["as_of"]),
        slice_rows=asked["slice_rows"],
    )
    (folder / "result.bits").write_bytes(codec.to_bytes(part))


if __name__ == "__main__":
    _main(Path(sys.argv[1]))
