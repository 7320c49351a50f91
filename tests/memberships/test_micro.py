"""Micro-batches: what changes of customers do to segments, at once."""

from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
import psycopg
import pytest
import time_machine
from django.db import OperationalError, connection, transaction
from pyroaring import BitMap

from common.clock import now
from customers.models import Attribute, Customer
from customers.selectors import scan_build
from customers.services.erasure import erase_customer
from customers.services.profiles import merge_customers_bulk
from ledger.models import Entry
from memberships import bitmaps, selectors, services
from memberships.choices import Cause, Freshness, RunKind, RunState
from memberships.engines import polars_engine
from memberships.engines.rows_engine import evaluate_rows
from memberships.errors import NotRepeatable
from memberships.models import Current, Delta, Run
from memberships.selectors.invariants import breaches
from memberships.selectors.reading import current_positions, members_at
from memberships.services import batches, micro
from memberships.services.locks import PUBLICATION
from taxonomy.selectors import active_rules
from taxonomy.services.enactment import retire_segment
from tests.factories.grocer import MEMBERS
from tests.memberships.conftest import enact, run_now


def change(people: Any, **values: dict[str, Any]) -> None:
    """Change customers: hh_01={"orders_90d": 3}."""
    rows = [{"external_id": key.replace("_", "-"), "attributes": given} for key, given in values.items()]
    merge_customers_bulk(actor=people.steward, rows=rows)


