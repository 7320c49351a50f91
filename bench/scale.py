"""`python -m bench.scale`: a full run over CUSTOMERS (10,000,000), in one process and in shards over two, same build.

Both are whole runs, from compile to published rows. The build repeats the same million customers under new ordinals.
Prints one JSON line; both digests must be equal.
"""

import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import polars as pl

from bench import generated, rules, stage

CUSTOMERS = int(os.environ.get("CUSTOMERS", "10000000"))
RULES = int(os.environ.get("RULES", "100"))
BLOCK = 1_000_000
ROUNDS = 3
PATIENCE = 300.0


def main() -> None:
    with stage.portal():
        people = stage.people()
        stage.catalogue(people.steward)
        stage.segments(rules.texts(RULES))
        path = stage.build(generated.frame(min(BLOCK, CUSTOMERS)))
        repeat_rows(path, CUSTOMERS)
        one = measured("one_process", {"SEGPORTAL_ENGINE": "polars"}, concurrency=1)
        two = measured("two_processes", {"SEGPORTAL_ENGINE": "shards", "POLARS_MAX_THREADS": "1"}, concurrency=2)
        assert one["digest"] == two["digest"], "the shards found other members"
        line = {
            "benchmark": "full_run_in_shards",
            "customers": CUSTOMERS,
            "rules": RULES,
            "build_mb": path.stat().st_size // 2**20,
            "memberships": one["memberships"],
            "one_process": _figures(one),
            "two_processes_in_shards": _figures(two),
            "times_faster_in_shards": round(one["seconds"] / two["seconds"], 2),
        }
        print(json.dumps(line), flush=True)


def _figures(found: dict[str, Any]) -> dict[str, Any]:
    return {key: found[key] for key in ("seconds", "split", "peak_mb", "shards")}


def repeat_rows(path: Path, rows: int) -> None:
    """Rewrite the build so that its rows come again and again under new ordinals, without holding them in memory."""
    from customers.models import ProfileBuild

    block = pl.scan_parquet(path)
    height = block.select(pl.len()).collect().item()
    parts = [
        block.with_columns((pl.col("ordinal") + first).cast(pl.UInt32)).head(rows - first)
        for first in range(0, rows, height)
    ]
    longer = path.with_suffix(".longer")
    pl.concat(parts).sink_parquet(longer, compression="zstd", row_group_size=262_144)
    longer.rename(path)
    ProfileBuild.objects.update(row_count=rows, alive_count=rows)


def measured(name: str, env: dict[str, str], *, concurrency: int) -> dict[str, Any]:
    """The median round of a worker with so many processes; its memory is that of all of them at their largest."""
    from bench.recompute import _forget
    from common.actors import SYSTEM
    from memberships.services import request_run

    options = ["--pool", "prefork", "--concurrency", str(concurrency), "--queues", "celery,shards,stream"]
    worker = subprocess.Popen(
        [sys.executable, "-m", "celery", "-A", "segportal", "worker", *options, "--loglevel", "ERROR"],
        env={**os.environ, **env},
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )
    watch = Memory(worker.pid)
    rounds = []
    try:
        # The first round loads the programs.
        for _ in range(ROUNDS + 1):
            _forget()
            rounds.append(_ended(request_run(actor=SYSTEM, trigger="schedule").pk))
    finally:
        peak = watch.stop()
        worker.terminate()
        worker.wait(60)
    print(name, [round(each["seconds"], 2) for each in rounds], file=sys.stderr, flush=True)
    return {**sorted(rounds[1:], key=lambda each: each["seconds"])[len(rounds[1:]) // 2], "peak_mb": peak}


def _ended(run_id: int) -> dict[str, Any]:
    from memberships.models import Run

    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        run = Run.objects.get(pk=run_id)
        if run.ended_at and run.started_at:
            assert run.state == "succeeded", run.error_advice
            return {
                "seconds": round((run.ended_at - run.started_at).total_seconds(), 2),
                "digest": run.output_digest,
                "memberships": run.manifest["memberships"],
                "split": run.manifest["seconds"],
                "shards": run.manifest["options"].get("shards"),
            }
        time.sleep(0.05)
    raise RuntimeError(f"Run {run_id} did not end in {PATIENCE:.0f} seconds.")


class Memory:
    """The largest resident memory of a process and all below it, looked at twenty times a second (MB)."""

    def __init__(self, pid: int) -> None:
        self._pid, self._peak = pid, 0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def stop(self) -> int:
        self._stop.set()
        self._thread.join()
        return self._peak // 2**20

    def _watch(self) -> None:
        while not self._stop.wait(0.05):
            self._peak = max(self._peak, sum(_resident(pid) for pid in _family(self._pid)))


def _family(pid: int) -> list[int]:
    try:
        below = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return []
    return [pid, *(each for child in below for each in _family(int(child)))]


def _resident(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0


if __name__ == "__main__":
    main()
