"""`python -m bench.micro`: a micro-batch of 1,000 changed customers to committed changes, against a full run.

CUSTOMERS (1,000,000), RULES (100), CHANGED (1,000), STORED (20,000) and BATCHES (15) may be set. The customers beyond
those that are stored stand in the build alone: nothing of a micro-batch reads them.
"""

import json
import os
import random
from statistics import median
from time import perf_counter
from typing import Any

from bench import generated, rules, stage, stored

CUSTOMERS = int(os.environ.get("CUSTOMERS", "1000000"))
RULES = int(os.environ.get("RULES", "100"))
CHANGED = int(os.environ.get("CHANGED", "1000"))
STORED = int(os.environ.get("STORED", "20000"))
BATCHES = int(os.environ.get("BATCHES", "15"))


def run_in_full() -> tuple[float, Any]:
    """Seconds of a full run over what changed since, its build and its pass alone, and the run."""
    from common.actors import SYSTEM
    from memberships.services import execute_run, request_run

    run = request_run(actor=SYSTEM, trigger="schedule")
    began = perf_counter()
    state = execute_run(run.pk)
    seconds = perf_counter() - began
    run.refresh_from_db()
    assert state == "succeeded", run.error_advice
    return seconds, run


def figures(taken: list[float]) -> dict[str, float]:
    taken = sorted(taken)
    return {
        "median_ms": round(median(taken) * 1000, 1),
        "best_ms": round(taken[0] * 1000, 1),
        "worst_ms": round(taken[-1] * 1000, 1),
    }


def measure(steward: Any, frame: Any) -> dict[str, Any]:
    from customers.services.profiles import merge_customers_bulk
    from memberships.models import Run
    from memberships.services import publish_changes

    draw = random.Random(7)
    batches, split, full, moved = [], [], [], []
    for number in range(BATCHES + 1):
        rows = stored.changed(frame, CHANGED, STORED, draw)
        merge_customers_bulk(actor=steward, rows=rows)
        began = perf_counter()
        published = publish_changes()
        seconds = perf_counter() - began
        assert published is not None and published.customers == CHANGED
        if number:  # the first one reads the members of all segments into the process
            batches.append(seconds)
            split.append(Run.objects.get(pk=published.run_id).manifest["seconds"])
            moved.append(published.segments)
        if number % 5 == 0:
            merge_customers_bulk(actor=steward, rows=stored.changed(frame, CHANGED, STORED, draw))
            full.append(run_in_full()[0])
    return {
        "benchmark": "micro_batch",
        "customers": CUSTOMERS,
        "rules": RULES,
        "changed": CHANGED,
        "segments_moved": median(moved),
        **figures(batches),
        "split_ms": {name: round(median(each[name] for each in split) * 1000, 1) for name in split[0]},
        "peers": {"full_run_of_the_same_changes": figures(full)},
        "times_faster_than_a_full_run": round(median(full) / median(batches), 1),
    }


def main() -> None:
    frame = generated.frame(CUSTOMERS)
    with stage.portal():
        people = stage.people()
        stage.catalogue(people.steward)
        stored.store(people.steward, frame, STORED)
        stage.segments(rules.texts(RULES))
        stage.build(frame)
        run_in_full()
        print(json.dumps(measure(people.steward, frame)), flush=True)


if __name__ == "__main__":
    main()
