"""Playbooks, briefs and attributes go out of use through the one door, and stay readable with their successor."""

import json
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

import playbooks.selectors
import training.selectors
from common.actors import SYSTEM
from common.errors import Conflict, Invalid, NotFound
from customers.selectors import mappable_for
from customers.services.attributes import define_attribute
from playbooks.selectors import playbooks_for, retired_playbook
from playbooks.services.enactment import enact_playbook
from playbooks.services.reading import confirm_reading
from reviews.models import ChangeRequest
from reviews.selectors.builder_choices import attribute_choices
from reviews.services.applying import stale_competitors
from reviews.services.requests import create_request
from reviews.services.rollbacks import prepare_rollback
from tests.flows.test_story_api import BRIEF, PLAYBOOK
from tests.reviews.conftest import ATTRIBUTES, proposed_creation, submitted, vote
from training.models import Progress
from training.selectors import path_of_learning, retired_brief
from training.services.enactment import enact_brief
from training.services.walkthroughs import start_walkthrough

pytestmark = pytest.mark.django_db

SPELT = {**BRIEF, "walkthrough": {**BRIEF["walkthrough"], "steps": BRIEF["walkthrough"]["steps"][:2]}}  # type: ignore[dict-item, index]
CONTENT: dict[str, dict[str, Any]] = {"playbook": PLAYBOOK, "brief": SPELT}
SELECTORS = {"playbook": playbooks.selectors, "brief": training.selectors}


def decided(cast: SimpleNamespace, request: ChangeRequest) -> ChangeRequest:
    submitted(request.author, request)
    vote(cast.marketing_member, request)
    vote(cast.sales_member, request)
    request.refresh_from_db()
    return request


def proposed(
    actor: Any, type: str, content: dict[str, Any], *, kind: str = "create", key: str = "big-baskets"
) -> ChangeRequest:
    return create_request(
        actor=actor, kind=kind, subject_type=type, subject_key=key, proposed=content, rationale="Two say the same."
    )


@pytest.fixture
def two(cast: SimpleNamespace, live_segment: str) -> SimpleNamespace:
    """Two segments, each with a playbook and a brief in force."""
    other = proposed_creation(cast.owner, "frequent", name="Frequent visitors", rule="coupons >= 3")
    assert decided(cast, other).state == "applied"
    for key in (live_segment, "frequent"):
        said: dict[str, Any] = {"actor": SYSTEM, "kind": "create", "segment_key": key, "rationale": "So that we know."}
        enact_playbook(**said, content=PLAYBOOK, base_version=None, request_ref="1")
        enact_brief(**said, content=SPELT, base_version=None, request_ref="1")
    return cast


@pytest.mark.parametrize("type", ["playbook", "brief"])
def test_document__retired_with_a_successor__leads_nobody_there_and_stays_readable(
    two: SimpleNamespace, type: str, client_of: Callable[[Any], Client], api_of: Callable[..., Client]
) -> None:
    request = decided(two, proposed(two.owner, type, {"successor": "frequent"}, kind="retire"))

    assert (request.state, request.applied_version) == ("applied", 1), request.state_reason
    assert SELECTORS[type].live_content("big-baskets") is None
    page = "/playbooks/" if type == "playbook" else "/training/"
    browser = client_of(two.rep)
    assert b"Big baskets" not in browser.get(page).content
    listed, shown = browser.get(f"{page}?state=retired").content, browser.get(f"{page}big-baskets/").content
    region = browser.get(f"{page}region/segment/big-baskets/").content
    assert all(b"Frequent visitors" in answer and f"{page}frequent/".encode() in answer for answer in (listed, shown))
    assert b"They carry the stores." in shown and b"Frequent visitors" in region
    told = api_of(two.rep).get(f"/api/v1{page}big-baskets/").json()
    assert (told["status"], told["successor"], told["version"]) == ("retired", "frequent", 1)
    assert [difference["new"] for difference in request.revisions.latest("number").differences] == [
        "retired, succeeded by that of Frequent visitors (frequent)"
    ]


