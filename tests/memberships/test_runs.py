"""Requesting, absorbing, cancelling, repeating, claiming and reaping runs."""

from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from common.actors import SYSTEM
from common.clock import now
from common.errors import NotAllowed
from ledger.models import Entry
from memberships import services
from memberships.choices import RunState
from memberships.errors import RunEnded, RunNotFound, RunNotRetriable, UnknownSegments
from memberships.models import Current, Run
from memberships.services.claims import MAX_ATTEMPTS, ClaimLost, claim_run
from memberships.tasks import on_import_finished, on_segment_retired, on_version_enacted
from tests.memberships.conftest import enact, run_now

pytestmark = pytest.mark.django_db


def silence(run: Run) -> None:
    """As if its worker had died a while ago."""
    Run.objects.filter(pk=run.pk).update(heartbeat_at=now() - timedelta(seconds=61))


def test_request_run__again_while_queued__is_absorbed(grocer: Any) -> None:
    first = services.request_run(actor=SYSTEM, trigger="schedule")
    again = services.request_run(actor=grocer.steward, trigger="person")
    part = services.request_run(actor=SYSTEM, trigger="version", segment_keys=["anchors"])
    assert first == again == part
    assert Entry.objects.filter(event="memberships.run.requested").count() == 1


def test_request_run__other_scope_or_already_running__is_a_run_of_its_own(grocer: Any) -> None:
    part = services.request_run(actor=SYSTEM, trigger="version", segment_keys=["anchors"])
    same = services.request_run(actor=SYSTEM, trigger="version", segment_keys=["anchors", "anchors"])
    other = services.request_run(actor=SYSTEM, trigger="version", segment_keys=["occasional"])
    full = services.request_run(actor=SYSTEM, trigger="schedule")
    assert part == same
    assert len({part.pk, other.pk, full.pk}) == 3
    claim_run(full.pk)
    assert services.request_run(actor=SYSTEM, trigger="import").pk != full.pk


def test_request_run__burst_of_changed_customers__waits_and_a_person_hurries_it(grocer: Any) -> None:
    run = services.request_run(actor=SYSTEM, trigger="profiles")
    assert services.execute_run(run.pk) is None, "not due yet"
    assert services.request_run(actor=SYSTEM, trigger="profiles").due_at == run.due_at
    services.request_run(actor=grocer.steward, trigger="person")
    assert services.execute_run(run.pk) == RunState.SUCCEEDED


def test_request_run__unknown_segment__is_refused_with_its_place(grocer: Any) -> None:
    with pytest.raises(UnknownSegments) as refused:
        services.request_run(actor=SYSTEM, trigger="person", segment_keys=["anchors", "zebras"])
    assert [(error["pointer"], error["code"]) for error in refused.value.errors] == [("/segments/1", "unknown_segment")]
    assert not Run.objects.exists()


@pytest.mark.parametrize("name", ["steward", "administrator", "owner"])
def test_request_run__who_answers_for_segments__may(grocer: Any, name: str) -> None:
    assert services.request_run(actor=getattr(grocer, name), trigger="person").requested_by == getattr(grocer, name)


@pytest.mark.parametrize("name", ["rep", "learner", "viewer", "auditor", "stranger", "deactivated"])
def test_request_run__others__may_not(grocer: Any, name: str) -> None:
    with pytest.raises(NotAllowed):
        services.request_run(actor=getattr(grocer, name), trigger="person")
    assert not Run.objects.exists()


def test_request_run__owner_of_one_branch__may_there_only(grocer: Any) -> None:
    from accounts.services import create_user

    owner = create_user(actor=SYSTEM, username="branch-owner", roles=[("owner", "anchors")])
    assert services.request_run(actor=owner, trigger="person", segment_keys=["anchor-families"]).segment_keys
    for keys in (["occasional"], ["anchors", "occasional"], []):
        with pytest.raises(NotAllowed):
            services.request_run(actor=owner, trigger="person", segment_keys=keys)


def test_cancel_run__queued_and_running__ends_it_and_says_who(grocer: Any) -> None:
    queued = services.request_run(actor=SYSTEM, trigger="schedule")
    assert services.cancel_run(actor=grocer.steward, run_id=queued.pk).state == RunState.CANCELLED
    assert services.execute_run(queued.pk) is None
    running = services.request_run(actor=SYSTEM, trigger="schedule")
    claim = claim_run(running.pk)
    assert claim is not None
    services.cancel_run(actor=grocer.steward, run_id=running.pk)
    with pytest.raises(ClaimLost):
        claim.note(done=1)
    entry = Entry.objects.filter(event="memberships.run.cancelled").latest("pk")
    assert (entry.actor_name, entry.object_key) == ("steward", str(running.pk))


def test_cancel_run__ended_or_unknown__is_refused(computed: Any) -> None:
    with pytest.raises(RunEnded):
        services.cancel_run(actor=computed.steward, run_id=computed.first_run.pk)
    with pytest.raises(RunNotFound):
        services.cancel_run(actor=computed.steward, run_id=0)


def test_retry_run__cancelled__requests_the_same_scope(grocer: Any) -> None:
    run = services.request_run(actor=SYSTEM, trigger="version", segment_keys=["anchors"])
    services.cancel_run(actor=grocer.steward, run_id=run.pk)
    again = services.retry_run(actor=grocer.steward, run_id=run.pk)
    assert (again.pk != run.pk, again.state, again.segment_keys) == (True, RunState.QUEUED, ["anchors"])


def test_retry_run__succeeded__is_refused(computed: Any) -> None:
    with pytest.raises(RunNotRetriable):
        services.retry_run(actor=computed.steward, run_id=computed.first_run.pk)


