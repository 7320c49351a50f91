"""Queues and who is at work: what has to be quick never waits behind what takes long."""

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from celery import current_app, shared_task

from segportal import presence
from segportal.queues import KINDS, NAMES, QUEUES, ROUTES

THREADS = """
import os
from pathlib import Path
from segportal.celery import app
app.loader.import_default_modules()
app.finalize()
print(*(Path(f"/proc/self/task/{each}/comm").read_text().strip() for each in os.listdir("/proc/self/task")), sep=",")
"""


TOOK: list[str] = []


@shared_task(name="tests.note")
def note(queue: str) -> None:
    """Stands for any task."""
    TOOK.append(queue)


def queue_of(task: str) -> str:
    return str(current_app.amqp.router.route({}, task, (), {})["queue"].name)


def test_routes__by_task__name_queues_that_a_kind_of_worker_serves() -> None:
    for task in ("customers.apply_events", "memberships.publish_changes", "memberships.on_profiles_changed"):
        assert queue_of(task) == "stream"
    assert queue_of("memberships.execute_shard") == "shards"
    assert queue_of("memberships.execute_run") == "celery"
    served = [name for names in KINDS.values() for name in names]
    assert sorted(served) == sorted(set(served)), "a queue of two kinds could be drained by the wrong one"
    assert {route["queue"] for route in ROUTES.values()} <= set(served)


def test_queues__by_name__are_reached_under_their_own_key_alone() -> None:
    assert tuple(queue.name for queue in QUEUES) == NAMES
    for queue in current_app.amqp.queues.values():
        assert (queue.exchange.name, queue.routing_key) == (queue.name, queue.name)


def test_kinds_served__some_of_the_queues__is_not_that_kind() -> None:
    assert presence.kinds_served(["celery"]) == ()
    assert presence.kinds_served(["stream"]) == ("stream",)
    assert presence.kinds_served(NAMES) == ("worker", "stream")


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="threads have names on Linux")
def test_worker__before_it_forks__has_not_started_the_threads_of_the_engine() -> None:
    """They would be missing in its children, which would wait for them for ever."""
    told = subprocess.run([sys.executable, "-c", THREADS], capture_output=True, text=True, check=True, env=os.environ)
    names = told.stdout.strip().split(",")
    assert "python" in " ".join(names)
    assert not [name for name in names if name.startswith(("polars-0", "polars-1", "tokio", "async-exec"))]


def test_sign__left_and_taken_back__is_known_meanwhile_with_what_is_in_hand() -> None:
    presence.leave_sign(
        name="stream@a", started=1.0, queues=["stream"], tasks=[("customers.apply_events", 5.0)], done=3
    )
    (sign,) = presence.signs()
    assert (sign.name, sign.kinds, sign.pid, sign.done, sign.is_alive) == (
        "stream@a",
        ("stream",),
        os.getpid(),
        3,
        True,
    )
    assert [(task.name, task.since.timestamp()) for task in sign.tasks] == [("customers.apply_events", 5.0)]
    presence.take_back("stream@a")
    assert presence.signs() == []


def test_sign__half_a_minute_old__is_no_life_and_after_an_hour_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    presence.leave_sign(name="worker@a", started=1.0, queues=["celery", "shards"])
    moment = presence.now()
    for seconds, alive in ((29, [True]), (31, [False]), (3601, [])):
        later = presence._instant(moment.timestamp() + seconds)
        monkeypatch.setattr(presence, "now", lambda later=later: later)
        assert [sign.is_alive for sign in presence.signs()] == alive


@pytest.mark.django_db(transaction=True)
def test_worker__of_all_queues__takes_from_each_and_says_that_it_is_at_work(worker: Any) -> None:
    TOOK.clear()
    for name in NAMES:
        current_app.send_task("tests.note", args=[name], queue=name)
    end = time.monotonic() + 20
    while len(TOOK) < len(NAMES) and time.monotonic() < end:
        time.sleep(0.02)
    assert sorted(TOOK) == sorted(NAMES)
    assert [sign.kinds for sign in presence.signs()] == [("worker", "stream")]
