"""Proposals against what their family demands: proved, refuted with a witness, undecided, never a silent pass."""

from types import SimpleNamespace
from typing import Any

import pytest

from common.actors import SYSTEM
from common.errors import Conflict
from customers.services.builds import build_profiles
from reviews.models import ChangeRequest, Revision
from reviews.services.requests import create_request, submit_request
from reviews.subjects import subject_for
from taxonomy.choices import EnactmentKind
from taxonomy.selectors import live_content, proving
from taxonomy.services.enactment import enact_version

pytestmark = pytest.mark.django_db

BOTH = {"exclusive": True, "covering": True}
OVERLAP = "Children of All households must not overlap"
COVER = "Children of All households must cover it"


def enact(key: str, **given: Any) -> None:
    """A change of the grocer's segment, as an approved request would make it."""
    live = live_content(key)
    assert live is not None
    enact_version(
        actor=SYSTEM,
        kind=EnactmentKind.CHANGE,
        segment_key=key,
        content={**live.content, **given},
        rationale="Because.",
        expected_outcome="",
        base_version=live.version_number,
        request_ref="set-up",
    )


def proposal(actor: Any, key: str, kind: str = "change", **proposed: Any) -> ChangeRequest:
    return create_request(
        actor=actor,
        kind=kind,
        subject_type="segment",
        subject_key=key,
        proposed=proposed,
        rationale="It is time.",
        expected="More calls.",
    )


def checks_of(request: ChangeRequest) -> dict[str, dict[str, str]]:
    checks = Revision.objects.get(request_id=request.pk, number=request.revision).checks
    return {check["name"]: dict(check) for check in checks}


@pytest.fixture
def family(grocer: SimpleNamespace) -> SimpleNamespace:
    """All households split in two halves that neither overlap nor leave anybody out, and demanded to stay so."""
    enact("households", rule="orders_90d IS NOT NULL", axioms=BOTH)
    enact("anchors", rule="orders_90d >= 4")
    build_profiles(actor=SYSTEM)
    return grocer


def test_change__that_keeps_what_is_demanded__passes_by_proof(family: SimpleNamespace) -> None:
    found = checks_of(proposal(family.owner, "anchors", rule="NOT (orders_90d < 4)"))
    assert (found[OVERLAP]["status"], found[COVER]["status"]) == ("pass", "pass")
    assert found[OVERLAP]["reason"].startswith("Proved for 1 pair")


def test_change__that_breaks_what_held__fails_with_witness_and_count_and_cannot_be_submitted(
    family: SimpleNamespace,
) -> None:
    request = proposal(family.owner, "anchors", rule="orders_90d >= 3")
    overlap = checks_of(request)[OVERLAP]
    assert overlap["status"] == "fail"
    assert "a made-up customer for whom orders, 90 days is 3 orders would be in both." in overlap["reason"]
    assert "Real customers: fewer than 5." in overlap["reason"]
    with pytest.raises(Conflict, match="must not overlap"):
        submit_request(actor=family.owner, request_id=request.pk)


def test_change__that_leaves_somebody_out__fails_even_where_no_real_customer_is(family: SimpleNamespace) -> None:
    cover = checks_of(proposal(family.owner, "anchors", rule="orders_90d >= 4 AND orders_90d <> 7"))[COVER]
    assert cover["status"] == "fail"
    assert "orders, 90 days is 7 orders would be outside every child. No real customer is today." in cover["reason"]


def test_new_child__that_overlaps_a_sibling__fails(family: SimpleNamespace) -> None:
    content = {**live_content("anchors").content, "name": "Weekly households", "rule": "orders_90d >= 12"}  # type: ignore[union-attr]
    found = checks_of(proposal(family.owner, "weekly", kind="create", **{**content, "axioms": {}}))
    assert found[OVERLAP]["status"] == "fail"
    assert found[COVER]["status"] == "pass"


def test_demand__that_is_not_so_today__is_to_be_looked_at(grocer: SimpleNamespace) -> None:
    found = checks_of(proposal(grocer.owner, "households", axioms={"covering": True}))
    assert found[COVER]["status"] == "warn"
    assert "a made-up customer for whom" in found[COVER]["reason"]
    assert OVERLAP not in found


