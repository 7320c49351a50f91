"""Families in members: what may refute a proof, how the parts add up, who may see whom."""

from types import SimpleNamespace
from typing import Any

import pytest

from common.actors import SYSTEM
from common.errors import NotAllowed
from memberships.selectors.evidence import evidence_of_members
from memberships.selectors.families import parts_of
from memberships.selectors.overlaps import count_together, outside_page, overlap_page
from taxonomy.models import Proof
from taxonomy.selectors import active_rules
from taxonomy.services.proving import prove
from taxonomy.services.sweeps import request_proofs
from tests.memberships.conftest import enact, run_now

pytestmark = pytest.mark.django_db

FAMILY = {"households": ["anchors", "occasional"]}


def prove_now() -> None:
    sweep = request_proofs(actor=SYSTEM)
    assert sweep is not None
    assert prove(sweep.pk) == "done"


def test_evidence__of_the_rules_in_force__counts_pairs_and_gaps(computed: SimpleNamespace) -> None:
    found = evidence_of_members(FAMILY, ["anchors", "households", "occasional"])
    pair = found.pairs[("anchors", "households")]
    assert (pair.both, pair.only_first, pair.only_second) == (3, 0, 8)
    assert found.gaps == {"households": 4}
    assert found.seen["anchors"].run_id == computed.first_run.pk


def test_evidence__found_by_an_older_rule__is_not_used(computed: SimpleNamespace) -> None:
    enact("anchors", rule="orders_90d >= 1")
    found = evidence_of_members(FAMILY, ["anchors", "households", "occasional"])
    assert set(found.pairs) == {("households", "occasional")}
    assert found.gaps == {}


def test_evidence__of_different_days_or_customers__is_not_compared(computed: SimpleNamespace) -> None:
    from memberships.models import Current

    Current.objects.filter(segment__key="anchors").update(as_of=computed.first_run.as_of.replace(year=2025))
    assert set(evidence_of_members(FAMILY, ["anchors", "occasional", "households"]).pairs) == {
        ("households", "occasional")
    }


def test_refutation__by_real_customers__needs_no_made_up_one(computed: SimpleNamespace) -> None:
    enact("anchors", rule="orders_90d >= 1")
    run_now()
    prove_now()
    row = Proof.objects.get(question="exclusive")
    assert (row.verdict, row.basis) == ("refuted", "customers")


def test_parts__of_a_family__reconcile_for_count_and_amount(computed: SimpleNamespace) -> None:
    enact("anchors", rule="orders_90d >= 1")
    run_now()
    found = parts_of(viewer=computed.owner, key="households", attribute="spend_365d")
    assert found.repeated is not None and found.rest is not None
    assert (found.total, found.repeated.count, found.rest.count, found.whole.count) == (13, 3, 1, 11)
    assert found.reconciles
    amounts = [found.total_amount, found.repeated.amount, found.rest.amount, found.whole.amount]
    assert amounts == [21_080, 1_440, 3_600, 23_240]


def test_parts__not_computed_for_the_rules_in_force__say_so(computed: SimpleNamespace) -> None:
    enact("anchors", rule="orders_90d >= 1")
    found = parts_of(viewer=computed.owner, key="households")
    assert "Anchor households" in found.reason
    assert not found.reconciles


def test_parts__with_small_counts__are_not_told_to_those_who_may_not_see_members(computed: SimpleNamespace) -> None:
    found = parts_of(viewer=computed.viewer, key="households", attribute="spend_365d")
    assert found.is_hidden
    assert found.rest is not None and found.rest.count is None
    assert found.whole.amount is None


def test_lists__of_overlap_and_gap__name_customers_to_those_who_may(computed: SimpleNamespace) -> None:
    assert outside_page(viewer=computed.rep, key="households").external_ids == ["hh-03", "hh-04", "hh-10", "hh-11"]
    assert overlap_page(viewer=computed.rep, first="anchors", second="anchor-families").external_ids == ["hh-02"]
    with pytest.raises(NotAllowed):
        outside_page(viewer=computed.viewer, key="households")


def test_count_together__of_proposed_rules__takes_unknown_for_outside(computed: SimpleNamespace) -> None:
    rules = {row.key: row.rule for row in active_rules()}
    assert count_together(rules, ["households"], ["anchors", "occasional"]) == 4
    assert count_together(rules, ["anchors", "occasional"], []) == 0


@pytest.mark.parametrize(("who", "status"), [("rep", 200), ("viewer", 403)])
def test_pages__of_overlap_and_gap__are_for_those_who_may_see_members(
    computed: SimpleNamespace, client_of: Any, who: str, status: int
) -> None:
    browser = client_of(getattr(computed, who))
    for path in ("/segments/households/outside-children/", "/segments/anchors/overlap/occasional/"):
        assert browser.get(path).status_code == status
    assert browser.get("/memberships/family/households/?attribute=spend_365d").status_code == 200


def test_api__family__tells_counts_as_far_as_the_caller_may_know(computed: SimpleNamespace, api_of: Any) -> None:
    prove_now()
    open_eyes = api_of(computed.owner).get("/api/v1/segments/households/family/").json()
    masked = api_of(computed.viewer).get("/api/v1/segments/households/family/").json()
    assert (open_eyes["outside"], masked["outside"]) == (4, "fewer than 5")
    assert open_eyes["pairs"][0]["outcome"]["verdict"] == "proved"
    assert open_eyes["covering"]["verdict"] == "refuted"
    assert "orders, 90 days" in open_eyes["covering"]["witness"]["words"]
    assert (open_eyes["state"], open_eyes["children"]) == ("nothing", ["anchors", "occasional"])
    assert api_of(computed.owner).get("/api/v1/segments/nobody/family/").status_code == 404


def test_duplicates__with_nearly_the_same_members__are_listed_with_counts(
    computed: SimpleNamespace, client_of: Any, api_of: Any
) -> None:
    enact("regulars", kind="create", parent="households", tier="segment", rule="orders_90d >= 12 AND spend_365d > 2999")
    run_now()
    prove_now()
    found = api_of(computed.owner).get("/api/v1/taxonomy/duplicates/").json()
    assert [(each["first"], each["second"], each["counts"]["both"]) for each in found["near"]] == [
        ("anchors", "regulars", 3)
    ]
    assert found["equal"] == []
    assert api_of(computed.viewer).get("/api/v1/taxonomy/duplicates/").json()["near"][0]["counts"] is None
    page = client_of(computed.owner).get("/taxonomy/duplicates/").content.decode()
    assert "kind=retire&amp;key=anchors&amp;successor=regulars" in page
