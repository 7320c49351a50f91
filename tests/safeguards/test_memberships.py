"""A frozen segment keeps its members in every path, and catches up with honest causes."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine

from customers.services.profiles import merge_customers_bulk
from memberships import selectors, services
from memberships.choices import Cause, Freshness, RunState
from memberships.models import Current, Delta
from memberships.selectors.alerts import alerts
from memberships.selectors.invariants import breaches
from memberships.services.recomputation import breaches as wrong_members
from safeguards.models import Freeze
from safeguards.services import lift
from taxonomy.services.enactment import retire_segment
from tests.factories.grocer import MEMBERS, define_catalogue, enact_segments, merge_customers
from tests.memberships.conftest import enact, run_now

pytestmark = pytest.mark.django_db
Stop = Callable[..., Freeze]


def change(people: Any, **values: dict[str, Any]) -> None:
    rows = [{"external_id": key.replace("_", "-"), "attributes": given} for key, given in values.items()]
    merge_customers_bulk(actor=people.steward, rows=rows)


def members(key: str) -> list[str]:
    return selectors.members_page(key=key).external_ids


def states(run: Any) -> dict[str, str]:
    return {line["segment"]: line["state"] for line in run.manifest["segments"]}


@pytest.mark.parametrize("path", ["full", "partial", "micro"])
def test_frozen_segment__members_change__keeps_them_in_every_run(
    computed: SimpleNamespace, stop: Stop, path: str
) -> None:
    stop("segment", "anchors")
    deltas = Delta.objects.filter(segment__key="anchors").count()
    change(computed, hh_01={"orders_90d": 2}, hh_03={"spend_365d": 9000})
    if path == "micro":
        assert services.publish_changes() is not None
    else:
        run = run_now("anchors") if path == "partial" else run_now()
        assert states(run)["anchors"] == "frozen"
        assert run.state == RunState.SUCCEEDED
    assert members("anchors") == MEMBERS["anchors"]
    assert Delta.objects.filter(segment__key="anchors").count() == deltas
    assert wrong_members() == breaches() == []
    if path != "partial":
        # Its sister and what stands below it go on: their rules read attributes, not members.
        assert "hh-01" in members("occasional")
        assert services.publish_changes() is None


def test_frozen_segment__a_child__follows_the_rule_not_the_frozen_members(
    computed: SimpleNamespace, stop: Stop
) -> None:
    stop("segment", "anchors")
    change(computed, hh_02={"orders_90d": 2}, hh_03={"spend_365d": 9000, "has_children": True})
    run_now()
    assert members("anchors") == MEMBERS["anchors"]
    assert members("anchor-families") == ["hh-03"]


def test_lifted_segment__data_changed_meanwhile__catches_up_with_the_causes(
    computed: SimpleNamespace, stop: Stop
) -> None:
    frozen = stop("segment", "anchors")
    change(computed, hh_01={"orders_90d": 2})
    services.publish_changes()
    rows = [{"external_id": "hh-03", "attributes": {"spend_365d": 9000}}]
    merge_customers_bulk(actor=computed.steward, rows=rows, is_correction=True)
    services.publish_changes()
    lift(actor=computed.steward, freeze_id=frozen.pk, reason="Mended.")
    run = run_now()
    assert states(run)["anchors"] == "published"
    assert members("anchors") == ["hh-02", "hh-03", "hh-09"]
    mine = Delta.objects.filter(segment__key="anchors", run=run)
    assert {(each.cause, each.entered_count, each.left_count) for each in mine} == {
        (Cause.DATA, 0, 1),
        (Cause.CORRECTION, 1, 0),
    }
    assert wrong_members() == breaches() == []


def test_lifted_segment__micro_batch__catches_up_too(computed: SimpleNamespace, stop: Stop) -> None:
    frozen = stop("segment", "anchors")
    change(computed, hh_01={"orders_90d": 2})
    services.publish_changes()
    lift(actor=computed.steward, freeze_id=frozen.pk, reason="Mended.")
    assert services.publish_changes() is not None
    assert members("anchors") == ["hh-02", "hh-09"]
    assert services.publish_changes() is None


def test_lifted_segment__rule_changed_meanwhile__says_rule_and_publishes_the_version(
    computed: SimpleNamespace, stop: Stop
) -> None:
    frozen = stop("segment", "occasional")
    enact("occasional", rule="orders_90d < 2")
    run_now("occasional")
    assert members("occasional") == MEMBERS["occasional"]
    assert selectors.sizes()["occasional"].version_number == 1
    lift(actor=computed.steward, freeze_id=frozen.pk, reason="Mended.")
    run = run_now("occasional")
    assert members("occasional") == ["hh-07", "hh-08"]
    assert {each.cause for each in Delta.objects.filter(run=run)} == {Cause.RULE}


def test_frozen_segment__others_move_by_time__are_not_told_with_old_causes(cast: Any, stop: Stop) -> None:
    with time_machine.travel(datetime(2026, 11, 20, 9, tzinfo=UTC), tick=True) as clock:
        define_catalogue(cast)
        merge_customers(cast)
        enact_segments(cast)
        late = "last_order_on < CURRENT_DATE - INTERVAL '60' DAY"
        enact("late", "create", tier="segment", parent="households", rule=late)
        run_now()
        stop("segment", "anchors")
        change(cast, hh_03={"spend_365d": 2901})
        services.publish_changes()
        clock.shift(timedelta(days=20))
        run = run_now()
        mine = Delta.objects.filter(run=run, segment__key="late")
        assert [each.cause for each in mine] == [Cause.TIME]


def test_frozen_segment__retired__keeps_its_members_until_the_freeze_is_lifted(
    computed: SimpleNamespace, stop: Stop
) -> None:
    frozen = stop("segment", "occasional")
    retire_segment(
        actor=computed.administrator,
        segment_key="occasional",
        base_version=1,
        successor_key=None,
        rationale="Nobody uses it.",
        request_ref="1",
    )
    run_now("occasional")
    assert Current.objects.filter(segment__key="occasional").exists()
    lift(actor=computed.steward, freeze_id=frozen.pk, reason="Go on.")
    run_now("occasional")
    assert not Current.objects.filter(segment__key="occasional").exists()


def test_frozen_segment__its_size__says_that_it_is_frozen_and_its_child_is_fresh(
    computed: SimpleNamespace, stop: Stop
) -> None:
    stop("segment", "anchors")
    rows = selectors.sizes()
    assert rows["anchors"].state == Freshness.STALE
    assert "The till sends nonsense." in rows["anchors"].reason
    assert rows["anchor-families"].state == Freshness.FRESH


def test_frozen_segment__old_for_weeks__is_no_alert(computed: SimpleNamespace, stop: Stop) -> None:
    stop("segment", "anchors")
    Current.objects.filter(segment__key="anchors").update(as_of=datetime(2026, 1, 1, tzinfo=UTC))
    assert alerts() == []
