"""Messages that no task can make sense of, and workers without memory: the queue moves on, nothing is half done."""

import subprocess
import sys
from datetime import timedelta
from typing import Any

import pytest
from celery import current_app
from kombu import Producer

from common.clock import now
from memberships import services
from memberships.choices import RunState
from memberships.models import Current, Run
from tests.memberships.conftest import run_now
from tests.memberships.test_faults import until, worker_process
from tests.memberships.wide import widened

pytestmark = pytest.mark.django_db(transaction=True)


def test_worker__poisoned_messages__are_dropped_and_the_next_run_is_computed(worker: Any, grocer: Any) -> None:
    for task in ("memberships.execute_run", "memberships.execute_shard", "memberships.on_run_finished"):
        for arguments in ([2**31], ["abc"], [{"no": "number"}], [None], [], [1, 2, 3], [-1]):
            current_app.send_task(task, args=arguments)
    current_app.send_task("memberships.no_such_task", args=[1])
    with current_app.connection_for_write() as broker:
        producer = Producer(broker)
        for kind in ("application/x-python-serialize", "application/json", "text/plain"):
            producer.publish(b"\x80\x04K\x01.", routing_key="celery", content_type=kind, content_encoding="binary")
    run = services.request_run(actor=grocer.steward, trigger="person")
    until(lambda: Run.objects.get(pk=run.pk).state == RunState.SUCCEEDED)
    assert not Run.objects.filter(state=RunState.FAILED).exists()


# The claim is taken with memory, what follows without.
STARVED = """
import resource
import django
django.setup()
from memberships.models import Run
from memberships.services.claims import claim_run
from memberships.services.execution import compute
claim = claim_run({run_id})
run = Run.objects.get(pk={run_id})
pages = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (pages + 2_000_000, pages + 2_000_000))
compute(claim, run)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the limit of a process's memory is set as on Linux")
def test_execute_run__worker_without_memory__leaves_no_half_state_and_another_goes_on(
    grocer: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.memberships import test_faults

    run_now()
    widened(180_000)
    standing = list(Current.objects.order_by("pk").values())
    run = services.request_run(actor=grocer.steward, trigger="person")
    monkeypatch.setattr(test_faults, "PROGRAM", STARVED)
    child: subprocess.Popen[bytes] = worker_process(run.pk)
    assert child.wait(60) != 0
    found = Run.objects.get(pk=run.pk)
    assert (found.state, found.attempts) == (RunState.RUNNING, 1), "taken, neither done nor given up"
    assert list(Current.objects.order_by("pk").values()) == standing
    Run.objects.filter(pk=run.pk).update(heartbeat_at=now() - timedelta(seconds=61))
    services.reap_runs()
    Run.objects.filter(pk=run.pk).update(due_at=now())
    assert services.execute_run(run.pk) == RunState.SUCCEEDED
