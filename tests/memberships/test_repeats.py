"""Run again and compare: the same comes out whatever the engine's options, and what does not is named."""

import json
from typing import Any

import polars as pl
import pytest
from django.core.management import CommandError, call_command
from django.db.models import F
from django.urls import reverse

from common.actors import SYSTEM
from common.errors import NotAllowed
from customers.models import Attribute, ProfileBuild
from customers.selectors import build_files
from ledger.models import Entry
from memberships import services
from memberships.choices import RunState
from memberships.errors import BadOptions, NotRepeatable, RunNotFound, UnknownEngine
from memberships.models import Current, Delta, Run, RunShard, Snapshot
from memberships.services.shard_work import execute_shard
from tests.memberships.conftest import enact, run_now
from tests.memberships.wide import ROWS, widened

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ordinals_from_zero")]


def repeated(run: Run, **options: Any) -> Run:
    """The run, repeated here and now."""
    again = services.request_repeat(actor=SYSTEM, run_id=run.pk, options=options)
    services.execute_run(again.pk)
    for shard in RunShard.objects.filter(run=again):
        execute_shard(shard.pk)
    again.refresh_from_db()
    return again


def stored() -> list[Any]:
    """Everything that readers see."""
    tables = (Snapshot, Delta, Current)
    return [list(table.objects.order_by("pk").values()) for table in tables]


@pytest.fixture
def wide_run(grocer: Any) -> Run:
    widened()
    return run_now()