@pytest.mark.parametrize("type", ["playbook", "brief"])
def test_document__retired_then_proposed_anew__is_in_use_with_the_next_number(
    two: SimpleNamespace, type: str, client_of: Callable[[Any], Client]
) -> None:
    retired = decided(two, proposed(two.owner, type, {"successor": "frequent"}, kind="retire"))
    with pytest.raises(Invalid, match="no live"):
        proposed(two.owner, type, {}, kind="retire")
    form = client_of(two.owner).get(f"{reverse('reviews:request-new')}?type={type}&kind=change&key=big-baskets")
    assert b"They carry the stores." in form.content

    back = decided(two, prepare_rollback(actor=two.owner, request_id=retired.pk))

    assert (back.kind, back.state, back.applied_version) == ("create", "applied", 2)
    found = SELECTORS[type].live_content("big-baskets")
    assert found is not None and (found.version_number, found.content) == (2, CONTENT[type])
    assert retired_playbook("big-baskets") is None and retired_brief("big-baskets") is None


@pytest.mark.parametrize("type", ["playbook", "brief"])
def test_successor__that_is_none__is_refused_where_it_stands(two: SimpleNamespace, type: str) -> None:
    for wrong in ("big-baskets", "nowhere", 7):
        with pytest.raises(Invalid) as refused:
            proposed(two.owner, type, {"successor": wrong}, kind="retire")
        assert [error["pointer"] for error in refused.value.errors] == ["/proposed/successor"]
    with pytest.raises(Invalid):
        proposed(two.owner, type, {"why": "No."}, kind="retire")


def test_successor__retired_while_the_board_decided__leaves_the_request_stale(two: SimpleNamespace) -> None:
    first = submitted(two.owner, proposed(two.owner, "playbook", {"successor": "frequent"}, kind="retire"))
    decided(two, proposed(two.owner, "playbook", {}, kind="retire", key="frequent"))
    vote(two.marketing_member, first)
    vote(two.sales_member, first)

    first.refresh_from_db()
    assert first.state == "stale" and "cannot succeed" in first.state_reason
    assert playbooks.selectors.live_content("big-baskets") is not None


def test_people__of_a_retired_document__keep_their_record_and_are_asked_no_more(two: SimpleNamespace) -> None:
    confirm_reading(actor=two.rep, segment_key="big-baskets", version_number=1)
    start_walkthrough(actor=two.rep, segment_key="big-baskets")
    requests = [proposed(two.owner, type, {}, kind="retire") for type in CONTENT]
    told = [check["reason"] for request in requests for check in request.revisions.latest("number").checks]
    assert any(said.startswith("1 person has confirmed reading") for said in told)
    assert any(said.startswith("1 person is in its walkthrough, and nobody is through it") for said in told)
    for request in requests:
        decided(two, request)

    assert Progress.objects.count() == 1
    assert [row.key for row in path_of_learning(viewer=two.rep)] == ["frequent"]
    assert [row.playbook.segment.key for row in playbooks_for(viewer=two.rep)] == ["frequent"]
    with pytest.raises(NotFound, match=r"retired on .*none took its place"):
        start_walkthrough(actor=two.rep, segment_key="big-baskets")
    with pytest.raises(NotFound, match="retired"):
        confirm_reading(actor=two.rep, segment_key="big-baskets", version_number=1)


@pytest.mark.parametrize("type", ["playbook", "brief"])
def test_form__to_retire__offers_the_other_ones_and_writes_a_request(
    two: SimpleNamespace, type: str, client_of: Callable[[Any], Client]
) -> None:
    client, page = client_of(two.owner), reverse("reviews:request-new")
    address = f"{page}?type={type}&kind=retire&key=big-baskets"
    form = client.get(address).content.decode()
    assert '<option value="frequent"' in form and '<option value="big-baskets"' not in form
    assert "They carry the stores." not in form

    answer = client.post(address, {"successor": "frequent", "rationale": "One is enough."})

    assert answer.status_code == 302, answer.content.decode()
    made = ChangeRequest.objects.latest("pk")
    assert (made.kind, made.subject_type, made.proposed) == ("retire", type, {"successor": "frequent"})
    assert client.get(reverse("reviews:request", args=[made.pk]) + "?tab=all").status_code == 200
    where = "playbooks:playbook" if type == "playbook" else "training:brief"
    assert b"Propose to retire it" in client.get(reverse(where, args=["big-baskets"])).content