def test_parent__whose_new_rule_leaves_its_children_behind__fails(family: SimpleNamespace) -> None:
    found = checks_of(proposal(family.owner, "households", rule="orders_90d IS NOT NULL OR spend_365d > 10"))
    assert found[COVER]["status"] == "fail"
    assert found[OVERLAP]["status"] == "pass"


def test_demand__undecided__is_never_a_pass(family: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proving, "BUDGET_MS", 0)
    found = checks_of(proposal(family.owner, "anchors", rule="orders_90d >= 5"))
    for name in (OVERLAP, COVER, "Can be met", "Means something of its own"):
        assert found[name]["status"] == "warn"
        assert "ndecided" in found[name]["reason"]


def test_rule__that_nobody_can_meet__fails(grocer: SimpleNamespace) -> None:
    request = proposal(grocer.owner, "anchors", rule="orders_90d > 5 AND orders_90d < 4")
    assert checks_of(request)["Can be met"]["status"] == "fail"


def test_rule__with_a_clause_that_changes_nothing__is_to_be_looked_at(grocer: SimpleNamespace) -> None:
    found = checks_of(proposal(grocer.owner, "anchors", rule="orders_90d >= 12 AND orders_90d >= 4"))
    assert found["Every condition counts"]["status"] == "warn"
    assert "orders_90d >= 4" in found["Every condition counts"]["reason"]


def test_rule__equal_to_another_segment__names_it(grocer: SimpleNamespace) -> None:
    found = checks_of(proposal(grocer.owner, "anchors", rule="NOT (orders_90d >= 4)"))
    own = found["Means something of its own"]
    assert own["status"] == "warn"
    assert "the same as Occasional households" in own["reason"]


def test_rename__asks_for_no_proof(family: SimpleNamespace) -> None:
    found = checks_of(proposal(family.owner, "anchors", kind="rename", name="Loyal households"))
    assert not {OVERLAP, COVER, "Can be met"} & set(found)


def test_axioms__left_out_of_a_proposal__stay_demanded(family: SimpleNamespace) -> None:
    assert proposal(family.owner, "households", meaning="Everybody who ordered.").proposed["axioms"] == BOTH
    half = proposal(family.owner, "households", axioms={"covering": False})
    assert half.proposed["axioms"] == {"exclusive": True, "covering": False}
    [told] = [each for each in Revision.objects.get(request_id=half.pk).differences if each["field"] == "axioms"]
    assert told["old"].split("\n") == ["Its children must not overlap", "Its children must cover it"]
    assert told["new"] == "Its children must not overlap"


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ({}, BOTH),
        ({"axioms_shown": "yes"}, {"exclusive": False, "covering": False}),
        ({"axioms_shown": "yes", "axiom_covering": "on"}, {"exclusive": False, "covering": True}),
    ],
)
def test_form__shown_or_not__keeps_or_changes_what_is_demanded(
    family: SimpleNamespace, client_of: Any, sent: dict[str, str], kept: dict[str, bool]
) -> None:
    content = subject_for("segment").live("households").content  # type: ignore[union-attr]
    fields = {name: content[name] or "" for name in ("tier", "parent", "name", "rule", "objective")}
    owners = {f"owner_{role}": person for role, person in content["owners"].items()}
    reasons = {"meaning": "Everybody who ordered.", "rationale": "It is time.", "expected": "", "effective_at": ""}
    address = "/requests/new/?type=segment&kind=change&key=households"
    response = client_of(family.owner).post(address, {**fields, **owners, **reasons, **sent})
    assert response.status_code == 302
    assert ChangeRequest.objects.get().proposed["axioms"] == kept


def test_form__opened_to_demand_something__has_its_box_ticked(family: SimpleNamespace, client_of: Any) -> None:
    address = "/requests/new/?type=segment&kind=change&key=anchors&demand=exclusive"
    form = client_of(family.owner).get(address).context["form"]
    assert (form["axiom_exclusive"].value(), form["axiom_covering"].value()) == (True, False)
