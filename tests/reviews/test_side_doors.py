"""The twenty side doors that were reported against other approval systems, in the order of the catalogue; each is shut.

Other tests look further behind some of them: test_refusals, test_boards, test_voting, test_lifecycle, test_suggestions.
"""

import ast
import json
from collections.abc import Callable
from configparser import ConfigParser
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from django.contrib import admin
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import get_resolver, reverse

from common.actors import SYSTEM
from common.clock import now
from common.errors import Conflict, NotAllowed
from customers.services.profiles import merge_customers_bulk
from memberships.services import execute_run, request_run
from reviews.models import Board, ChangeRequest, Vote
from reviews.selectors import open_requests, segment_uses
from reviews.selectors.desk import awaiting_vote
from reviews.services.applying import apply_due, apply_request, stale_competitors
from reviews.services.boards import define_board, seat_member
from reviews.services.delegating import lend_seat
from reviews.services.requests import (
    create_request,
    edit_request,
    rebase_request,
    schedule_request,
    submit_request,
    withdraw_request,
)
from reviews.services.suggesting import suggest_wording, take_suggestion
from taxonomy.models import SegmentVersion
from taxonomy.selectors import live_content
from tests.reviews.conftest import proposed_change, proposed_creation, submitted, vote

Api = Callable[..., Client]
PAGES = ("request-new", "request-edit", "request-meaning", "request-requirement")
"""Addresses of one request that are read, though their names look like deeds."""


def test_door_1__edit_after_approval__asks_everybody_again(cast: SimpleNamespace, draft: ChangeRequest) -> None:
    schedule_request(actor=cast.owner, request_id=draft.pk, effective_at=now() + timedelta(days=3))
    submitted(cast.owner, draft)
    for member in (cast.marketing_member, cast.sales_member):
        vote(member, draft)
    draft.refresh_from_db()
    assert draft.state == "approved"
    edit_request(actor=cast.owner, request_id=draft.pk, changes={"proposed": {"rule": "TRUE"}})
    draft.refresh_from_db()
    assert draft.state == "in_review" and not Vote.objects.filter(request=draft, voided_at=None).exists()
    with pytest.raises(Exception, match="cannot be applied"):
        apply_request(actor=cast.administrator, request_id=draft.pk)


def test_door_2__segments__have_no_writing_endpoint(cast: SimpleNamespace, live_segment: str, api_of: Api) -> None:
    client = api_of(cast.administrator, ("read", "write", "admin"))
    given = json.dumps({"name": "x", "rule": "TRUE"})
    for url in ("/api/v1/segments/", "/api/v1/segments/big-baskets/", "/api/v1/segments/big-baskets/versions/"):
        for method in (client.post, client.put, client.patch, client.delete):
            assert method(url, given, content_type="application/json").status_code == 405, url
    assert SegmentVersion.objects.count() == 1


def test_door_3__retirement__can_be_proposed_and_needs_the_board(cast: SimpleNamespace, live_segment: str) -> None:
    request = create_request(
        actor=cast.owner,
        kind="retire",
        subject_type="segment",
        subject_key="big-baskets",
        proposed={},
        rationale="Nobody uses it.",
    )
    submitted(cast.owner, request)
    vote(cast.marketing_member, request)
    assert live_content("big-baskets") is not None
    vote(cast.sales_member, request)
    request.refresh_from_db()
    assert request.state == "applied" and live_content("big-baskets") is None


def test_door_4__schedule__never_replaces_the_approval(cast: SimpleNamespace, in_review: ChangeRequest) -> None:
    schedule_request(actor=cast.owner, request_id=in_review.pk, effective_at=now() + timedelta(days=1))
    vote(cast.marketing_member, in_review)
    with time_machine.travel(now() + timedelta(days=2), tick=True):
        assert apply_due() == 0
        with pytest.raises(Conflict):
            apply_request(actor=cast.administrator, request_id=in_review.pk)
    in_review.refresh_from_db()
    assert in_review.state == "in_review" and live_content("big-baskets") is None