def test_claim_run__two_workers__one_gets_it(grocer: Any) -> None:
    run = services.request_run(actor=SYSTEM, trigger="schedule")
    assert claim_run(run.pk) is not None
    assert claim_run(run.pk) is None


def test_reap_runs__living_worker__is_left_alone(grocer: Any) -> None:
    run = services.request_run(actor=SYSTEM, trigger="schedule")
    claim_run(run.pk)
    services.reap_runs()
    assert Run.objects.get(pk=run.pk).state == RunState.RUNNING


def test_reap_runs__dead_worker__queues_again_and_the_old_claim_is_worthless(computed: Any) -> None:
    run = services.request_run(actor=SYSTEM, trigger="schedule")
    claim = claim_run(run.pk)
    assert claim is not None
    silence(run)
    services.reap_runs()
    assert Run.objects.get(pk=run.pk).state == RunState.QUEUED
    with pytest.raises(ClaimLost):
        claim.note(done=1)
    assert services.execute_run(run.pk) == RunState.SUCCEEDED
    assert Run.objects.get(pk=run.pk).attempts == 2


def test_reap_runs__worker_died_three_times__fails_with_advice_and_marks_what_is_stale(computed: Any) -> None:
    run = services.request_run(actor=SYSTEM, trigger="schedule")
    for _ in range(MAX_ATTEMPTS):
        Run.objects.filter(pk=run.pk).update(due_at=now())
        assert claim_run(run.pk) is not None
        silence(run)
        services.reap_runs()
    run.refresh_from_db()
    assert (run.state, run.error_code) == (RunState.FAILED, "worker_lost")
    assert "memory" in run.error_advice
    kept = Current.objects.get(segment__key="anchors")
    assert (kept.size, kept.failed_run_id) == (3, run.pk)
    entry = Entry.objects.filter(event="memberships.run.finished").latest("pk")
    assert entry.payload == {"run_id": run.pk, "state": "failed"}


def test_reap_runs__equal_run_was_queued_meanwhile__the_dead_one_is_superseded(grocer: Any) -> None:
    run = services.request_run(actor=SYSTEM, trigger="schedule")
    claim_run(run.pk)
    waiting = services.request_run(actor=SYSTEM, trigger="import")
    silence(run)
    services.reap_runs()
    states = dict(Run.objects.values_list("pk", "state"))
    assert states == {run.pk: RunState.SUPERSEDED, waiting.pk: RunState.QUEUED}


def entry_of(event: str) -> int:
    entry = Entry.objects.filter(event=event).latest("pk")
    return entry.pk


def test_on_version_enacted__delivered_twice__requests_one_run_for_the_segment(computed: Any) -> None:
    enact("anchors", rule="orders_90d >= 1")
    entry_id = entry_of("taxonomy.version.enacted")
    on_version_enacted(entry_id)
    on_version_enacted(entry_id)
    run = Run.objects.get(state=RunState.QUEUED)
    assert (run.trigger, run.segment_keys) == ("version", ["anchors"])
    assert run.correlation_id == Entry.objects.get(pk=entry_id).correlation_id


def test_on_segment_retired__requests_a_run_that_empties_it(computed: Any) -> None:
    from taxonomy.services.enactment import retire_segment

    retire_segment(
        actor=SYSTEM, segment_key="occasional", base_version=1, successor_key=None, rationale="Unused.", request_ref="2"
    )
    on_segment_retired(entry_of("taxonomy.segment.retired"))
    run = Run.objects.get(state=RunState.QUEUED)
    services.execute_run(run.pk)
    assert not Current.objects.filter(segment__key="occasional").exists()


def test_on_import_finished__entry_of_another_consumer__does_nothing(computed: Any) -> None:
    on_import_finished(0)
    assert not Run.objects.filter(state=RunState.QUEUED).exists()


def test_recompute_command__without_worker__queues_and_says_so(grocer: SimpleNamespace, capsys: Any) -> None:
    call_command("recompute", "--segment", "anchors")
    run = Run.objects.get()
    assert (run.segment_keys, capsys.readouterr().out) == (["anchors"], f"Run {run.pk} is queued.\n")
    with pytest.raises(CommandError, match="still queued"):
        call_command("recompute", "--segment", "anchors", "--wait", "--timeout", "0.1")
    with pytest.raises(CommandError, match="zebras"):
        call_command("recompute", "--segment", "zebras")


def test_run__state_that_nobody_knows__is_refused_by_the_database(computed: Any) -> None:
    from django.db import IntegrityError, transaction

    for changes in ({"state": "half"}, {"state": "running", "heartbeat_at": None}, {"ended_at": None}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Run.objects.filter(pk=computed.first_run.pk).update(**changes)


def test_execute_run__mishap__is_tried_again_and_then_fails(computed: Any, settings: Any, tmp_path: Path) -> None:
    # The builds' folder is a file: every attempt breaks while it writes.
    from customers.services.profiles import merge_customers_bulk

    merge_customers_bulk(actor=computed.steward, rows=[{"external_id": "hh-01", "attributes": {"orders_90d": 21}}])
    (tmp_path / "builds").write_text("")
    settings.MEDIA_ROOT = tmp_path / "uploads"
    run = services.request_run(actor=SYSTEM, trigger="schedule")
    states = []
    for _ in range(MAX_ATTEMPTS):
        Run.objects.filter(pk=run.pk).update(due_at=now())
        states.append(services.execute_run(run.pk))
    (tmp_path / "builds").unlink()
    assert states == [RunState.QUEUED, RunState.QUEUED, RunState.FAILED]
    assert run_now().pk != run.pk
