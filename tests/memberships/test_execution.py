"""A run from request to publication: parity, manifest, deltas, failures, versions that change meanwhile."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from common.actors import SYSTEM
from common.clock import now
from customers.models import Attribute
from customers.selectors import customer, scan_build
from customers.services.builds import build_profiles
from customers.services.profiles import merge_customers_bulk
from ledger.models import Entry
from memberships import bitmaps, selectors, services
from memberships.choices import Cause, Freshness, RunState
from memberships.engines import polars_engine
from memberships.models import Current, Delta, Run, Snapshot
from memberships.selectors.reading import current_positions, members_at
from memberships.services.claims import ClaimLost, claim_run
from memberships.services.execution import compute
from memberships.services.publication import publish
from taxonomy.rules import matches
from taxonomy.selectors import active_rules
from taxonomy.services.enactment import retire_segment
from tests.factories.grocer import CUSTOMERS, MEMBERS
from tests.memberships.conftest import enact, run_now

pytestmark = pytest.mark.django_db
SIZES = {key: len(each) for key, each in MEMBERS.items()}


def ids(key: str, **given: Any) -> list[str]:
    return selectors.members_page(key=key, **given).external_ids


def folded(key: str) -> list[int]:
    """The members by all deltas from nobody on."""
    rows = Delta.objects.filter(segment__key=key).order_by("pk")
    changes = [bitmaps.Change(bitmaps.from_bytes(row.entered), bitmaps.from_bytes(row.left)) for row in rows]
    return list(bitmaps.folded(changes))


def stored(key: str) -> list[int]:
    position = current_positions([key])[key]
    return list(members_at([position])[position.segment_id])


def facts(event: str) -> list[dict[str, Any]]:
    return [entry.payload for entry in Entry.objects.filter(event=event).order_by("pk")]


def test_execute_run__first_run__publishes_what_the_rules_say(computed: Any) -> None:
    run = computed.first_run
    assert run.state == RunState.SUCCEEDED
    assert {key: ids(key) for key in MEMBERS} == MEMBERS
    assert {key: row.size for key, row in selectors.sizes().items()} == {
        key: len(each) for key, each in MEMBERS.items()
    }
    assert {row.state for row in selectors.sizes().values()} == {Freshness.FRESH}


def test_execute_run__all_rules_and_customers__agrees_with_the_reference(computed: Any) -> None:
    run = Run.objects.get(pk=computed.first_run.pk)
    assert run.as_of is not None
    for rule in active_rules():
        expected = [
            key for key in CUSTOMERS if matches(rule.rule, customer(key).attributes, run.as_of, segments={}) is True
        ]
        assert ids(rule.key) == expected, rule.key


def test_execute_run__first_run__leaves_a_manifest(computed: Any) -> None:
    manifest = Run.objects.get(pk=computed.first_run.pk).manifest
    assert manifest["rows"] == max(customer(key).ordinal for key in CUSTOMERS) + 1
    assert manifest["counts"] == {"published": 4}
    assert manifest["memberships"] == sum(len(each) for each in MEMBERS.values())
    assert manifest["engine"] == {"name": "polars", "version": polars_engine.VERSION}
    assert len(manifest["build"]["digest"]) == 64
    assert {"build", "compile", "evaluate", "bitmaps", "publish", "total"} <= set(manifest["seconds"])
    line = next(line for line in manifest["segments"] if line["segment"] == "anchors")
    assert (line["version"], line["size"], line["entered"], line["left"], line["cause"]) == (1, 3, 3, 0, "first")
    assert len(line["digest"]) == len(line["members"]) == 64


def test_execute_run__first_run__announces_each_change_and_the_end(computed: Any) -> None:
    changed = facts("memberships.changed")
    assert {fact["segment_key"]: fact["entered"] for fact in changed} == {
        key: len(each) for key, each in MEMBERS.items()
    }
    assert facts("memberships.run.finished") == [{"run_id": computed.first_run.pk, "state": "succeeded"}]
    assert facts("memberships.run.requested")[0]["run_id"] == computed.first_run.pk


def test_execute_run__nothing_changed__confirms_without_new_rows_or_facts(computed: Any) -> None:
    before = len(facts("memberships.changed"))
    again = run_now()
    assert again.state == RunState.SUCCEEDED
    assert again.output_digest == computed.first_run.output_digest
    assert again.manifest["counts"] == {"unchanged": 4}
    assert (Snapshot.objects.filter(run=again).count(), Delta.objects.filter(run=again).count()) == (0, 0)
    assert len(facts("memberships.changed")) == before
    assert selectors.sizes()["anchors"].run_id == again.pk


def test_execute_run__customers_changed__delta_has_who_entered_and_left(computed: Any) -> None:
    rows = [
        {"external_id": "hh-03", "attributes": {"spend_365d": 3000}},
        {"external_id": "hh-09", "attributes": {"orders_90d": None}},
        {"external_id": "hh-13", "attributes": {"orders_90d": 30, "spend_365d": 9000}},
    ]
    merge_customers_bulk(actor=computed.steward, rows=rows)
    run = run_now()
    assert ids("anchors") == ["hh-01", "hh-02", "hh-03", "hh-13"]
    page = selectors.changes_since("anchors", computed.first_run.ended_at)
    assert [(row.entered, row.left, row.cause, row.run_id) for row in page.rows] == [
        (["hh-03", "hh-13"], ["hh-09"], Cause.DATA, run.pk)
    ]
    for key in MEMBERS:
        assert folded(key) == stored(key)


def test_execute_run__rule_changed__cause_is_the_rule_and_children_follow(computed: Any) -> None:
    enact("anchors", rule="orders_90d >= 9 AND spend_365d >= 3000")
    run = run_now("anchors")
    assert ids("anchors") == ["hh-01", "hh-02", "hh-04", "hh-09"]
    delta = Delta.objects.get(run=run, segment__key="anchors")
    assert (delta.cause, delta.version.number, delta.previous_version.number) == (Cause.RULE, 2, 1)
    assert {line["segment"] for line in run.manifest["segments"]} == {"anchors", "anchor-families"}
    assert selectors.sizes()["households"].run_id == computed.first_run.pk


def test_execute_run__segment_built_on_another__follows_its_rule(computed: Any) -> None:
    enact("quiet-anchors", kind="create", parent=None, rule="IN_SEGMENT('anchors') AND NOT orders_90d >= 15")
    run_now("quiet-anchors")
    assert ids("quiet-anchors") == ["hh-09"]
    enact("anchors", rule="spend_365d >= 2900")
    run = run_now("anchors")
    assert ids("quiet-anchors") == ["hh-03", "hh-04", "hh-09"]
    assert Delta.objects.get(run=run, segment__key="quiet-anchors").cause == Cause.RULE


def test_execute_run__only_the_name_changed__members_stay_under_the_new_version(computed: Any) -> None:
    enact("anchors", name="Anchor homes")
    assert selectors.sizes()["anchors"].state == Freshness.STALE
    assert selectors.sizes()["anchor-families"].state == Freshness.STALE
    run_now("anchors")
    assert (ids("anchors"), selectors.members_page(key="anchors").version_number) == (MEMBERS["anchors"], 2)
    assert selectors.sizes()["anchor-families"].state == Freshness.FRESH
    assert [point.is_new_version for point in selectors.size_history("anchors")] == [True, True]


def test_execute_run__version_enacted_meanwhile__is_superseded_and_requested_anew(computed: Any) -> None:
    enact("anchors", rule="orders_90d >= 1")
    run = services.request_run(actor=SYSTEM, trigger="person", segment_keys=["anchors"])
    claim = claim_run(run.pk)
    assert claim is not None
    results = compute(claim, run)
    enact("anchors", rule="orders_90d >= 20")
    assert publish(claim, results) == RunState.SUPERSEDED
    assert ids("anchors") == MEMBERS["anchors"], "the old members stay until the new run"
    assert {line["state"] for line in Run.objects.get(pk=run.pk).manifest["segments"]} == {"superseded"}
    waiting = Run.objects.get(state=RunState.QUEUED)
    assert set(waiting.segment_keys) == {"anchors", "anchor-families"}
    services.execute_run(waiting.pk)
    assert ids("anchors") == ["hh-01"]


def test_publish__one_of_two_rules_changed_meanwhile__the_other_is_published(computed: Any) -> None:
    enact("occasional", rule="orders_90d < 3")
    enact("anchors", rule="orders_90d >= 1")
    run = services.request_run(actor=SYSTEM, trigger="person", segment_keys=["anchors", "occasional"])
    claim = claim_run(run.pk)
    assert claim is not None
    results = compute(claim, run)
    enact("anchors", rule="orders_90d >= 20")
    assert publish(claim, results) == RunState.SUCCEEDED
    assert ids("occasional") == ["hh-06", "hh-07", "hh-08"]
    assert ids("anchors") == MEMBERS["anchors"]


def test_publish__a_later_run_was_faster__the_earlier_result_is_dropped(computed: Any) -> None:
    slow = services.request_run(actor=SYSTEM, trigger="person")
    claim = claim_run(slow.pk)
    assert claim is not None
    results = compute(claim, slow)
    merge_customers_bulk(actor=computed.steward, rows=[{"external_id": "hh-01", "attributes": {"orders_90d": 0}}])
    run_now()
    assert publish(claim, results) == RunState.SUPERSEDED
    assert ids("anchors") == ["hh-02", "hh-09"]
    assert folded("anchors") == stored("anchors")


def test_publish__claim_taken_away__nothing_is_written(computed: Any) -> None:
    run = services.request_run(actor=SYSTEM, trigger="person")
    claim = claim_run(run.pk)
    assert claim is not None
    results = compute(claim, run)
    services.cancel_run(actor=computed.steward, run_id=run.pk)
    counts = Snapshot.objects.count(), Delta.objects.count()
    with pytest.raises(ClaimLost):
        publish(claim, results)
    assert (Snapshot.objects.count(), Delta.objects.count()) == counts
    assert Run.objects.get(pk=run.pk).state == RunState.CANCELLED


def test_execute_run__attribute_changed_its_type__the_rules_on_it_keep_their_members_and_say_so(computed: Any) -> None:
    Attribute.objects.filter(key="spend_365d").update(type="text")
    merge_customers_bulk(actor=computed.steward, rows=[{"external_id": "hh-09", "attributes": {"orders_90d": 1}}])
    enact("quiet", kind="create", parent=None, rule="orders_90d < 2")
    run = run_now()
    assert run.state == RunState.SUCCEEDED
    assert run.manifest["counts"] == {"failed": 4, "published": 1}
    assert ids("anchors") == MEMBERS["anchors"], "failed is not empty"
    assert ids("quiet") == ["hh-07", "hh-08", "hh-09"]
    row = selectors.sizes()["anchors"]
    assert (row.state, row.run_id) == (Freshness.STALE, computed.first_run.pk)
    assert "text now, not number" in row.reason
    Attribute.objects.filter(key="spend_365d").update(type="number")
    run_now()
    assert selectors.sizes()["anchors"].state == Freshness.FRESH
    assert ids("anchors") == ["hh-01", "hh-02"]


def test_execute_run__every_rule_fails__the_run_fails_and_the_members_stay(computed: Any) -> None:
    Attribute.objects.filter(key="spend_365d").update(type="text")
    run = run_now()
    assert (run.state, run.error_code) == (RunState.FAILED, "rules_failed")
    assert ids("households") == MEMBERS["households"]
    assert facts("memberships.run.finished")[-1] == {"run_id": run.pk, "state": "failed"}


def test_execute_run__segment_retired__everybody_leaves_and_history_stays(computed: Any) -> None:
    moment = now()
    retire_segment(
        actor=SYSTEM, segment_key="occasional", base_version=1, successor_key=None, rationale="Unused.", request_ref="2"
    )
    run = run_now("occasional")
    delta = Delta.objects.get(run=run, segment__key="occasional")
    assert (delta.cause, delta.left_count, delta.size) == (Cause.RETIRED, 4, 0)
    assert not Current.objects.filter(segment__key="occasional").exists()
    assert ids("occasional", at=moment) == MEMBERS["occasional"]
    assert folded("occasional") == []


def test_members_page__at_an_instant__answers_as_it_was(computed: Any) -> None:
    first = now()
    merge_customers_bulk(actor=computed.steward, rows=[{"external_id": "hh-01", "attributes": {"orders_90d": 0}}])
    run_now()
    second = now()
    enact("anchors", rule="spend_365d >= 5000")
    run_now("anchors")
    assert ids("anchors", at=first) == ["hh-01", "hh-02", "hh-09"]
    assert ids("anchors", at=second) == ["hh-02", "hh-09"]
    assert ids("anchors") == ["hh-01"]
    assert selectors.members_page(key="anchors", at=second).version_number == 1


def test_members_page__walk__stays_on_one_snapshot_while_a_run_publishes(computed: Any) -> None:
    first = selectors.members_page(key="households", limit=4)
    merge_customers_bulk(
        actor=computed.steward, rows=[{"external_id": "hh-05", "attributes": {"orders_90d": None, "spend_365d": None}}]
    )
    run_now()
    assert first.next is not None
    rest = selectors.members_page(
        key="households", after=first.next, begin=(first.position.snapshot_id, first.position.through)
    )
    assert first.external_ids + rest.external_ids == MEMBERS["households"]


def test_output_digest__same_build_and_instant_in_any_slices__repeats(computed: Any) -> None:
    run = Run.objects.get(pk=computed.first_run.pk)
    assert run.build is not None and run.as_of is not None
    rules = [(rule.key, rule.rule) for rule in reversed(active_rules())]
    again = polars_engine.evaluate(scan_build(run.build.pk), rules, run.as_of, slice_rows=bitmaps.CHUNK)
    digests = {name: bitmaps.digest(members) for name, members in again.members.items()}
    assert bitmaps.digest_of_all(digests) == run.output_digest
    assert run.build.digest == build_profiles(actor=SYSTEM).digest


def test_snapshot__second_row_of_one_run_and_segment__is_refused_by_the_database(computed: Any) -> None:
    row = Snapshot.objects.first()
    assert row is not None
    row.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save()


def test_execute_run__called_twice__second_finds_nothing(computed: Any) -> None:
    assert services.execute_run(computed.first_run.pk) is None
    assert len(facts("memberships.run.finished")) == 1


def test_execute_run__no_customers_and_no_segments__succeeds_empty(cast: Any) -> None:
    run = run_now()
    assert (run.state, run.manifest["segments"], run.manifest["rows"]) == (RunState.SUCCEEDED, [], 0)


def test_sizes__before_the_first_run__not_computed_is_not_empty(grocer: Any) -> None:
    assert {(row.size, row.state) for row in selectors.sizes().values()} == {(None, Freshness.NOT_COMPUTED)}
    enact("nobody", kind="create", rule="orders_90d > 1000", parent=None)
    run_now("nobody")
    rows = selectors.sizes()
    assert (rows["nobody"].size, rows["nobody"].state) == (0, Freshness.FRESH)
    assert rows["anchors"].size is None
