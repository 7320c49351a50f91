"""Runs in shards: the same digests, lost shards, cancelling, two deliveries, results in a store, a real worker."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from common import store
from common.actors import SYSTEM
from common.clock import now
from customers.models import Attribute
from customers.selectors import build_files
from memberships import services
from memberships.choices import RunState, ShardState
from memberships.engines import EngineOptions, chosen, sharding
from memberships.models import Current, Run, RunShard
from memberships.services.build_copies import fetch_build, keep_build
from memberships.services.claims import MAX_ATTEMPTS
from memberships.services.shard_work import ShardLost, _finish, execute_shard, take_shard
from memberships.services.shards import conclude_shards
from tests.memberships.test_faults import together, until
from tests.memberships.wide import ROWS, widened

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ordinals_from_zero")]


@pytest.fixture
def sharded(grocer: Any, settings: Any, tmp_path: Path) -> Iterator[Run]:
    """A run of three shards that its worker has just split."""
    settings.SEGPORTAL_ENGINE, settings.SEGPORTAL_SHARDS = "shards", 3
    widened()
    run = services.request_run(actor=SYSTEM, trigger="schedule")
    assert services.execute_run(run.pk) == RunState.RUNNING
    yield Run.objects.get(pk=run.pk)


def shards_of(run: Run) -> list[RunShard]:
    return list(RunShard.objects.filter(run=run).order_by("number"))


def silent(rows: Any) -> None:
    rows.update(heartbeat_at=now() - timedelta(seconds=61))


def test_ranges__any_rows_and_shards__cover_all_rows_once_in_whole_groups() -> None:
    for rows in (0, 1, 65_535, 65_536, 65_537, 180_000, 10_000_000):
        for shards in (1, 2, 3, 7, 500):
            cut = sharding.ranges(rows, shards)
            assert [row for pair in cut for row in pair][1:-1] == [end for _, end in cut[:-1] for _ in (0, 1)]
            assert len(cut) <= shards
            assert (cut[0][0], cut[-1][1]) == (0, rows) if rows else not cut
            assert all(first % 65_536 == 0 and first < end for first, end in cut)


def test_run_in_shards__all_done_by_many__publishes_as_one_engine_would(sharded: Run) -> None:
    first, *rest = shards_of(sharded)
    assert [(each.first, each.end) for each in (first, *rest)] == [(0, 65_536), (65_536, 131_072), (131_072, ROWS)]
    for shard in reversed(rest):
        assert execute_shard(shard.pk) == ShardState.DONE
        assert execute_shard(shard.pk) is None, "a second delivery finds nothing"
    between = Run.objects.get(pk=sharded.pk)
    assert (between.state, between.done, between.total) == (RunState.RUNNING, 2, 3)
    assert not Current.objects.exists(), "nothing is seen before all is there"
    files = [shard.result_path for shard in shards_of(sharded) if shard.result_path]
    assert len(files) == 2
    execute_shard(first.pk)
    run = Run.objects.get(pk=sharded.pk)
    assert (run.state, run.manifest["engine"]["name"]) == (RunState.SUCCEEDED, "shards")
    assert (run.manifest["rows"], run.manifest["options"]["shards"]) == (ROWS, 3)
    again = services.request_repeat(actor=SYSTEM, run_id=run.pk, options={"engine": "polars"})
    services.execute_run(again.pk)
    assert Run.objects.get(pk=again.pk).manifest["comparison"]["verdict"] == "identical"
    assert not RunShard.objects.exists()
    for name in files:
        with pytest.raises(FileNotFoundError):
            store.get(name)


def test_run_in_shards__one_rule_fails__marks_itself_and_what_refers_to_it(grocer: Any, settings: Any) -> None:
    from tests.memberships.conftest import enact

    settings.SEGPORTAL_ENGINE, settings.SEGPORTAL_SHARDS = "shards", 2
    enact("parents", kind="create", parent=None, rule="has_children")
    enact("of-parents", kind="create", parent=None, rule="IN_SEGMENT('parents') AND orders_90d > 1")
    widened(70_000)
    Attribute.objects.filter(key="orders_90d").update(type="text")
    widened(70_000)
    run = services.request_run(actor=SYSTEM, trigger="schedule")
    services.execute_run(run.pk)
    for shard in shards_of(run):
        execute_shard(shard.pk)
    run.refresh_from_db()
    states = {line["segment"]: line["state"] for line in run.manifest["segments"]}
    assert (run.state, states["parents"], states["of-parents"]) == (RunState.SUCCEEDED, "published", "failed")


def test_reap_runs__shard_lost_its_worker__another_takes_it_and_the_run_lives(sharded: Run) -> None:
    lost, *rest = shards_of(sharded)
    hold = take_shard(lost.pk)
    assert hold is not None
    silent(RunShard.objects.filter(pk=lost.pk))
    silent(Run.objects.filter(pk=sharded.pk))
    services.reap_runs()
    lost.refresh_from_db()
    assert (lost.state, Run.objects.get(pk=sharded.pk).state) == (ShardState.WAITING, RunState.RUNNING)
    with pytest.raises(ShardLost):
        _finish(hold, chosen("shards").evaluate(sharded.build, [], now(), EngineOptions(shards=1)), 0.1)
    for shard in (lost, *rest):
        execute_shard(shard.pk)
    assert Run.objects.get(pk=sharded.pk).state == RunState.SUCCEEDED


def test_reap_runs__shard_lost_three_workers__the_run_tries_anew_with_fresh_shards(sharded: Run) -> None:
    lost = shards_of(sharded)[0]
    for _ in range(MAX_ATTEMPTS):
        assert take_shard(lost.pk) is not None
        silent(RunShard.objects.filter(pk=lost.pk))
        services.reap_runs()
    run = Run.objects.get(pk=sharded.pk)
    assert (run.state, run.error_code, shards_of(run)) == (RunState.QUEUED, "worker_lost", [])
    assert services.execute_run(run.pk) == RunState.RUNNING
    assert {shard.attempt for shard in shards_of(run)} == {2}


def test_reap_runs__merging_worker_died__the_run_is_queued_again(sharded: Run) -> None:
    Run.objects.filter(pk=sharded.pk).update(phase="publishing")
    silent(Run.objects.filter(pk=sharded.pk))
    services.reap_runs()
    assert Run.objects.get(pk=sharded.pk).state == RunState.QUEUED


def test_reap_runs__message_of_the_last_merge_was_lost__merges(sharded: Run) -> None:
    for shard in shards_of(sharded):
        hold = take_shard(shard.pk)
        assert hold is not None and sharded.as_of is not None
        from memberships.services.shard_work import _evaluated

        _finish(hold, _evaluated(hold), 0.1)
    services.reap_runs()
    assert Run.objects.get(pk=sharded.pk).state == RunState.SUCCEEDED


def test_cancel_run__in_shards__what_waits_is_dropped_and_what_runs_is_lost(sharded: Run, cast: Any) -> None:
    running, waiting, _ = shards_of(sharded)
    hold = take_shard(running.pk)
    assert hold is not None
    services.cancel_run(actor=cast.steward, run_id=sharded.pk)
    with pytest.raises(ShardLost):
        hold.note()
    assert execute_shard(waiting.pk) is None
    services.reap_runs()
    assert not RunShard.objects.exists()
    assert not Current.objects.exists()


def test_execute_shard__build_disappeared__is_given_back_and_after_three_tries_fails_the_attempt(sharded: Run) -> None:
    assert sharded.build is not None
    for path in build_files(sharded.build):
        path.unlink()
    shard = shards_of(sharded)[0]
    assert [execute_shard(shard.pk) for _ in range(MAX_ATTEMPTS)] == ["waiting", "waiting", "failed"]
    run = Run.objects.get(pk=sharded.pk)
    assert (run.state, run.error_code) == (RunState.QUEUED, "build_gone")


def test_store__url_of_any_kind__keeps_results_and_copies_of_builds(grocer: Any, settings: Any, tmp_path: Path) -> None:
    build = widened(70_000)
    for url in (f"file://{tmp_path}/shared", "memory://segportal"):
        settings.SEGPORTAL_STORE = url
        keep_build(build)
        path = build_files(build)[0]
        content = path.read_bytes()
        path.unlink()
        fetch_build(build)
        assert path.read_bytes() == content
        assert store.names_in("builds") == [f"builds/{path.name}"]
        store.put("shards/1-1/2-1.bits", b"bits")
        assert store.get("shards/1-1/2-1.bits") == b"bits"
        store.remove(["shards/1-1/2-1.bits", "shards/never.bits"])
        assert store.names_in("shards/1-1") == []


@pytest.mark.django_db(transaction=True)
def test_execute_shard__last_two_end_at_once__one_of_them_publishes(sharded: Run) -> None:
    first, *last = shards_of(sharded)
    execute_shard(first.pk)
    together(*(lambda pk=each.pk: execute_shard(pk) for each in last))
    assert conclude_shards(sharded.pk) is None
    run = Run.objects.get(pk=sharded.pk)
    assert (run.state, run.manifest["counts"]) == (RunState.SUCCEEDED, {"published": 4})


@pytest.mark.django_db(transaction=True)
def test_worker__engine_is_shards__splits_computes_and_publishes(grocer: Any, settings: Any, worker: Any) -> None:
    settings.SEGPORTAL_ENGINE, settings.SEGPORTAL_SHARDS = "shards", 2
    widened(70_000)
    run = services.request_run(actor=SYSTEM, trigger="schedule")
    until(lambda: Run.objects.get(pk=run.pk).state == RunState.SUCCEEDED)
    assert Run.objects.get(pk=run.pk).manifest["options"] == {"shards": 2}
