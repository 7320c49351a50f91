"""The twelve lies that segment engines were caught at, each as something that must not be said here."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.urls import reverse

from common.actors import SYSTEM
from common.clock import now
from customers.models import Attribute, Customer
from customers.rows.tracking import Message
from customers.services.applying import apply_events
from customers.services.erasure import erase_customer
from customers.services.profiles import merge_customers_bulk
from customers.services.receiving_events import receive_events
from memberships import selectors, services
from memberships.choices import Freshness, RunState
from memberships.models import Delta, Run
from memberships.selectors.invariants import breaches
from memberships.services.claims import MAX_ATTEMPTS, claim_run
from memberships.services.execution import compute
from memberships.services.publication import publish
from taxonomy.selectors import active_rules, parse_for
from tests.factories.grocer import CUSTOMERS, MEMBERS
from tests.memberships.conftest import enact, run_now
from tests.memberships.test_faults import together
from tests.memberships.test_pages import page
from tests.memberships.test_runs import silence
from tests.memberships.wide import widened

pytestmark = pytest.mark.django_db


def ids(key: str) -> list[str]:
    return selectors.members_page(key=key).external_ids


def change(people: Any, **values: dict[str, Any]) -> None:
    """Change customers: hh_01={"orders_90d": 3}."""
    rows = [{"external_id": key.replace("_", "-"), "attributes": given} for key, given in values.items()]
    merge_customers_bulk(actor=people.steward, rows=rows)


def break_rules_on(key: str) -> None:
    """As if the attribute had been redefined: rules that read it cannot be evaluated."""
    Attribute.objects.filter(key=key).update(type="text")


def test_lie_1__a_failure__is_never_shown_as_an_empty_segment(computed: Any, client_of: Any, api_of: Any) -> None:
    enact("spenders", kind="create", parent=None, rule="spend_365d > 0")
    break_rules_on("spend_365d")
    enact("buyers", kind="create", parent=None, rule="orders_90d > 1000")
    run_now()
    client, program = client_of(computed.viewer), api_of(computed.rep)
    kept = page(client, "/memberships/size/anchors/")
    assert "Out of date" in kept and ">3<" in kept
    failed = page(client, "/memberships/size/spenders/")
    assert "Could not be computed" in failed and "Members, exact" not in failed
    assert "no customer fits" in page(client, "/memberships/size/buyers/")
    answers = {key: program.get(reverse("api-segment-members", args=[key])) for key in ("spenders", "buyers")}
    assert (answers["spenders"].status_code, answers["buyers"].json()["total"]) == (409, 0)
    assert selectors.sizes()["spenders"].size is None


def test_lie_2__a_failure__is_never_silent(computed: Any, client_of: Any) -> None:
    break_rules_on("has_children")
    run = run_now()
    client = client_of(computed.viewer)
    assert "Succeeded in part" in page(client, f"/runs/{run.pk}/")
    assert "Succeeded in part" in page(client, "/runs/")
    assert "Members that are not up to date" in page(client, "/")
    reason = selectors.sizes()["anchor-families"].reason
    assert "Propose a change of the rule" in reason
    assert [(alert.kind, alert.count) for alert in selectors.alerts()] == [("failing", 1)]


def test_lie_3__after_repeated_errors__nothing_is_given_up_or_months_old_unnoticed(computed: Any) -> None:
    run = services.request_run(actor=SYSTEM, trigger="schedule")
    for _ in range(MAX_ATTEMPTS):
        Run.objects.filter(pk=run.pk).update(due_at=now())
        claim_run(run.pk)
        silence(run)
        services.reap_runs()
    run.refresh_from_db()
    assert (run.state, bool(run.error_advice)) == (RunState.FAILED, True)
    assert {row.state for row in selectors.sizes().values()} == {Freshness.STALE}
    assert "failing" in {alert.kind for alert in selectors.alerts()}
    # The schedule knows of no giving up: the next night tries again, and what it finds is shown.
    assert run_now().state == RunState.SUCCEEDED
    assert {row.state for row in selectors.sizes().values()} == {Freshness.FRESH}
    assert selectors.alerts() == []


def test_lie_4__count_and_list__are_the_same_everywhere(computed: Any, api_of: Any, client_of: Any) -> None:
    change(computed, hh_03={"spend_365d": 3000}, hh_13={"orders_90d": 40, "spend_365d": 9000})
    services.publish_changes()
    program = api_of(computed.rep)
    for key in MEMBERS:
        answer = program.get(reverse("api-segment-members", args=[key])).json()
        size = selectors.size_of(key).size
        assert answer["total"] == size == len(answer["results"]) == len(ids(key)), key
        assert f">{size}<" in page(client_of(computed.rep), f"/memberships/size/{key}/")
        told = [row.external_id for row in Customer.objects.all() if key in _segments(row.external_id)]
        assert sorted(told) == sorted(answer["results"]), key


def _segments(external_id: str) -> set[str]:
    return {row.key for row in selectors.segments_of(external_id)}


def test_lie_5__who_no_longer_matches__does_not_stay(computed: Any) -> None:
    change(computed, hh_01={"orders_90d": 0})
    services.publish_changes()
    assert ids("anchors") == ["hh-02", "hh-09"]
    enact("anchors", rule="orders_90d >= 15 AND spend_365d >= 3000")
    run_now("anchors")
    assert ids("anchors") == ["hh-02"]
    enact("households", rule="orders_90d < 15")
    run_now("households")
    assert (ids("anchors"), ids("anchor-families")) == ([], [])


def test_lie_6__a_segment_on_a_segment__never_stands_on_an_old_or_half_parent(computed: Any) -> None:
    enact("others", kind="create", parent=None, rule="orders_90d >= 0 AND NOT IN_SEGMENT('anchors')")
    run_now("others")
    before = ids("others")
    enact("anchors", rule="orders_90d >= 9")
    run = run_now("anchors")
    assert {"others", "anchor-families"} <= {line["segment"] for line in run.manifest["segments"]}
    assert set(ids("others")) == {key for key, row in CUSTOMERS.items() if row.get("orders_90d", 99) < 9}
    break_rules_on("spend_365d")
    failed = run_now()
    states = {line["segment"]: line["state"] for line in failed.manifest["segments"]}
    assert states["households"] == states["anchors"] == states["others"] == "failed", "built on what failed"
    assert set(ids("others")) != set(before)
    assert selectors.sizes()["others"].state == Freshness.STALE


def test_lie_7__overlapping_runs__the_later_reading_counts_whatever_the_order(computed: Any) -> None:
    claims = []
    for orders in (0, 30):
        change(computed, hh_03={"orders_90d": orders, "spend_365d": 5000})
        run = services.request_run(actor=SYSTEM, trigger="schedule")
        claim = claim_run(run.pk)
        assert claim is not None
        claims.append((claim, compute(claim, run)))
    states = [publish(claim, found) for claim, found in reversed(claims)]
    assert states[0] == RunState.SUCCEEDED
    assert "hh-03" in ids("anchors"), "the earlier reading does not undo the later one"
    assert breaches() == []


def test_lie_8__who_was_deleted__does_not_reappear(computed: Any) -> None:
    erase_customer(actor=computed.administrator, external_id="hh-02", reason="asked for it")
    services.publish_changes()
    assert "hh-02" not in {each for key in MEMBERS for each in ids(key)}
    for again in ((), ("anchors",), ()):
        run_now(*again)
        assert {key: len(ids(key)) for key in MEMBERS} == {
            key: len([each for each in found if each != "hh-02"]) for key, found in MEMBERS.items()
        }
    change(computed, hh_01={"orders_90d": 21})
    services.publish_changes()
    assert ids("anchors") == ["hh-01", "hh-09"]


def test_lie_9__two_ids_of_one_person__do_not_disagree(computed: Any) -> None:
    told = {"name": "", "anonymous_id": "", "group_id": "", "content": {}, "context": {}}
    at = datetime.now(UTC)
    alias = Message(type="alias", message_id="m1", at=at, user_id="hh-01", previous_id="hh-09", **told)
    receive_events(source_key="pos", messages=[alias], received_at=at)
    while apply_events() is not None:
        pass
    services.publish_changes()
    run_now()
    everywhere = [each for key in MEMBERS for each in ids(key)]
    assert "hh-09" not in everywhere
    assert ids("anchors") == ["hh-01", "hh-02"]
    assert breaches() == []


def test_lie_10__recompute_in_parts__drops_nobody_in_the_middle(grocer: Any, settings: Any) -> None:
    from memberships.models import RunShard
    from memberships.services.shard_work import execute_shard

    widened(140_000)
    run_now()
    sizes = {key: row.size for key, row in selectors.sizes().items()}
    changes = Delta.objects.count()
    settings.SEGPORTAL_ENGINE, settings.SEGPORTAL_SHARDS = "shards", 3
    run = services.request_run(actor=SYSTEM, trigger="schedule")
    services.execute_run(run.pk)
    shards = list(RunShard.objects.order_by("-number"))
    assert len(shards) == 3
    for shard in shards:
        assert {key: row.size for key, row in selectors.sizes().items()} == sizes, "as before until all is there"
        execute_shard(shard.pk)
    assert {key: row.size for key, row in selectors.sizes().items()} == sizes
    assert Delta.objects.count() == changes, "nobody has left and come back"


def test_lie_11__preview_members_and_explanation__agree_on_everybody(computed: Any) -> None:
    rules = {rule.key: rule.rule for rule in active_rules()}
    for key, found in MEMBERS.items():
        assert selectors.preview(rules[key]).count == len(found), key
        for external_id in CUSTOMERS:
            told = selectors.explanation(viewer=computed.steward, external_id=external_id, segment_key=key)
            assert (told.member is True) == (external_id in found), (key, external_id)
    typed = parse_for(computed.steward, "orders_90d >= 12 AND spend_365d >= 3000", "households")
    assert selectors.preview(typed).count == len(MEMBERS["anchors"])


@pytest.mark.django_db(transaction=True)
def test_lie_12__merging_people_while_everything_is_recomputed__ends_and_agrees(computed: Any) -> None:
    told = {"name": "", "anonymous_id": "", "group_id": "", "content": {}, "context": {}}
    at = datetime.now(UTC)
    pairs = [("hh-01", "hh-09"), ("hh-02", "hh-03"), ("hh-04", "hh-10")]
    messages = [
        Message(
            type="alias", message_id=f"m{kept}", at=at + timedelta(seconds=1), user_id=kept, previous_id=gone, **told
        )
        for kept, gone in pairs
    ]
    receive_events(source_key="pos", messages=messages, received_at=at)
    run = services.request_run(actor=SYSTEM, trigger="schedule")
    ended = together(
        lambda: services.execute_run(run.pk), apply_events, apply_events, services.publish_changes, services.reap_runs
    )
    assert not [each for each in ended if isinstance(each, Exception)], ended
    while apply_events() is not None:
        pass
    services.publish_changes()
    run_now()
    everywhere = {each for key in MEMBERS for each in ids(key)}
    assert everywhere.isdisjoint(gone for _, gone in pairs)
    assert breaches() == []
