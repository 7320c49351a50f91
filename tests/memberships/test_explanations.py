"""Why a customer is in or out: parity with the members, what decides, what would turn it, history, and masks."""

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.services import create_token
from common.clock import now
from common.errors import NotAllowed
from customers.models import SourceLoad
from customers.services.profiles import merge_customers_bulk
from memberships import selectors
from memberships.api.explaining import ExplanationOut
from memberships.choices import Freshness
from memberships.selectors import Explanation
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


def explained(viewer: Any, external_id: str, segment_key: str) -> Explanation:
    return selectors.explanation(viewer=viewer, external_id=external_id, segment_key=segment_key)


def merge(people: Any, external_id: str, **attributes: Any) -> None:
    merge_customers_bulk(actor=people.steward, rows=[{"external_id": external_id, "attributes": attributes}])


def test_explanation__member__nearest_way_out_is_told_and_really_leads_out(computed: Any) -> None:
    found = explained(computed.rep, "hh-09", "anchors")
    assert found.nearest_miss is None and found.nearest_exit is not None
    [step] = found.nearest_exit.steps
    assert (step.attribute, step.before, step.after) == ("spend_365d", 3000, 2999)
    merge(computed, "hh-09", **{step.attribute: step.after})
    assert explained(computed.rep, "hh-09", "anchors").result is False


def test_explanation__clauses_of_parents__name_the_parent_they_come_from(computed: Any) -> None:
    found = explained(computed.rep, "hh-02", "anchor-families")
    origins = [clause.origin.key if clause.origin else "" for clause in found.clauses.children]
    assert origins == ["households", "anchors", "anchors", "anchor-families"]


def test_explanation__in_segment__points_to_that_segment_and_decides(computed: Any) -> None:
    enact("regulars", kind="create", parent=None, rule="IN_SEGMENT('anchors') AND NOT IN_SEGMENT('occasional')")
    run_now()
    found = explained(computed.rep, "hh-04", "regulars")
    assert [clause.segment for clause in found.decisive] == ["anchors"] == list(found.deciding_facts or ())
    assert found.nearest_miss is not None
    assert [(step.segment, step.after) for step in found.nearest_miss.steps] == [("anchors", True)]


def test_explanation__source_overdue__says_so_at_the_clause(computed: Any) -> None:
    def fact() -> Any:
        return explained(computed.rep, "hh-04", "anchors").decisive[0].facts[0]

    assert (fact().source_name, fact().is_stale, fact().freshness_of) == ("Point of sale", False, "source")
    SourceLoad.objects.update(at=now() - timedelta(days=30))
    assert fact().is_stale


def test_history__values_changed__are_told_as_far_as_they_may_be_seen(computed: Any) -> None:
    merge(computed, "hh-02", has_children=False)
    merge(computed, "hh-09", orders_90d=5)
    run_now()
    assert explained(computed.rep, "hh-09", "anchors").told[0].why == "orders, 90 days fell from 13 to 5"
    assert explained(computed.rep, "hh-02", "anchor-families").told[0].why == "has children changed from true to false"
    masked = explained(computed.auditor, "hh-02", "anchor-families").told[0].why
    assert masked == "the customer's data changed, in values that are not shown to you"
    assert explained(computed.rep, "hh-09", "anchors").told[1].why == "the segment was computed for the first time"


def test_history__rule_changed__names_versions_and_the_clause(computed: Any) -> None:
    enact("anchors", rule="orders_90d >= 14 AND spend_365d >= 3000")
    run_now()
    told = explained(computed.rep, "hh-09", "anchors").told[0]
    assert (told.move.entered, told.move.previous_version_number, told.move.version_number) == (False, 1, 2)
    assert told.why.startswith("version 2 took the place of version 1: ") and "14" in told.why


def test_explanation__customers_who_differ_in_hidden_values_alone__read_alike(computed: Any) -> None:
    seen = {"orders_90d": 15, "spend_365d": 3100}
    for external_id, more in (("twin-1", {}), ("twin-2", {"has_children": False}), ("twin-3", {"household_note": "x"})):
        merge(computed, external_id, **seen, **more)
    enact("noted", kind="create", parent=None, rule="has_children AND orders_90d > 3 OR household_note = 'x' AND FALSE")
    run_now()
    for key in ("anchor-families", "noted"):
        answers = [
            {**ExplanationOut(explained(computed.auditor, f"twin-{n}", key)).data, "customer": "", "sentence": ""}
            for n in (1, 2, 3)
        ]
        told = [json.dumps(answer, default=str, sort_keys=True) for answer in answers]
        assert len({re.sub(r'"freshness": "[^"]*"', "", text) for text in told}) == 1, key
    assert explained(computed.rep, "twin-1", "noted").result is None
    assert explained(computed.rep, "twin-2", "noted").result is False


def test_explanation__api_and_members__agree_for_every_customer(computed: Any) -> None:
    token = create_token(actor=computed.rep, user_id=computed.rep.pk, name="parity", scopes=("read",))[1]
    client = Client(headers={"Authorization": f"Bearer {token}"})
    for external_id in sorted(CUSTOMERS):
        answer = client.get(f"/api/v1/customers/{external_id}/explanation/?segment=anchors").json()
        assert (answer["member"] is True) == (external_id in MEMBERS["anchors"])
        assert (answer["nearest_miss"] is None) == (answer["member"] is True)
        leaf = answer["clauses"]["children"][1]
        assert {"value", "source", "freshness", "result"} <= leaf.keys() and leaf["source"] == "pos"