@pytest.mark.parametrize(
    "policy", [{"quorum": 0}, {"quorum": -1}, {"quorum": None}, {"quorum": 1, "required": {"sales": 0}}]
)
def test_door_5__quorum_of_nobody__is_refused_by_page_and_api(
    cast: SimpleNamespace, in_review: ChangeRequest, api_of: Api, client_of: Any, policy: dict[str, Any]
) -> None:
    before = Board.objects.values_list("policy", flat=True).get()
    given = {"name": "Grocery board", "policy": policy}
    client = api_of(cast.administrator, ("read", "write", "admin"))
    assert client.put("/api/v1/boards/grocery/", given, content_type="application/json").status_code == 400
    form = {"name": "Grocery board", "subject_types": ["segment"], "reject_on": "any", "expires_days": "30"}
    page = reverse("reviews:board-edit", args=["grocery"])
    if policy["quorum"] != 1:
        form["quorum"] = str(policy["quorum"] or "")
        assert client_of(cast.administrator).post(page, form).status_code == 422
    in_review.refresh_from_db()
    assert in_review.state == "in_review" and Board.objects.values_list("policy", flat=True).get() == before


@pytest.mark.parametrize("quorum", [0, -1, None])
def test_door_5__quorum_of_nobody__is_refused_by_the_database(cast: SimpleNamespace, board: Any, quorum: Any) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        Board.objects.update(policy={**board.policy, "quorum": quorum})


def test_door_6__board_members_with_the_smallest_role__can_vote_and_see_the_button(
    cast: SimpleNamespace, in_review: ChangeRequest, client_of: Callable[[Any], Client]
) -> None:
    page = client_of(cast.sales_member).get(reverse("reviews:request", args=[in_review.pk]))
    assert b"Approve as sales" in page.content


def test_door_7__own_approval__is_refused_whoever_seated_or_lent(cast: SimpleNamespace, draft: ChangeRequest) -> None:
    seat_member(actor=cast.administrator, board_key="grocery", username="owner", function="marketing")
    lend_seat(
        actor=cast.sales_member,
        board_key="grocery",
        delegate="owner",
        ends_at=now() + timedelta(days=1),
        reason="On leave.",
    )
    submitted(cast.owner, draft)
    with pytest.raises(NotAllowed, match="You wrote this request"):
        vote(cast.owner, draft)
    assert not Vote.objects.exists()


def test_door_9__going_back__needs_the_board(cast: SimpleNamespace, live_segment: str) -> None:
    changed = submitted(cast.owner, proposed_change(cast.owner, rule="spend >= 2000"))
    vote(cast.marketing_member, changed)
    vote(cast.sales_member, changed)
    back = create_request(
        actor=cast.owner,
        kind="revert",
        subject_type="segment",
        subject_key="big-baskets",
        proposed={"version": 1},
        rationale="The old line was better.",
    )
    submitted(cast.owner, back)
    vote(cast.marketing_member, back)
    live = live_content("big-baskets")
    assert live is not None and live.content["rule"] == "spend >= 2000"


def test_door_10__taking_a_suggestion__voids_the_votes_and_bars_whoever_made_it(
    cast: SimpleNamespace, in_review: ChangeRequest
) -> None:
    made = suggest_wording(actor=cast.sales_member, request_id=in_review.pk, field="rule", proposed="spend >= 1500")
    vote(cast.marketing_member, in_review)
    take_suggestion(actor=cast.owner, request_id=in_review.pk, suggestion_id=made.pk)
    in_review.refresh_from_db()
    assert in_review.state == "in_review" and live_content("big-baskets") is None
    assert not Vote.objects.filter(voided_at=None).exists()
    with pytest.raises(NotAllowed, match="worded a part"):
        vote(cast.sales_member, in_review)


