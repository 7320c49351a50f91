"""Real processes and threads: a killed worker, two publications at once, requests in the same moment."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, connections, transaction

from common.actors import SYSTEM
from common.clock import now
from customers.services.builds import build_profiles
from customers.services.profiles import merge_customers_bulk
from ledger.models import Entry
from memberships import bitmaps, selectors, services
from memberships.choices import RunState
from memberships.models import Current, Delta, Run, Snapshot
from memberships.selectors.reading import current_positions, members_at
from memberships.services.claims import claim_run
from memberships.services.execution import compute
from memberships.services.publication import publish
from tests.factories.grocer import MEMBERS
from tests.memberships.conftest import run_now

pytestmark = pytest.mark.django_db(transaction=True)

PROGRAM = """
import django
django.setup()
from memberships.services import execute_run
execute_run({run_id})
"""


def together(*works: Callable[[], Any]) -> list[Any]:
    """Run all at the same instant, each in a thread with a connection of its own; their results or errors."""
    barrier = threading.Barrier(len(works))
    results: list[Any] = [None] * len(works)

    def one(place: int, work: Callable[[], Any]) -> None:
        try:
            barrier.wait(10)
            results[place] = work()
        except Exception as error:  # noqa: BLE001
            results[place] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=one, args=pair) for pair in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return results


def worker_process(run_id: int) -> subprocess.Popen[bytes]:
    """A process of its own that executes the run on this test's database."""
    database = connection.settings_dict
    host = database["HOST"] or database["OPTIONS"].get("host", "")
    url = f"postgresql://{database['USER']}@:{database['PORT'] or 5432}/{database['NAME']}?host={host}"
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM.format(run_id=run_id)],
        env={**os.environ, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "segportal.settings.test"},
        stdout=subprocess.DEVNULL,
    )


def waiting_for_a_lock(table: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE %s", [f"%{table}%"]
        )
        return bool(cursor.fetchone()[0])


def until(condition: Callable[[], bool], seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.05)


@contextmanager
def no_appending() -> Iterator[threading.Event]:
    """Hold the ledger's table, so that a publication stops after it has written all but the facts; set to let go."""
    go, held = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("LOCK TABLE ledger_entry IN SHARE MODE")
            held.set()
            go.wait(60)
        connections.close_all()

    thread = threading.Thread(target=hold)
    thread.start()
    held.wait(10)
    yield go
    go.set()
    thread.join(10)


def test_execute_run__worker_killed_while_it_publishes__nothing_is_visible_and_the_next_try_succeeds(
    computed: Any,
) -> None:
    merge_customers_bulk(actor=computed.steward, rows=[{"external_id": "hh-01", "attributes": {"orders_90d": 0}}])
    build_profiles(actor=SYSTEM)
    run = services.request_run(actor=SYSTEM, trigger="schedule")
    before = (Snapshot.objects.count(), Delta.objects.count())
    with no_appending() as let_go:
        worker = worker_process(run.pk)
        try:
            until(lambda: waiting_for_a_lock("ledger_entry"))
        finally:
            worker.send_signal(signal.SIGKILL)
            worker.wait(10)
        assert Run.objects.get(pk=run.pk).phase == "publishing"
        let_go.set()
    until(lambda: not waiting_for_a_lock("ledger_entry"))
    assert (Snapshot.objects.count(), Delta.objects.count()) == before
    assert selectors.members_page(key="anchors").external_ids == MEMBERS["anchors"]
    assert Run.objects.get(pk=run.pk).state == RunState.RUNNING
    Run.objects.filter(pk=run.pk).update(heartbeat_at=now() - timedelta(seconds=61))
    services.reap_runs()
    assert services.execute_run(run.pk) == RunState.SUCCEEDED
    assert selectors.members_page(key="anchors").external_ids == ["hh-02", "hh-09"]
    assert Run.objects.get(pk=run.pk).attempts == 2


def test_publish__two_runs_at_the_same_instant__deltas_still_sum_to_the_members(computed: Any) -> None:
    claims, results = [], []
    for orders in (0, 30):
        rows = [{"external_id": each, "attributes": {"orders_90d": orders}} for each in ("hh-03", "hh-04", "hh-10")]
        merge_customers_bulk(actor=computed.steward, rows=rows)
        run = services.request_run(actor=SYSTEM, trigger="schedule")
        claim = claim_run(run.pk)
        assert claim is not None
        claims.append(claim)
        results.append(compute(claim, run))
    states = together(*(lambda c=c, r=r: publish(c, r) for c, r in zip(claims, results, strict=True)))
    assert states[1] == RunState.SUCCEEDED, "the later pass always counts"
    assert states[0] in {RunState.SUCCEEDED, RunState.SUPERSEDED}
    assert selectors.members_page(key="anchors").external_ids == ["hh-01", "hh-02", "hh-04", "hh-09", "hh-10"]
    for key in MEMBERS:
        rows = Delta.objects.filter(segment__key=key).order_by("pk")
        changes = [bitmaps.Change(bitmaps.from_bytes(row.entered), bitmaps.from_bytes(row.left)) for row in rows]
        current = Current.objects.select_related("snapshot").get(segment__key=key)
        position = current_positions([key])[key]
        assert bitmaps.folded(changes) == members_at([position])[current.segment_id], key


def test_request_run__many_at_the_same_instant__one_run_is_queued(grocer: Any) -> None:
    asked = together(*(lambda: services.request_run(actor=SYSTEM, trigger="schedule").pk for _ in range(8)))
    assert len(set(asked)) == 1, asked
    assert Run.objects.count() == 1
    assert Entry.objects.filter(event="memberships.run.requested").count() == 1


def test_execute_run__delivered_to_two_workers_at_once__one_publishes(grocer: Any) -> None:
    run = services.request_run(actor=SYSTEM, trigger="schedule")
    states = together(lambda: services.execute_run(run.pk), lambda: services.execute_run(run.pk))
    assert sorted(map(str, states)) == ["None", "succeeded"]
    assert Snapshot.objects.count() == len(MEMBERS)
    assert Entry.objects.filter(event="memberships.run.finished").count() == 1


def test_execute_run__first_runs_of_overlapping_scopes_at_once__both_end(grocer: Any) -> None:
    runs = [
        services.request_run(actor=SYSTEM, trigger="person", segment_keys=keys)
        for keys in (["anchors", "occasional"], ["occasional", "households"])
    ]
    states = together(*(lambda run=run: services.execute_run(run.pk) for run in runs))
    assert set(states) <= {RunState.SUCCEEDED, RunState.SUPERSEDED}, states
    run_now()
    assert {key: selectors.members_page(key=key).external_ids for key in MEMBERS} == MEMBERS


def test_worker__run_is_requested__computes_it(worker: Any, grocer: Any) -> None:
    run = services.request_run(actor=SYSTEM, trigger="schedule")
    until(lambda: Run.objects.get(pk=run.pk).state == RunState.SUCCEEDED)
    assert selectors.members_page(key="anchors").external_ids == MEMBERS["anchors"]