def test_api__request_to_retire__is_created(two: SimpleNamespace, api_of: Callable[..., Client]) -> None:
    body = {"kind": "retire", "subject": {"type": "brief", "key": "big-baskets"}, "proposed": {"successor": "frequent"},
            "rationale": "One is enough."}  # fmt: skip
    answer = api_of(two.owner).post(reverse("api-change-requests"), json.dumps(body), content_type="application/json")

    assert answer.status_code == 201, answer.content
    assert answer.json()["proposed"] == {"successor": "frequent"}


def test_attribute__read_by_a_live_rule__is_refused_naming_the_rule(cast: SimpleNamespace, live_segment: str) -> None:
    with pytest.raises(Invalid, match="Big baskets") as refused:
        proposed(cast.owner, "attribute", {}, kind="retire", key="spend")
    assert refused.value.code == "in_use"
    score = {"kind": "score", "points": [{"attribute": "coupons", "operator": ">=", "value": 2, "points": 1}]}
    keen = {"label": "Keenness", "type": "number", "dimension": "behavioral", "derivation": score}
    define_attribute(actor=SYSTEM, key="keenness", content=keen)
    with pytest.raises(Invalid, match="Keenness"):
        proposed(cast.owner, "attribute", {}, kind="retire", key="coupons")


def test_attribute__read_by_a_rule_enacted_meanwhile__leaves_the_request_stale(
    cast: SimpleNamespace, live_segment: str
) -> None:
    request = submitted(cast.owner, proposed(cast.owner, "attribute", {}, kind="retire", key="coupons"))
    other = proposed_creation(cast.owner, "frequent", name="Frequent visitors", rule="coupons >= 3")
    assert decided(cast, other).state == "applied"
    vote(cast.marketing_member, request)
    vote(cast.sales_member, request)

    request.refresh_from_db()
    assert request.state == "stale" and "Frequent visitors" in request.state_reason


def test_attribute__retired__is_closed_to_new_rules_columns_and_definitions(
    cast: SimpleNamespace, live_segment: str
) -> None:
    resting = submitted(cast.owner, proposed_creation(cast.owner, "keen", name="Keen savers", rule="coupons >= 3"))
    assert "coupons" in mappable_for(viewer=cast.steward)

    request = decided(cast, proposed(cast.owner, "attribute", {"successor": "spend"}, kind="retire", key="coupons"))

    assert (request.state, request.applied_version) == ("applied", 2), request.state_reason
    stale_competitors(subject_type="attribute", subject_key="coupons")
    resting.refresh_from_db()
    assert resting.state == "stale" and "coupons" in resting.state_reason
    with pytest.raises(Invalid, match=r"“Coupons redeemed” \(coupons\) was retired .* use “Yearly spend” \(spend\)"):
        proposed_creation(cast.owner, "savers", name="Savers", rule="coupons >= 3")
    assert "coupons" not in mappable_for(viewer=cast.steward)
    assert "coupons" not in {choice.key for choice in attribute_choices(cast.steward)}
    for kind, content in (("create", ATTRIBUTES["coupons"]), ("change", {"label": "Vouchers"}), ("retire", {})):
        with pytest.raises(Invalid):
            proposed(cast.owner, "attribute", content, kind=kind, key="coupons")  # type: ignore[arg-type]
    with pytest.raises(Conflict, match="was retired"):
        define_attribute(actor=SYSTEM, key="coupons", content={**ATTRIBUTES["coupons"], "label": "Vouchers"})
    with pytest.raises(Conflict, match="never used again"):
        prepare_rollback(actor=cast.owner, request_id=request.pk)


def test_attribute__retired__is_shown_with_its_successor(
    cast: SimpleNamespace, live_segment: str, client_of: Callable[[Any], Client], api_of: Callable[..., Client]
) -> None:
    browser, new = client_of(cast.steward), reverse("reviews:request-new")
    assert b"Propose to retire it" in browser.get("/attributes/coupons/").content
    assert b'<option value="spend"' in browser.get(f"{new}?type=attribute&kind=retire&key=coupons").content
    decided(cast, proposed(cast.owner, "attribute", {"successor": "spend"}, kind="retire", key="coupons"))

    page = browser.get("/attributes/coupons/").content
    assert b"Another attribute took its place" in page and b"Propose to retire it" not in page
    assert b"instead" in browser.get("/attributes/").content
    told = api_of(cast.steward).get("/api/v1/attributes/coupons/").json()
    assert told["retired_at"] and (told["successor"], told["version"]) == ("spend", 2)
