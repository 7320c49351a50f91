"""Families in members: what may refute a proof, how the parts add up, who may see whom."""

from types import SimpleNamespace
from typing import Any

import pytest

from common.actors import SYSTEM
from common.errors import NotAllowed
from memberships.models import Current
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


def test_evidence__only_of_the_rules_in_force_and_one_moment__is_used(computed: SimpleNamespace) -> None:
    keys = ["anchors", "households", "occasional"]
    found = evidence_of_members(FAMILY, keys)
    pair = found.pairs[("anchors", "households")]
    assert (pair.both, pair.only_first, pair.only_second) == (3, 0, 8)
    assert found.gaps == {"households": 4}
    assert found.seen["anchors"].run_id == computed.first_run.pk

    as_of = computed.first_run.as_of
    Current.objects.filter(segment__key="anchors").update(as_of=as_of.replace(year=as_of.year - 1))
    assert set(evidence_of_members(FAMILY, keys).pairs) == {("households", "occasional")}
    Current.objects.filter(segment__key="anchors").update(as_of=as_of)

    enact("anchors", rule="orders_90d >= 1")
    found = evidence_of_members(FAMILY, keys)
    assert set(found.pairs) == {("households", "occasional")}
    assert found.gaps == {}


def test_parts__of_a_family__reconcile_for_count_and_amount(computed: SimpleNamespace) -> None:
    masked = parts_of(viewer=computed.viewer, key="households", attribute="spend_365d")
    assert masked.is_hidden
    assert masked.rest is not None and masked.rest.count is None
    assert masked.whole.amount is None

    enact("anchors", rule="orders_90d >= 1")
    found = parts_of(viewer=computed.owner, key="households")
    assert "Anchor households" in found.reason
    assert not found.reconciles

    run_now()
    found = parts_of(viewer=computed.owner, key="households", attribute="spend_365d")
    assert found.repeated is not None and found.rest is not None
    assert (found.total, found.repeated.count, found.rest.count, found.whole.count) == (13, 3, 1, 11)
    assert found.reconciles
    amounts = [found.total_amount, found.repeated.amount, found.rest.amount, found.whole.amount]
    assert amounts == [21_080, 1_440, 3_600, 23_240]

    prove_now()
    row = Proof.objects.get(question="exclusive")
    assert (row.verdict, row.basis) == ("refuted", "customers")


def test_lists__of_overlap_and_gap__are_for_those_who_may_see_members(
    computed: SimpleNamespace, client_of: Any, api_of: Any
) -> None:
    assert outside_page(viewer=computed.rep, key="households").external_ids == ["hh-03", "hh-04", "hh-10", "hh-11"]
    assert overlap_page(viewer=computed.rep, first="anchors", second="anchor-families").external_ids == ["hh-02"]
    with pytest.raises(NotAllowed):
        outside_page(viewer=computed.viewer, key="households")
    for who, status in ((computed.rep, 200), (computed.viewer, 403)):
        for path in ("/segments/households/outside-children/", "/segments/anchors/overlap/occasional/"):
            assert client_of(who).get(path).status_code == status
        assert client_of(who).get("/memberships/family/households/?attribute=spend_365d").status_code == 200

    rules = {row.key: row.rule for row in active_rules()}
    assert count_together(rules, ["households"], ["anchors", "occasional"]) == 4
    assert count_together(rules, ["anchors", "occasional"], []) == 0

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
