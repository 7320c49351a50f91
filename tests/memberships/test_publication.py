"""Micro-batches in real processes and threads: killed while it publishes, and several publishers at once."""

import os
import signal
import subprocess
import sys
from typing import Any

import pytest
from django.db import connection

from common.actors import SYSTEM
from customers.services.profiles import merge_customers_bulk
from ledger.models import Entry
from memberships import selectors, services
from memberships.choices import RunState
from memberships.models import Current, Delta, Run
from memberships.selectors.invariants import breaches
from memberships.services.claims import claim_run
from memberships.services.execution import compute
from memberships.services.publication import publish
from tests.factories.grocer import MEMBERS
from tests.memberships.test_faults import no_appending, together, until, waiting_for_a_lock

pytestmark = pytest.mark.django_db(transaction=True)

PROGRAM = "import django; django.setup(); from memberships.services import publish_changes; publish_changes()"


def a_stream_process() -> subprocess.Popen[bytes]:
    """A process of its own that publishes what waits on this test's database."""
    database = connection.settings_dict
    host = database["HOST"] or database["OPTIONS"].get("host", "")
    url = f"postgresql://{database['USER']}@:{database['PORT'] or 5432}/{database['NAME']}?host={host}"
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM],
        env={**os.environ, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "segportal.settings.test"},
        stdout=subprocess.DEVNULL,
    )


def stands() -> list[tuple[Any, ...]]:
    return list(Current.objects.order_by("pk").values_list("pk", "run_id", "through", "watermark", "size"))


def test_publish_changes__worker_killed_before_the_commit__nothing_happened_and_the_next_batch_does_it(
    computed: Any,
) -> None:
    merge_customers_bulk(actor=computed.steward, rows=[{"external_id": "hh-03", "attributes": {"spend_365d": 3200}}])
    before = stands(), Delta.objects.count(), Run.objects.count()
    with no_appending() as let_go:
        worker = a_stream_process()
        try:
            until(lambda: waiting_for_a_lock("ledger_entry"))
            assert selectors.members_page(key="anchors").external_ids == MEMBERS["anchors"], "nothing is half visible"
        finally:
            worker.send_signal(signal.SIGKILL)
            worker.wait(10)
        let_go.set()
    until(lambda: not waiting_for_a_lock("ledger_entry"))
    assert (stands(), Delta.objects.count(), Run.objects.count()) == before
    services.publish_changes()
    assert selectors.members_page(key="anchors").external_ids == ["hh-01", "hh-02", "hh-03", "hh-09"]
    assert Entry.objects.filter(event="memberships.moved").count() == 1
    assert breaches() == []


def test_publish_changes__several_publishers_at_once__nobody_comes_or_goes_twice(computed: Any) -> None:
    runs = []
    for spend in (3100, 2000):
        run = services.request_run(actor=SYSTEM, trigger="schedule")
        claim = claim_run(run.pk)
        assert claim is not None
        runs.append((claim, compute(claim, run)))
        rows = [{"external_id": "hh-03", "attributes": {"spend_365d": spend}}]
        rows.append({"external_id": "hh-05", "attributes": {"orders_90d": spend - 1990}})
        merge_customers_bulk(actor=computed.steward, rows=rows)
    answers = together(
        *(lambda one=one: publish(*one) for one in runs), services.publish_changes, services.publish_changes
    )
    assert not [answer for answer in answers if isinstance(answer, Exception)], answers
    services.publish_changes()
    assert breaches() == []
    assert selectors.members_page(key="anchors").external_ids == MEMBERS["anchors"]
    assert selectors.members_page(key="occasional").external_ids == ["hh-06", "hh-07", "hh-08"]
    assert RunState.SUCCEEDED in answers[:2]
