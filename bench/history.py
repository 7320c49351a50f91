"""`python -m bench.history`: reading the past of one segment before and after its changes are packed.

CHANGES (30,000) and CUSTOMERS (100,000) may be set: so many micro-batches over 60 days, each moving some ten customers.
"""

import json
import os
import random
from collections.abc import Callable
from datetime import timedelta
from statistics import median
from time import perf_counter
from typing import Any

from pyroaring import BitMap

from bench import generated, rules, stage

CHANGES = int(os.environ.get("CHANGES", "30000"))
CUSTOMERS = int(os.environ.get("CUSTOMERS", "100000"))
DAYS = 60


def live(key: str) -> int:
    """Write the changes as micro-batches write them; the segment's id."""
    from common.clock import now
    from memberships import bitmaps
    from memberships.models import Current, Delta

    current = Current.objects.select_related("snapshot").get(segment__key=key)
    assert current.snapshot is not None
    members, draw, begin = bitmaps.from_bytes(current.snapshot.members), random.Random(5), now() - timedelta(days=DAYS)
    Delta.objects.filter(segment=current.segment).update(published_at=begin)
    type(current.snapshot).objects.filter(pk=current.snapshot.pk).update(published_at=begin)
    rows = []
    for place in range(CHANGES):
        movers = BitMap(draw.sample(range(CUSTOMERS), 10))
        entered, left = movers - members, movers & members
        members = (members | entered) - left
        rows.append(
            Delta(
                run_id=current.run_id, segment_id=current.segment_id, version_id=current.version_id,
                previous_version_id=current.version_id, entered=bitmaps.to_bytes(entered), left=bitmaps.to_bytes(left),
                entered_count=len(entered), left_count=len(left), size=len(members), cause="data",
                published_at=begin + timedelta(days=DAYS) * (place + 1) / (CHANGES + 1),
            )
        )  # fmt: skip
    without_runs()
    Delta.objects.bulk_create(rows, batch_size=2000)
    last = Delta.objects.latest("pk").pk
    Current.objects.filter(pk=current.pk).update(through=last, size=len(members))
    return int(current.segment_id)


def without_runs() -> None:
    """Let one run stand for all micro-batches: their rows are not what is measured."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE memberships_delta DROP CONSTRAINT memberships_delta_once_per_cause")


def forget() -> None:
    from memberships.selectors import chronicles, reading

    chronicles._kept.clear()
    chronicles._open_packs.clear()
    for shelf in (reading._newest, reading._older):
        shelf._rows.clear()


def milliseconds(question: Callable[[], Any], times: int = 5, *, cold: bool) -> float:
    taken = []
    for _ in range(times):
        if cold:
            forget()
        began = perf_counter()
        question()
        taken.append(perf_counter() - began)
    return round(median(taken) * 1000, 1)


def answers(key: str, segment_id: int) -> dict[str, float]:
    from common.clock import now
    from memberships import selectors
    from memberships.selectors.chronicles import chronicles

    since = now() - timedelta(days=30)
    found = {
        "sizes_over_time_ms": milliseconds(lambda: selectors.size_history(key), cold=False),
        "moves_by_cause_of_30_days_ms": milliseconds(lambda: selectors.movement(key, since, now()), cold=False),
        "members_30_days_ago_cold_ms": milliseconds(lambda: selectors.members_page(key=key, at=since), cold=True),
    }
    turns = lambda: list(chronicles([segment_id])[segment_id].turns(4321))  # noqa: E731
    found["moves_of_a_customer_cold_ms"] = milliseconds(turns, cold=True)
    found["moves_of_a_customer_warm_ms"] = milliseconds(turns, cold=False)
    return found


def stored_bytes() -> int:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("VACUUM FULL memberships_delta; ")
        cursor.execute(
            "SELECT pg_total_relation_size('memberships_delta') + pg_total_relation_size('memberships_deltapack')"
        )
        return int(cursor.fetchone()[0])


def main() -> None:
    frame = generated.frame(CUSTOMERS)
    with stage.portal():
        from memberships.services import execute_run, request_run
        from memberships.services.compaction import compact_history

        people = stage.people()
        stage.catalogue(people.steward)
        stage.segments(rules.texts(3))
        stage.build(frame)
        execute_run(request_run(actor=people.steward, trigger="person").pk)
        from memberships.models import Current

        key = Current.objects.order_by("-size").values_list("segment__key", flat=True)[0]
        segment_id = live(key)
        line: dict[str, Any] = {"benchmark": "history", "changes": CHANGES, "customers": CUSTOMERS}
        line["loose"] = answers(key, segment_id) | {"megabytes": round(stored_bytes() / 1e6, 1)}
        began = perf_counter()
        done = compact_history()
        line["packing_seconds"], line["packed"] = round(perf_counter() - began, 2), done.changes
        line["packed_reading"] = answers(key, segment_id) | {"megabytes": round(stored_bytes() / 1e6, 1)}
        print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main()
