"""Segments of a customer, explanations, previews and impacts, for eyes with and without rights."""

from typing import Any

import pytest

from common.clock import now
from common.errors import NotFound
from customers.selectors import customer
from customers.services.profiles import merge_customers_bulk
from memberships import selectors
from memberships.choices import Cause
from memberships.errors import MomentInFuture, NotComputed, UnknownPurpose
from taxonomy.rules import parse
from taxonomy.selectors import active_rules, effective_rule_of, live_content, rule_catalogue
from tests.factories.grocer import CUSTOMERS, MEMBERS
from tests.memberships.conftest import enact, run_now

pytestmark = pytest.mark.django_db


def keys_of(external_id: str, **given: Any) -> list[str]:
    return sorted(row.key for row in selectors.segments_of(external_id, **given))


def test_segments_of__every_customer__agrees_with_the_members(computed: Any) -> None:
    for external_id in CUSTOMERS:
        assert keys_of(external_id) == sorted(key for key, ids in MEMBERS.items() if external_id in ids)


def test_segments_of__left_and_came_back__since_is_the_last_time_they_entered(computed: Any) -> None:
    first = selectors.segments_of("hh-09")[0].since
    merge_customers_bulk(actor=computed.steward, rows=[{"external_id": "hh-09", "attributes": {"orders_90d": 5}}])
    run_now()
    gone = now()
    merge_customers_bulk(actor=computed.steward, rows=[{"external_id": "hh-09", "attributes": {"orders_90d": 15}}])
    back = run_now()
    rows = {row.key: row for row in selectors.segments_of("hh-09")}
    assert rows["households"].since == first
    assert rows["anchors"].since is not None and rows["anchors"].since > gone
    assert rows["anchors"].run_id == back.pk
    assert keys_of("hh-09", at=gone) == ["households"]
    moves = selectors.history_of(customer("hh-09").ordinal, "anchors")
    assert [(move.entered, move.cause) for move in moves] == [
        (True, Cause.DATA),
        (False, Cause.DATA),
        (True, Cause.FIRST),
    ]


def test_segments_of__future_instant_or_unknown_customer__is_refused(computed: Any) -> None:
    from datetime import timedelta

    with pytest.raises(MomentInFuture):
        selectors.segments_of("hh-01", at=now() + timedelta(minutes=1))
    with pytest.raises(NotFound):
        selectors.segments_of("hh-99")


def test_preview__rule_in_clauses__funnel_adds_up(computed: Any) -> None:
    rule = parse("spend_365d >= 3000 AND orders_90d >= 12 AND IN_SEGMENT('anchor-families')", rule_catalogue())
    found = selectors.preview(rule)
    assert [(step.kept, step.dropped) for step in found.funnel] == [(5, 7), (3, 2), (1, 2)]
    assert (found.count, found.total, found.exact) == (1, len(CUSTOMERS), True)
    assert found.funnel[0].clause == "spend_365d >= 3000"


def test_preview__every_rule_in_force__counts_what_the_run_published(computed: Any) -> None:
    for rule in active_rules():
        assert selectors.preview(rule.rule).count == len(MEMBERS[rule.key])


def test_preview__no_data_yet__is_not_computed(cast: Any) -> None:
    with pytest.raises(NotComputed, match="no customer data"):
        selectors.preview(parse("TRUE", {}))


def test_shown_count__small__is_vague_for_those_without_rights(computed: Any) -> None:
    assert [selectors.shown_count(computed.viewer, count) for count in (0, 1, 4, 5)] == [
        0,
        "fewer than 5",
        "fewer than 5",
        5,
    ]
    assert selectors.shown_count(computed.rep, 1) == 1


def test_impact__changed_rule__counts_names_and_moves(computed: Any) -> None:
    live = live_content("anchors")
    assert live is not None
    proposed = effective_rule_of({**live.content, "rule": "orders_90d < 3 OR spend_365d >= 5000"}, "anchors")
    found = selectors.impact(segment_key="anchors", effective_rule=proposed, parent_key="households")
    assert (found.entering, found.leaving, found.staying, found.total) == (3, 2, 1, 4)
    assert found.population == len(CUSTOMERS)
    assert found.samples == {"entering": ["hh-06", "hh-07", "hh-08"], "leaving": ["hh-02", "hh-09"]}
    assert found.moves == [{"segment": "occasional", "name": "Occasional households", "from": 3, "to": 0}]
    enact("anchors", rule="orders_90d < 3 OR spend_365d >= 5000")
    run_now("anchors")
    assert selectors.members_page(key="anchors").total == found.total, "the prediction comes true on the same build"


def test_impact__new_segment__everybody_in_it_enters(computed: Any) -> None:
    rule = parse("spend_365d >= 3000", rule_catalogue())
    found = selectors.impact(segment_key=None, effective_rule=rule, parent_key=None)
    assert (found.entering, found.leaving, found.staying) == (5, 0, 0)


def test_impact__no_data_yet__says_why_and_counts_nothing(cast: Any) -> None:
    found = selectors.impact(segment_key=None, effective_rule=parse("TRUE", {}), parent_key=None)
    assert found.not_computed_reason is not None
    assert "no customer data" in found.not_computed_reason
    assert found.entering is None


def test_checked_purpose__undeclared__is_refused(computed: Any) -> None:
    assert selectors.checked_purpose("") is None
    with pytest.raises(UnknownPurpose):
        selectors.checked_purpose("world-domination")


def test_home_panels__moved_and_stale__are_named(computed: Any) -> None:
    assert not next(p for p in selectors.home_panels(computed.steward) if p.key == "memberships-moved").items
    row = {"external_id": "hh-03", "attributes": {"spend_365d": 3500}}
    merge_customers_bulk(actor=computed.steward, rows=[row])
    run_now()
    enact("occasional", rule="orders_90d < 2")
    panels = {panel.key: panel for panel in selectors.home_panels(computed.steward)}
    assert [item.title for item in panels["memberships-moved"].items] == ["Anchor households"]
    assert [item.title for item in panels["memberships-trouble"].items] == ["occasional"]