def test_repeat__other_slices_shards_threads_and_order__is_identical_and_publishes_nothing(wide_run: Run) -> None:
    before = stored()
    assert (wide_run.manifest["rows"], wide_run.manifest["memberships"]) == (ROWS, ROWS // 12 * 19)
    ways: list[dict[str, Any]] = [
        {},
        {"slice_rows": 65_536},
        {"order": 7, "slice_rows": 131_072},
        {"engine": "shards", "shards": 3},
        {"engine": "shards", "shards": 2, "order": 3},
        {"threads": 1},
    ]
    for options in ways:
        again = repeated(wide_run, **options)
        assert (again.state, again.manifest["comparison"]["verdict"]) == (RunState.SUCCEEDED, "identical"), options
        assert again.output_digest == wide_run.output_digest
        assert {line["state"] for line in again.manifest["segments"]} == {"identical"}
    assert stored() == before
    assert Entry.objects.filter(event="memberships.run.compared").count() == len(ways)


def test_repeat__rules_and_attributes_changed_since__asks_what_was_asked_then(computed: Any) -> None:
    run = Run.objects.get(pk=computed.first_run.pk)
    enact("anchors", rule="orders_90d >= 1")
    enact("households", rule="orders_90d > 3")
    Attribute.objects.filter(key="spend_365d").update(type="text", version=F("version") + 1)
    again = repeated(run)
    assert again.manifest["comparison"]["verdict"] == "identical"
    assert {line["segment"]: line["version"] for line in again.manifest["segments"]}["anchors"] == 1


def test_repeat__partial_run_below_a_changed_parent__is_identical(computed: Any) -> None:
    enact("quiet", kind="create", parent="households", rule="IN_SEGMENT('anchors') AND orders_90d < 14")
    run = run_now("quiet")
    enact("households", rule="orders_90d > 100")
    again = repeated(run, order=5)
    assert (again.manifest["comparison"]["verdict"], again.segment_keys) == ("identical", ["quiet"])


def test_repeat__rule_that_failed_then__fails_again_and_counts_as_identical(computed: Any) -> None:
    enact("parents", kind="create", parent=None, rule="has_children")
    Attribute.objects.filter(key="orders_90d").update(type="text", version=F("version") + 1)
    run = run_now()
    assert run.manifest["counts"] == {"failed": 4, "published": 1}
    again = repeated(run)
    assert again.manifest["comparison"]["verdict"] == "identical"


def test_repeat__data_of_the_build_changed_behind_its_back__names_segment_and_customers(computed: Any) -> None:
    run = Run.objects.get(pk=computed.first_run.pk)
    assert run.build is not None
    path = build_files(run.build)[0]
    frame = pl.read_parquet(path)
    hit = pl.col("external_id").is_in(["hh-01", "hh-09"])
    frame.with_columns(pl.when(hit).then(0.0).otherwise("spend_365d").alias("spend_365d")).write_parquet(path)
    again = repeated(run)
    assert again.manifest["comparison"]["verdict"] == "different"
    assert again.manifest["comparison"]["different"] == ["anchors"]
    line = next(line for line in again.manifest["segments"] if line["segment"] == "anchors")
    assert (line["state"], line["size"], line["customers"]) == ("different", 1, 2)


def test_repeat__after_an_attempt_that_died__is_identical(computed: Any) -> None:
    from memberships.services.claims import claim_run
    from tests.memberships.test_runs import silence

    run = services.request_run(actor=SYSTEM, trigger="schedule")
    claim_run(run.pk)
    silence(run)
    services.reap_runs()
    services.execute_run(run.pk)
    run.refresh_from_db()
    assert (run.attempts, repeated(run).manifest["comparison"]["verdict"]) == (2, "identical")


def test_request_repeat__build_expired__is_refused_and_says_why(computed: Any) -> None:
    queued = services.request_repeat(actor=SYSTEM, run_id=computed.first_run.pk, options={"order": 2})
    ProfileBuild.objects.update(state="expired")
    with pytest.raises(NotRepeatable, match="have expired"):
        services.request_repeat(actor=SYSTEM, run_id=computed.first_run.pk)
    assert services.execute_run(queued.pk) == RunState.FAILED
    queued.refresh_from_db()
    assert (queued.error_code, queued.attempts) == ("not_repeatable", 1)
    assert "have expired" in queued.error_advice
    assert Current.objects.filter(failure="").count() == 4, "a repetition says nothing about the members"


def test_request_repeat__what_never_succeeded__is_refused(computed: Any) -> None:
    queued = services.request_run(actor=SYSTEM, trigger="schedule")
    again = services.request_repeat(actor=SYSTEM, run_id=computed.first_run.pk)
    for run in (queued, again):
        with pytest.raises(NotRepeatable):
            services.request_repeat(actor=SYSTEM, run_id=run.pk)
    with pytest.raises(RunNotFound):
        services.request_repeat(actor=SYSTEM, run_id=0)


def test_request_repeat__twice_with_equal_options__is_one_run(computed: Any) -> None:
    first = services.request_repeat(actor=SYSTEM, run_id=computed.first_run.pk, options={"order": 2})
    assert services.request_repeat(actor=SYSTEM, run_id=computed.first_run.pk, options={"order": 2}) == first
    assert services.request_repeat(actor=SYSTEM, run_id=computed.first_run.pk) != first
    full = services.request_run(actor=SYSTEM, trigger="schedule")
    assert full.pk not in {first.pk}, "a request is never absorbed by a repetition"


@pytest.mark.parametrize(
    ("options", "refusal"),
    [
        ({"engine": "abacus"}, UnknownEngine),
        ({"threads": 0}, BadOptions),
        ({"shards": True}, BadOptions),
        ({"slice_rows": 1000}, BadOptions),
        ({"speed": 3}, BadOptions),
    ],
)
def test_request_repeat__options_nobody_understands__are_refused(computed: Any, options: Any, refusal: Any) -> None:
    with pytest.raises(refusal):
        services.request_repeat(actor=SYSTEM, run_id=computed.first_run.pk, options=options)


def test_request_repeat__auditor_may_and_viewer_may_not(computed: Any) -> None:
    run_id = computed.first_run.pk
    assert services.request_repeat(actor=computed.auditor, run_id=run_id).requested_by == computed.auditor
    with pytest.raises(NotAllowed):
        services.request_repeat(actor=computed.viewer, run_id=run_id)


def test_api__repeat__answers_the_queued_run_and_later_the_verdict(computed: Any, api_of: Any) -> None:
    client = api_of(computed.auditor)
    url = reverse("api-run-repeat", args=[computed.first_run.pk])
    answer = client.post(url, {"order": 4, "slice_rows": 65_536}, content_type="application/json")
    body = answer.json()
    assert (answer.status_code, body["kind"], body["repeats"]) == (202, "repeat", computed.first_run.pk)
    assert answer["Location"].endswith(f"/api/v1/runs/{body['id']}/")
    services.execute_run(body["id"])
    later = client.get(reverse("api-run", args=[body["id"]])).json()
    assert (later["state"], later["verdict"]) == ("succeeded", "identical")
    assert client.post(url, {"speed": 1}, content_type="application/json").status_code == 400


def test_recompute_command__repeat__prints_the_comparison(computed: Any, capsys: Any) -> None:
    with pytest.raises(CommandError, match="still queued"):
        call_command("recompute", "--repeat", str(computed.first_run.pk), "--order", "9", "--timeout", "0")
    again = Run.objects.get(kind="repeat")
    assert again.options == {"order": 9}
    with pytest.raises(CommandError, match="name a run"):
        call_command("recompute", "--order", "9")
    capsys.readouterr()
    services.execute_run(again.pk)
    from segportal.management.commands.recompute import Command

    again.refresh_from_db()
    Command()._wait(again, 1)
    assert json.loads(capsys.readouterr().out)["comparison"]["verdict"] == "identical"