def test_door_11__an_author_who_holds_every_right__still_ends_with_a_draft(
    cast: SimpleNamespace, catalogue: None, board: Any
) -> None:
    request = proposed_creation(cast.administrator)
    assert request.state == "draft" and live_content("big-baskets") is None


def test_door_12__member_seated_after_the_submission__acts_on_it(
    cast: SimpleNamespace, in_review: ChangeRequest, client_of: Callable[[Any], Client]
) -> None:
    seat_member(actor=cast.administrator, board_key="grocery", username="rep", function="sales")
    page = client_of(cast.rep).get(reverse("reviews:request", args=[in_review.pk]))
    assert b"Approve as sales" in page.content
    vote(cast.rep, in_review)
    vote(cast.marketing_member, in_review)
    in_review.refresh_from_db()
    assert in_review.state == "applied"


def test_door_13__after_refused_rows__the_request_still_reaches_its_board(
    cast: SimpleNamespace, draft: ChangeRequest
) -> None:
    rows = [
        {"external_id": "h1", "attributes": {"spend": "a lot", "region": "moon"}},
        {"external_id": "h2", "attributes": {"spend": 1200, "region": "north"}},
    ]
    assert next(iter(merge_customers_bulk(actor=SYSTEM, rows=rows))).status == "refused"
    execute_run(request_run(actor=SYSTEM, trigger="schedule").pk)
    assert submitted(cast.owner, draft).state == "in_review"
    for member in (cast.marketing_member, cast.sales_member):
        assert draft in awaiting_vote(member)
        vote(member, draft)
    assert live_content("big-baskets") is not None


@pytest.mark.parametrize("verdict", ["reject", "request_changes"])
def test_door_14__rejection_of_a_change__leaves_the_live_version(
    cast: SimpleNamespace, live_segment: str, verdict: str
) -> None:
    before = live_content(live_segment)
    request = submitted(cast.owner, proposed_change(cast.owner))
    vote(cast.sales_member, request, verdict, "Not this way.")
    assert before is not None and live_content(live_segment) == before


def test_door_15__a_board_that_loses_its_branches__decides_what_is_before_it_and_nothing_new(
    cast: SimpleNamespace, in_review: ChangeRequest
) -> None:
    define_board(
        actor=cast.administrator,
        key="grocery",
        name="Grocery board",
        branches=["elsewhere"],
        policy={"quorum": 2, "required": {"marketing": 1, "sales": 1}},
    )
    in_review.refresh_from_db()
    assert in_review.state == "in_review"
    vote(cast.marketing_member, in_review)
    assert live_content("big-baskets") is None
    with pytest.raises(Exception, match="No board decides"):
        proposed_creation(cast.owner, "other")


def test_door_16__last_vote__approves_and_applies_as_one_or_not_at_all(
    cast: SimpleNamespace, in_review: ChangeRequest
) -> None:
    rival = submitted(cast.owner, proposed_creation(cast.owner, rule="spend >= 3000"))
    vote(cast.marketing_member, rival)
    for member in (cast.marketing_member, cast.sales_member):
        vote(member, in_review)
    with pytest.raises(Conflict):
        vote(cast.sales_member, rival)
    states = dict(ChangeRequest.objects.values_list("pk", "state"))
    assert states == {in_review.pk: "applied", rival.pk: "stale"}
    assert SegmentVersion.objects.count() == 1


def test_door_17__a_stale_request__takes_no_votes(cast: SimpleNamespace, live_segment: str) -> None:
    slow = submitted(cast.owner, proposed_change(cast.owner, rule="spend >= 3000"))
    quick = submitted(cast.owner, proposed_change(cast.owner, rule="spend >= 2000"))
    vote(cast.marketing_member, quick)
    vote(cast.sales_member, quick)
    for _ in range(2):
        with pytest.raises(Exception, match=r"stale|live version moved"):
            vote(cast.marketing_member, slow)
    assert not Vote.objects.filter(request=slow).exists()


