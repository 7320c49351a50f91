"""Segments of a customer, explanations, previews and impacts, for eyes with and without rights."""

from typing import Any

import pytest

from common.clock import now
from common.errors import NotAllowed, NotFound
from customers.selectors import customer
from customers.services.profiles import merge_customers_bulk
from memberships import selectors
from memberships.choices import Cause, Freshness
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


def test_explanation__every_customer_and_segment__agrees_with_the_membership(computed: Any) -> None:
    for external_id in CUSTOMERS:
        for key, members in MEMBERS.items():
            found = selectors.explanation(viewer=computed.steward, external_id=external_id, segment_key=key)
            assert (found.member is True) == (external_id in members), (external_id, key)
            assert found.member is found.result, (external_id, key)
            assert not found.will_move
            assert bool(found.nearest_miss) == (found.result is not True)


def test_explanation__member__shows_each_clause_with_its_value(computed: Any) -> None:
    found = selectors.explanation(viewer=computed.rep, external_id="hh-04", segment_key="anchors")
    assert found.member is False
    leaves = {clause.text: clause for clause in found.clauses.children}
    assert leaves["orders_90d >= 12"].result is False
    assert leaves["spend_365d >= 3000"].result is True
    fact = leaves["orders_90d >= 12"].facts[0]
    assert (fact.label, fact.value, fact.unit, fact.source) == ("Orders, 90 days", 9, "orders", "pos")
    assert [clause.text for clause in found.decisive] == ["orders_90d >= 12"]
    assert [clause.text for clause in found.nearest_miss] == ["orders_90d >= 12"]


def test_explanation__hidden_attribute__value_and_result_are_masked(computed: Any) -> None:
    seen = selectors.explanation(viewer=computed.rep, external_id="hh-02", segment_key="anchor-families")
    masked = selectors.explanation(viewer=computed.auditor, external_id="hh-02", segment_key="anchor-families")
    open_clause = next(clause for clause in seen.clauses.children if clause.text == "has_children")
    hidden = next(clause for clause in masked.clauses.children if clause.text == "has_children")
    assert (open_clause.result, open_clause.facts[0].value, open_clause.is_hidden) == (True, True, False)
    assert (hidden.result, hidden.facts[0].value, hidden.is_hidden) == (None, None, True)
    assert masked.member is True


def test_explanation__hidden_attribute_decides__no_list_and_no_group_gives_it_away(computed: Any) -> None:
    enact("parents", kind="create", parent=None, rule="spend_365d > 0 AND (has_children OR orders_90d > 90)")
    run_now("parents")
    masked = selectors.explanation(viewer=computed.auditor, external_id="hh-04", segment_key="parents")
    assert (masked.member, masked.result) == (False, False)
    group = next(clause for clause in masked.clauses.children if clause.children)
    assert (group.result, group.is_hidden) == (None, True)
    assert "has_children" not in {clause.text for clause in (*masked.decisive, *masked.nearest_miss)}
    seen = selectors.explanation(viewer=computed.rep, external_id="hh-04", segment_key="parents")
    assert "has_children" in {clause.text for clause in seen.decisive}
    assert next(clause for clause in seen.clauses.children if clause.children).result is False


def test_explanation__values_changed_since_the_run__says_that_the_customer_will_move(computed: Any) -> None:
    merge_customers_bulk(actor=computed.steward, rows=[{"external_id": "hh-09", "attributes": {"orders_90d": 1}}])
    found = selectors.explanation(viewer=computed.rep, external_id="hh-09", segment_key="anchors")
    assert (found.member, found.result, found.will_move) == (True, False, True)


def test_explanation__before_the_first_run__is_not_computed(grocer: Any) -> None:
    found = selectors.explanation(viewer=grocer.rep, external_id="hh-01", segment_key="anchors")
    assert (found.member, found.result, found.is_computed, found.state) == (None, True, False, Freshness.NOT_COMPUTED)


@pytest.mark.parametrize("name", ["viewer", "learner", "stranger", "marketing_member"])
def test_explanation__viewer_without_rights__is_refused(computed: Any, name: str) -> None:
    with pytest.raises(NotAllowed, match="reps, stewards"):
        selectors.explanation(viewer=getattr(computed, name), external_id="hh-01", segment_key="anchors")
    with pytest.raises(NotAllowed):
        selectors.members_page_for(viewer=getattr(computed, name), key="anchors")


def test_nearest_miss__alternatives__takes_the_shorter_way(computed: Any) -> None:
    enact("odd", kind="create", parent=None, rule="(orders_90d > 90 AND spend_365d > 9000) OR NOT orders_90d >= 20")
    run_now("odd")
    found = selectors.explanation(viewer=computed.rep, external_id="hh-01", segment_key="odd")
    assert [clause.text for clause in found.nearest_miss] == ["orders_90d >= 20"]


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
