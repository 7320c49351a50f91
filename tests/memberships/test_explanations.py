"""Why a customer is in or out: parity with the members, what decides, what would turn it, history, and masks."""

from typing import Any

import pytest

from common.errors import NotAllowed
from customers.services.profiles import merge_customers_bulk
from memberships import selectors
from memberships.choices import Freshness
from tests.factories.grocer import CUSTOMERS, MEMBERS
from tests.memberships.conftest import enact, run_now

pytestmark = pytest.mark.django_db


def test_explanation__every_customer_and_segment__agrees_with_the_membership(computed: Any) -> None:
    for external_id in CUSTOMERS:
        for key, members in MEMBERS.items():
            found = selectors.explanation(viewer=computed.steward, external_id=external_id, segment_key=key)
            assert (found.member is True) == (external_id in members), (external_id, key)
            assert found.member is found.result, (external_id, key)
            assert not found.will_move
            assert (found.nearest_miss is None) == (found.result is True)


def test_explanation__member__shows_each_clause_with_its_value(computed: Any) -> None:
    found = selectors.explanation(viewer=computed.rep, external_id="hh-04", segment_key="anchors")
    assert found.member is False
    leaves = {clause.text: clause for clause in found.clauses.children}
    assert leaves["orders_90d >= 12"].result is False
    assert leaves["spend_365d >= 3000"].result is True
    fact = leaves["orders_90d >= 12"].facts[0]
    assert (fact.label, fact.value, fact.unit, fact.source) == ("Orders, 90 days", 9, "orders", "pos")
    assert [clause.text for clause in found.decisive] == ["orders_90d >= 12"]
    miss = found.nearest_miss
    assert miss is not None and miss.is_certain
    assert [(step.clause.text, step.before, step.after, step.words) for step in miss.steps] == [
        ("orders_90d >= 12", 9, 12, "3 orders short")
    ]
    assert found.sentence == "hh-04 is not in Anchor households: 3 orders short."


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
    assert "has_children" not in {clause.text for clause in masked.decisive}
    assert masked.nearest_miss is not None and [step.attribute for step in masked.nearest_miss.steps] == ["orders_90d"]
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
    assert found.nearest_miss is not None
    assert [step.clause.text for step in found.nearest_miss.steps] == ["orders_90d >= 20"]
