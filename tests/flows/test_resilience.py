"""The running portal while its parts are killed, frozen and taken away: nothing lost, nothing done twice."""

import os
import signal
import time
import urllib.error
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Barrier
from typing import Any

import psycopg
import pytest

from segportal import embedded
from segportal.embedded import places, postgres, processes, valkey
from segportal.launch.children import mark
from tests.browser.portal import Portal
from tests.flows.remote import Remote
from tests.flows.waiting import until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400), pytest.mark.xdist_group("portal")]

BOARD = ("grace", "omar", "ingrid")
# A few members leave: no condition of the board asks for more votes. Nothing stands below these segments, so that no
# other request loses its ground.
NARROWER = (
    "CONTAINS(departments_shopped, 'seafood') AND main_department IN ('produce', 'meat', 'seafood') AND trips_90d >= 4"
)


def database(portal: Portal) -> psycopg.Connection[Any]:
    return psycopg.connect(embedded.database_url(portal.data_dir, role="owner"), autocommit=True)


def value_of(portal: Portal, query: str, *given: Any) -> Any:
    with database(portal) as connection:
        row = connection.execute(query, given).fetchone()
        assert row is not None
        return row[0]


def all_handed_over(portal: Portal) -> bool:
    return bool(value_of(portal, "SELECT count(*) FROM ledger_handoff WHERE state <> 'done'") == 0)


def open_runs(portal: Portal) -> int:
    return int(value_of(portal, "SELECT count(*) FROM memberships_run WHERE state IN ('queued', 'running')"))


def settled(portal: Portal) -> None:
    """Wait until everything that was set off has taken effect."""
    until(lambda: all_handed_over(portal) and open_runs(portal) == 0, "everything took effect", 120)


def processes_of(portal: Portal, name: str = "") -> list[int]:
    return processes.pids_by_command(f" {mark(portal.data_dir)}={name}")


def leader_of_all(portal: Portal) -> int:
    """The process of `up` itself."""
    return int((portal.data_dir / "up.lock").read_text().split()[0])


def at_once(*deeds: Callable[[], Any]) -> list[Any]:
    """All at the same instant; their results."""
    barrier = Barrier(len(deeds))

    def one(deed: Callable[[], Any]) -> Any:
        barrier.wait(30)
        return deed()

    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(one, deeds))


@contextmanager
def nothing_published(portal: Portal) -> Iterator[None]:
    """A run computes everything and then waits with its result in its hands."""
    with psycopg.connect(embedded.database_url(portal.data_dir, role="owner")) as connection:
        connection.execute("LOCK TABLE memberships_current IN SHARE MODE")
        yield
        connection.rollback()


@contextmanager
def broker_away(portal: Portal) -> Iterator[None]:
    """No broker, and nobody who starts it again: `up` itself is frozen meanwhile."""
    spots = places.places_of(portal.data_dir)
    pid = valkey.running(spots)
    assert pid is not None
    os.kill(leader_of_all(portal), signal.SIGSTOP)
    try:
        os.kill(pid, signal.SIGKILL)
        until(lambda: valkey.running(spots) is None, "the broker is gone")
        yield
    finally:
        os.kill(leader_of_all(portal), signal.SIGCONT)
        until(portal.is_ready, "the broker is back", 60)


def test_votes__three_at_the_same_instant__apply_one_version(portal: Portal) -> None:
    author, voters = Remote(portal, "helen"), [Remote(portal, name) for name in BOARD]
    number = author.propose("mailed-unmoved", "campaigns_received >= 3 AND campaigns_redeemed = 0 AND trips_365d >= 1")
    answers = at_once(*(lambda voter=voter: voter.approve(number) for voter in voters))
    assert [status for status, _ in answers] == [201, 201, 201], answers
    assert author.get(f"/change-requests/{number}/")["state"] == "applied"
    versions = value_of(portal, "SELECT count(*) FROM taxonomy_enactment WHERE request_ref = %s", str(number))
    assert versions == 1
    settled(portal)


