"""Proposals against what their family demands: proved, refuted with a witness, undecided, never a silent pass."""

from types import SimpleNamespace
from typing import Any

import pytest

from common.actors import SYSTEM
from common.errors import Conflict
from customers.services.builds import build_profiles
from reviews.models import ChangeRequest, Revision
from reviews.services.requests import create_request, submit_request
from taxonomy.choices import EnactmentKind
from taxonomy.selectors import live_content
from taxonomy.selectors.proving import Grounds
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


def test_proposals__against_a_split_family__pass_or_fail_by_proof(family: SimpleNamespace, client_of: Any) -> None:
    same = checks_of(proposal(family.owner, "anchors", rule="NOT (orders_90d < 4)"))
    assert (same[OVERLAP]["status"], same[COVER]["status"]) == ("pass", "pass")
    assert same[OVERLAP]["reason"].startswith("Proved for 1 pair")

    overlapping = proposal(family.owner, "anchors", rule="orders_90d >= 3")
    overlap = checks_of(overlapping)[OVERLAP]
    assert overlap["status"] == "fail"
    assert "a made-up customer for whom orders, 90 days is 3 orders would be in both." in overlap["reason"]
    assert "Real customers: fewer than 5." in overlap["reason"]
    with pytest.raises(Conflict, match="must not overlap"):
        submit_request(actor=family.owner, request_id=overlapping.pk)

    cover = checks_of(proposal(family.owner, "anchors", rule="orders_90d >= 4 AND orders_90d <> 7"))[COVER]
    assert cover["status"] == "fail"
    assert "orders, 90 days is 7 orders would be outside every child. No real customer is today." in cover["reason"]

    live = live_content("anchors")
    assert live is not None
    content = {**live.content, "name": "Weekly households", "rule": "orders_90d >= 12", "axioms": {}}
    born = checks_of(proposal(family.owner, "weekly", kind="create", **content))
    assert (born[OVERLAP]["status"], born[COVER]["status"]) == ("fail", "pass")

    wider = checks_of(proposal(family.owner, "households", rule="orders_90d IS NOT NULL OR spend_365d > 10"))
    assert (wider[OVERLAP]["status"], wider[COVER]["status"]) == ("pass", "fail")

    renamed = checks_of(proposal(family.owner, "anchors", kind="rename", name="Loyal households"))
    assert not {OVERLAP, COVER, "Can be met"} & set(renamed)


def test_demand__undecided__is_never_a_pass(family: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Grounds.prover, "__defaults__", (0,))
    found = checks_of(proposal(family.owner, "anchors", rule="orders_90d >= 5"))
    for name in (OVERLAP, COVER, "Can be met", "Means something of its own"):
        assert found[name]["status"] == "warn"
        assert "ndecided" in found[name]["reason"]


def test_rules__with_faults_of_their_own__are_told_them(grocer: SimpleNamespace) -> None:
    never = checks_of(proposal(grocer.owner, "anchors", rule="orders_90d > 5 AND orders_90d < 4"))
    assert never["Can be met"]["status"] == "fail"

    twice = checks_of(proposal(grocer.owner, "anchors", rule="orders_90d >= 12 AND orders_90d >= 4"))
    assert twice["Every condition counts"]["status"] == "warn"
    assert "orders_90d >= 4" in twice["Every condition counts"]["reason"]

    equal = checks_of(proposal(grocer.owner, "anchors", rule="NOT (orders_90d >= 4)"))["Means something of its own"]
    assert equal["status"] == "warn"
    assert "the same as Occasional households" in equal["reason"]

    demanding = checks_of(proposal(grocer.owner, "households", axioms={"covering": True}))
    assert demanding[COVER]["status"] == "warn"
    assert "a made-up customer for whom" in demanding[COVER]["reason"]
    assert OVERLAP not in demanding


def test_axioms__left_out_or_not_shown__stay_demanded(family: SimpleNamespace, client_of: Any) -> None:
    assert proposal(family.owner, "households", meaning="Everybody who ordered.").proposed["axioms"] == BOTH
    half = proposal(family.owner, "households", axioms={"covering": False})
    assert half.proposed["axioms"] == {"exclusive": True, "covering": False}
    [told] = [each for each in Revision.objects.get(request_id=half.pk).differences if each["field"] == "axioms"]
    assert told["old"].split("\n") == ["Its children must not overlap", "Its children must cover it"]
    assert told["new"] == "Its children must not overlap"

    live = live_content("households")
    assert live is not None
    fields = {name: live.content[name] or "" for name in ("tier", "parent", "name", "rule", "objective")}
    owners = {f"owner_{role}": person for role, person in live.content["owners"].items()}
    reasons = {"meaning": "Everybody who ordered.", "rationale": "It is time.", "expected": "", "effective_at": ""}
    browser, address = client_of(family.owner), "/requests/new/?type=segment&kind=change&key=households"
    for sent, kept in (
        ({}, BOTH),
        ({"axioms_shown": "yes"}, {"exclusive": False, "covering": False}),
        ({"axioms_shown": "yes", "axiom_covering": "on"}, {"exclusive": False, "covering": True}),
    ):
        assert browser.post(address, {**fields, **owners, **reasons, **sent}).status_code == 302
        assert ChangeRequest.objects.order_by("-pk")[0].proposed["axioms"] == kept

    address = "/requests/new/?type=segment&kind=change&key=anchors&demand=exclusive"
    form = browser.get(address).context["form"]
    assert (form["axiom_exclusive"].value(), form["axiom_covering"].value()) == (True, False)