def say_cause(external_id: str, cause: str) -> None:
    """Change nothing of a customer but say that the last change came so."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE customers_customer SET change_cause = %s, changed_seq = nextval('customers_changed_seq')"
            " WHERE external_id = %s",
            [cause, external_id],
        )


def members(key: str) -> list[str]:
    return selectors.members_page(key=key).external_ids


def moved() -> list[dict[str, Any]]:
    return [entry.payload for entry in Entry.objects.filter(event="memberships.moved").order_by("pk")]


def states_after_a_full_run() -> set[str]:
    return {line["state"] for line in run_now().manifest["segments"]}


def test_publish_changes__nothing_changed__does_nothing(computed: Any) -> None:
    assert services.publish_changes() is None
    assert not Run.objects.filter(kind=RunKind.MICRO).exists()


def test_publish_changes__some_customers_changed__moves_them_alone_and_tells_it_once(computed: Any) -> None:
    change(computed, hh_03={"spend_365d": 3200}, hh_05={"orders_90d": 5}, hh_12={"household_note": "new"})
    published = services.publish_changes()
    assert published is not None
    assert (published.customers, published.segments) == (3, 2)
    assert members("anchors") == ["hh-01", "hh-02", "hh-03", "hh-09"]
    assert members("occasional") == ["hh-06", "hh-07", "hh-08"]
    assert members("households") == MEMBERS["households"]
    assert len(moved()) == 1
    assert moved()[0]["changes"] == [
        {"segment_key": "anchors", "version_number": 1, "entered": 1, "left": 0, "size": 4},
        {"segment_key": "occasional", "version_number": 1, "entered": 0, "left": 1, "size": 3},
    ]
    assert breaches() == []
    assert states_after_a_full_run() == {"unchanged"}, "a full run finds nothing left to move"


def test_publish_changes__afterwards__every_answer_names_the_run(computed: Any) -> None:
    change(computed, hh_03={"spend_365d": 3200})
    published = services.publish_changes()
    assert published is not None
    run = Run.objects.get(pk=published.run_id)
    assert (run.kind, run.state, run.watermark) == (RunKind.MICRO, RunState.SUCCEEDED, published.watermark)
    assert {row.run_id for row in Current.objects.all()} == {run.pk}, "also where nobody moved"
    page = selectors.members_page(key="households")
    assert (page.run_id, page.as_of) == (run.pk, run.as_of)
    assert [row.run_id for row in selectors.segments_of("hh-03")] == [run.pk] * 2
    assert selectors.sizes()["anchors"].state == Freshness.FRESH


def test_publish_changes__causes_differ__each_has_its_own_change(computed: Any) -> None:
    change(computed, hh_03={"spend_365d": 3200}, hh_04={"orders_90d": 12}, hh_10={"orders_90d": 12})
    say_cause("hh-04", "late")
    say_cause("hh-10", "correction")
    services.publish_changes()
    found = {
        row.cause: (list(bitmaps.from_bytes(row.entered)), row.size)
        for row in Delta.objects.filter(segment__key="anchors", run__kind=RunKind.MICRO).order_by("pk")
    }
    ordinal = dict(Customer.objects.values_list("external_id", "ordinal"))
    assert found == {
        Cause.CORRECTION: ([ordinal["hh-10"]], 4),
        Cause.DATA: ([ordinal["hh-03"]], 5),
        Cause.LATE: ([ordinal["hh-04"]], 6),
    }
    assert breaches() == []


def test_publish_changes__customer_erased__leaves_and_no_batch_keeps_the_values(computed: Any) -> None:
    change(computed, hh_03={"spend_365d": 3200})
    services.publish_changes()
    erase_customer(actor=computed.administrator, external_id="hh-01", reason="Asked for it.")
    services.forget_batches()
    services.publish_changes()
    assert members("anchors") == ["hh-02", "hh-03", "hh-09"]
    kept = pl.read_parquet(batches.batches_folder() / Run.objects.latest("pk").batch_path)
    assert kept.select("alive", "external_id", "spend_365d").rows() == [(False, None, None)]
    assert Run.objects.filter(kind=RunKind.MICRO).exclude(batch_path="").count() == 1


def test_forget_batches__a_batch_is_being_published__waits_for_it(grocer: Any) -> None:
    file = batches.batches_folder() / "batch-of-before.parquet"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.touch()
    with psycopg.connect(**connection.get_connection_params()) as publisher:
        publisher.execute("SET lock_timeout = '2s'")
        publisher.execute("SELECT pg_advisory_xact_lock(%s)", [PUBLICATION])
        with pytest.raises(OperationalError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '50ms'")
            services.forget_batches()
        assert file.exists(), "the one that is being published would come after the removal, and stay"
    services.forget_batches()
    assert not file.exists()


def test_publish_changes__a_rule_cannot_be_evaluated__marks_itself_and_the_others_move(computed: Any) -> None:
    enact("spenders", kind="create", rule="spend_365d >= 3000", parent=None)
    enact("shoppers", kind="create", rule="orders_90d >= 12", parent=None)
    run_now()
    change(computed, hh_04={"orders_90d": 15})
    Attribute.objects.filter(key="spend_365d").update(key="spend_of_old")
    services.publish_changes()
    spenders, shoppers = (Current.objects.get(segment__key=key) for key in ("spenders", "shoppers"))
    assert (spenders.failure != "", shoppers.failure) == (True, "")
    assert members("shoppers") == ["hh-01", "hh-02", "hh-03", "hh-04", "hh-09", "hh-11"]
    assert members("spenders") == ["hh-01", "hh-02", "hh-04", "hh-09", "hh-10"], "the old members stay"
    change(computed, hh_05={"orders_90d": 15})
    services.publish_changes()
    assert Current.objects.get(segment__key="spenders").watermark == spenders.watermark, "it waits for a run"


def test_publish_changes__rule_changed_meanwhile__waits_for_its_run(computed: Any) -> None:
    enact("anchors", rule="spend_365d >= 5000")
    change(computed, hh_03={"spend_365d": 9000, "orders_90d": 2})
    services.publish_changes()
    assert members("anchors") == MEMBERS["anchors"], "the members of version 1 are not mixed with those of version 2"
    assert "hh-03" in members("occasional")
    run_now("anchors")
    assert members("anchors") == ["hh-01", "hh-03"]
    assert services.publish_changes() is None
    assert breaches() == []


def test_publish_changes__segment_retired_meanwhile__is_left_to_its_run(computed: Any) -> None:
    retire_segment(
        actor=computed.owner,
        segment_key="occasional",
        base_version=1,
        successor_key=None,
        rationale="Unused.",
        request_ref="2",
    )
    change(computed, hh_01={"orders_90d": 1})
    services.publish_changes()
    assert not Delta.objects.filter(segment__key="occasional", run__kind=RunKind.MICRO).exists()
    run_now("occasional")
    assert (breaches(), members("anchors")) == ([], ["hh-02", "hh-09"])


def test_publish_changes__run_computed_before__publishes_without_undoing_the_batch(computed: Any) -> None:
    from memberships.services.claims import claim_run
    from memberships.services.execution import compute
    from memberships.services.publication import publish

    change(computed, hh_05={"orders_90d": 12})
    run = services.request_run(actor=computed.steward, trigger="person")
    claim = claim_run(run.pk)
    assert claim is not None
    slow = compute(claim, run)
    change(computed, hh_03={"spend_365d": 3200})
    services.publish_changes()
    assert publish(claim, slow) == RunState.SUCCEEDED
    assert members("anchors") == ["hh-01", "hh-02", "hh-03", "hh-09"]
    assert not Delta.objects.filter(run=run, segment__key="anchors").exists(), "nobody came and went"
    assert Current.objects.get(segment__key="anchors").watermark == Customer.objects.latest("changed_seq").changed_seq
    assert breaches() == []


def test_publish_changes__day_has_turned__keeps_the_day_and_asks_for_a_full_run(computed: Any) -> None:
    day = now().date()
    with time_machine.travel(datetime.combine(day + timedelta(days=1), datetime.min.time(), UTC) + timedelta(hours=1)):
        change(computed, hh_03={"spend_365d": 3200})
        published = services.publish_changes()
        assert published is not None
        as_of = Run.objects.get(pk=published.run_id).as_of
        assert as_of is not None
        assert (as_of.date(), as_of.hour, as_of.minute) == (day, 23, 59)
        waiting = Run.objects.get(state=RunState.QUEUED)
        assert (waiting.kind, waiting.reason) == (RunKind.FULL, "The day has turned")
        services.execute_run(waiting.pk)
        row = Current.objects.get(segment__key="anchors")
        assert row.as_of is not None and row.as_of.date() == day + timedelta(days=1)


def test_publish_changes__many_changed__leaves_it_to_a_full_run(computed: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(micro, "MOST_CHANGED", 1)
    change(computed, hh_03={"spend_365d": 3200}, hh_05={"orders_90d": 5})
    assert services.publish_changes() is None
    assert Run.objects.get(state=RunState.QUEUED).kind == RunKind.FULL
    services.publish_changes()
    assert Run.objects.filter(state=RunState.QUEUED).count() == 1


def test_publish_changes__nothing_published_yet__asks_for_a_full_run(grocer: Any) -> None:
    assert services.publish_changes() is None
    assert Run.objects.get().kind == RunKind.FULL


def test_publish_changes__portal_without_segments__asks_for_nothing(cast: Any) -> None:
    assert services.publish_changes() is None
    assert not Run.objects.exists()


def test_manifest__of_a_batch__says_what_went_in_and_came_out(computed: Any) -> None:
    arrived = now() - timedelta(seconds=3)
    change(computed, hh_03={"spend_365d": 3200})
    Customer.objects.filter(external_id="hh-03").update(arrived_at=arrived)
    published = services.publish_changes()
    assert published is not None
    run = Run.objects.get(pk=published.run_id)
    assert (run.arrived_at, run.manifest["rows"], run.manifest["causes"]) == (arrived, 1, {"data": 1})
    assert run.manifest["watermark"]["through"] == run.watermark
    assert 3 <= run.manifest["latency"]["max"] < 60
    frame = batches.read_batch(run)
    rules = [(rule.key, rule.rule) for rule in active_rules()]
    assert run.as_of is not None
    again = evaluate_rows(frame, rules, run.as_of).members
    digests = {key: bitmaps.digest(found) for key, found in again.items()}
    assert bitmaps.digest_of_all(digests) == run.output_digest


def test_sweep_batches__more_than_are_kept__thins_out_the_oldest(computed: Any, settings: Any) -> None:
    settings.SEGPORTAL_BATCHES_KEPT = 1
    runs = []
    for spend in (3200, 100):
        change(computed, hh_03={"spend_365d": spend})
        published = services.publish_changes()
        assert published is not None
        runs.append(Run.objects.get(pk=published.run_id))
    path = batches.batches_folder() / runs[0].batch_path
    assert services.sweep_batches() == 1
    old, new = (Run.objects.get(pk=run.pk) for run in runs)
    assert (old.batch_path, path.exists(), new.batch_path) == ("", False, runs[1].batch_path)
    assert [line["segment"] for line in old.manifest["segments"]] == ["anchors"]
    assert old.output_digest == runs[0].output_digest
    assert batches.read_batch(new).height == 1
    with pytest.raises(NotRepeatable):
        batches.read_batch(old)


def test_lag__change_waits__says_how_many_and_since_when(computed: Any) -> None:
    services.publish_changes()
    assert (selectors.lag().waiting, selectors.lag().seconds) == (0, 0.0)
    change(computed, hh_03={"spend_365d": 3200}, hh_05={"orders_90d": 5})
    Customer.objects.filter(external_id__in=["hh-03", "hh-05"]).update(arrived_at=now() - timedelta(seconds=40))
    found = selectors.lag()
    assert found.waiting == 2
    assert 40 <= found.seconds < 100
    services.publish_changes()
    assert selectors.lag().waiting == 0


def test_snapshot__many_changes_on_the_last_one__is_written_by_the_batch(
    computed: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from memberships.services import micro_writing

    monkeypatch.setattr(micro_writing, "DEEPEST", 2)
    first = current_positions(["anchors"])["anchors"]
    for spend in (3200, 100, 3300, 200):
        change(computed, hh_03={"spend_365d": spend})
        services.publish_changes()
    last = current_positions(["anchors"])["anchors"]
    assert last.snapshot_id > first.snapshot_id
    assert (members("anchors"), breaches()) == (MEMBERS["anchors"], [])
    assert members_at([first])[first.segment_id] == members_at([last])[last.segment_id]


def test_evaluate_rows__same_customers_as_a_build__answers_alike(computed: Any) -> None:
    build = computed.first_run.build
    rules = [(rule.key, rule.rule) for rule in active_rules()]
    as_of = now()
    whole = polars_engine.evaluate(scan_build(build.pk), rules, as_of).members
    some = scan_build(build.pk).collect().sample(fraction=0.6, shuffle=True, seed=4)
    wanted = BitMap(some["ordinal"].to_list())
    assert evaluate_rows(some, rules, as_of).members == {key: found & wanted for key, found in whole.items()}


def test_evaluate_rows__one_rule_reads_what_is_not_there__the_others_answer(computed: Any) -> None:
    enact("deli", kind="create", rule="main_department = 'Deli'", parent=None)
    frame = scan_build(computed.first_run.build.pk).collect().drop("main_department")
    found = evaluate_rows(frame, [(rule.key, rule.rule) for rule in active_rules()], now())
    assert set(found.members) == set(MEMBERS)
    assert set(found.failures) == {"deli"}


def test_active_rules__after_enactment_and_change_of_type__are_never_old(grocer: Any) -> None:
    first = {rule.key: rule.digest for rule in active_rules()}
    assert {rule.key: rule.digest for rule in active_rules()} == first
    enact("anchors", rule="spend_365d >= 5000")
    second = {rule.key: rule.digest for rule in active_rules()}
    assert {key for key in first if first[key] != second[key]} == {"anchors", "anchor-families"}
    Attribute.objects.filter(key="has_children").update(type="text")
    assert [rule.key for rule in active_rules() if rule.fault] == ["anchor-families"]