def test_vote__sent_twice_at_the_same_instant__counts_once(portal: Portal) -> None:
    author, first, second = Remote(portal, "helen"), Remote(portal, "grace"), Remote(portal, "grace")
    number = author.propose("mailed-unmoved", "campaigns_received >= 4 AND campaigns_redeemed = 0")
    answers = at_once(lambda: first.approve(number), lambda: second.approve(number))
    assert sorted(status for status, _ in answers) == [201, 409], answers
    assert value_of(portal, "SELECT count(*) FROM reviews_vote WHERE request_id = %s", number) == 1


def test_run__whose_worker_is_killed__ends_once_with_the_same_members(portal: Portal) -> None:
    steward = Remote(portal, "tomas")
    settled(portal)
    before = steward.members("fresh-kitchen")
    with nothing_published(portal):
        run = steward.post("/runs/")["id"]
        phase = "SELECT phase FROM memberships_run WHERE id = %s"
        until(lambda: value_of(portal, phase, run) == "publishing", "the run has its result", 60)
        workers = processes_of(portal, "worker")
        for pid in workers:
            if os.getpgid(pid) != pid:
                os.kill(pid, signal.SIGKILL)
        time.sleep(1)
    assert steward.get(f"/runs/{run}/")["state"] == "running"
    with database(portal) as connection:  # instead of waiting for a minute of silence
        connection.execute(
            "UPDATE memberships_run SET heartbeat_at = heartbeat_at - interval '61 s' WHERE id = %s", (run,)
        )
    until(lambda: steward.get(f"/runs/{run}/")["state"] == "succeeded", "the run ended", 90)
    assert steward.get(f"/runs/{run}/")["attempts"] == 2
    assert steward.members("fresh-kitchen") == before
    finished = "SELECT count(*) FROM ledger_entry WHERE event = 'memberships.run.finished' AND object_key = %s"
    assert value_of(portal, finished, str(run)) == 1


def test_broker__away_for_a_while__votes_and_reads_answer_and_nothing_is_doubled(portal: Portal) -> None:
    author = Remote(portal, "helen")
    settled(portal)
    number = author.propose("fresh-counter", NARROWER)
    voters = [Remote(portal, name) for name in BOARD]
    with broker_away(portal):
        began = time.monotonic()
        answers = [voter.approve(number) for voter in voters]
        assert [status for status, _ in answers] == [201, 201, 201], answers
        assert author.get("/segments/fresh-counter/")["key"] == "fresh-counter"
        assert time.monotonic() - began < 30
        assert author.get(f"/change-requests/{number}/")["state"] == "applied"
        assert not all_handed_over(portal)
        with pytest.raises(urllib.error.HTTPError) as refused:  # who signs in is counted there
            Remote(portal, "rosa")
        assert refused.value.code == 503
        assert "try again in a moment" in refused.value.read().decode().lower()
    settled(portal)
    reference = "SELECT count(*) FROM taxonomy_enactment WHERE request_ref = %s"
    assert value_of(portal, reference, str(number)) == 1
    sizes = "SELECT count(*) FROM memberships_delta WHERE segment_id = (SELECT id FROM taxonomy_segment WHERE key = %s)"
    assert value_of(portal, f"{sizes} AND cause = 'rule'", "fresh-counter") == 1


def test_portal__killed_and_started_again__has_lost_nothing(portal: Portal, tmp_path: Path) -> None:
    steward = Remote(portal, "tomas")
    settled(portal)
    keys = ("anchor-households", "coupon-planners", "steady-households")
    before = {key: steward.members(key) for key in keys}
    portal.manage("verify_ledger", "--write-head", str(tmp_path / "head.json"))
    portal.kill()
    portal.start()
    assert "holds" in portal.manage("verify_ledger", "--head", str(tmp_path / "head.json"))
    again = Remote(portal, "tomas")
    assert {key: again.members(key) for key in keys} == before
    assert len([pid for pid in processes_of(portal, "beat") if os.getpgid(pid) == pid]) == 1


def test_portal__asked_to_stop__leaves_no_process(portal: Portal) -> None:
    spots = places.places_of(portal.data_dir)
    assert portal.process is not None
    assert portal.stop() == 0
    assert processes_of(portal) == []
    assert (postgres.running(spots), valkey.running(spots)) == (None, None)
    portal.start()