def test_door_18__a_resolved_conflict__is_what_is_enacted(cast: SimpleNamespace, live_segment: str) -> None:
    slow = submitted(cast.owner, proposed_change(cast.owner, rule="spend >= 3000", name="Very big baskets"))
    quick = submitted(cast.owner, proposed_change(cast.owner, rule="spend >= 2000"))
    for member in (cast.marketing_member, cast.sales_member):
        vote(member, quick)
    stale_competitors(subject_type="segment", subject_key=live_segment)
    rebase_request(actor=cast.owner, request_id=slow.pk, choices={"rule": "live"})
    submitted(cast.owner, slow)
    for member in (cast.marketing_member, cast.sales_member):
        vote(member, slow)
    live = live_content(live_segment)
    assert live is not None
    assert (live.content["rule"], live.content["name"]) == ("spend >= 2000", "Very big baskets")


def test_door_19__a_withdrawn_request__leaves_no_ghost(cast: SimpleNamespace, in_review: ChangeRequest) -> None:
    assert segment_uses("big-baskets")
    withdraw_request(actor=cast.owner, request_id=in_review.pk)
    assert not open_requests("segment", "big-baskets").exists() and segment_uses("big-baskets") == []
    submit_request(actor=cast.owner, request_id=proposed_creation(cast.owner).pk)


def test_door_8__admin_site__cannot_add_change_or_delete(
    cast: SimpleNamespace, live_segment: str, client_of: Callable[[Any], Client]
) -> None:
    root = cast.administrator
    root.is_staff = root.is_superuser = True
    root.save()
    client = client_of(root)
    for model, site in admin.site._registry.items():
        if model._meta.app_label not in ("reviews", "taxonomy", "playbooks", "training"):
            continue
        row = model._default_manager.first()
        base = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
        assert site.actions is None, model
        assert client.post(base + "add/", {}).status_code == 403, model
        if row is not None:
            assert client.post(f"{base}{row.pk}/change/", {"state": "draft"}).status_code == 403, model
            assert client.post(f"{base}{row.pk}/delete/", {"post": "yes"}).status_code == 403, model


def test_door_20__every_enactment__is_imported_by_the_subjects_alone() -> None:
    root = Path(__file__).resolve().parents[2]
    contracts = ConfigParser()
    contracts.read(root / ".importlinter")
    guarded = set(contracts["importlinter:contract:consent"]["protected_modules"].split())
    apps = [path.parent for path in root.glob("*/apps.py")]
    written = {_module(root, path) for app in apps for path in app.glob("services/*enactment*.py")}
    assert len(apps) > 12 and written <= guarded
    importers = {
        _module(root, path)
        for app in apps
        for path in app.rglob("*.py")
        for text in [path.read_text()]
        if any(name.rpartition(".")[2] in text for name in guarded)
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.ImportFrom | ast.Import) and guarded & _named(node)
    }
    assert importers
    assert {name for name in importers - guarded if not name.startswith("reviews.subjects.")} == set()


def _named(node: ast.ImportFrom | ast.Import) -> set[str]:
    names = {alias.name for alias in node.names}
    return names if isinstance(node, ast.Import) else {str(node.module), *(f"{node.module}.{name}" for name in names)}


def _module(root: Path, path: Path) -> str:
    return ".".join(path.relative_to(root).with_suffix("").parts)


def test_every_address_that_changes_a_request__refuses_get(
    cast: SimpleNamespace, in_review: ChangeRequest, client_of: Callable[[Any], Client]
) -> None:
    client = client_of(cast.owner)
    before = ChangeRequest.objects.values().get()
    deeds = [name for name in _names("reviews") if name.startswith("request-") and name not in PAGES]
    assert len(deeds) >= 7
    for name in deeds:
        assert client.get(reverse(f"reviews:{name}", args=[in_review.pk])).status_code == 405, name
    assert ChangeRequest.objects.values().get() == before


def _names(namespace: str) -> list[str]:
    _, resolver = get_resolver().namespace_dict[namespace]
    return [str(name) for name in resolver.reverse_dict if isinstance(name, str)]
