"""Side doors that were reported against other approval systems; each is shut here. Numbers follow the catalogue.

1 edit after approval, 5 quorum of nobody, 7 and 8 own approval and superusers, 12 members seated later, 14 rejection
of a live thing, 16 approve and apply as one, 18 resolved conflicts: see test_refusals, test_boards, test_voting and
test_lifecycle.
"""

import ast
import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import get_resolver, reverse

from common.clock import now
from reviews.models import ChangeRequest, Vote
from reviews.selectors import open_requests, segment_uses
from reviews.services.applying import apply_due
from reviews.services.boards import define_board
from reviews.services.requests import create_request, schedule_request, submit_request, withdraw_request
from taxonomy.models import SegmentVersion
from taxonomy.selectors import live_content
from tests.reviews.conftest import proposed_change, proposed_creation, submitted, vote

Api = Callable[..., Client]
APPS = ("customers", "taxonomy", "memberships", "playbooks", "training", "reviews", "ledger", "accounts", "segportal")


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
    schedule_request(actor=cast.owner, request_id=in_review.pk, effective_at=now() + timedelta(seconds=1))
    vote(cast.marketing_member, in_review)
    import time

    time.sleep(1.1)
    assert apply_due() == 0
    in_review.refresh_from_db()
    assert in_review.state == "in_review" and live_content("big-baskets") is None


def test_door_6__board_members_with_the_smallest_role__can_vote_and_see_the_button(
    cast: SimpleNamespace, in_review: ChangeRequest, client_of: Callable[[Any], Client]
) -> None:
    page = client_of(cast.sales_member).get(reverse("reviews:request", args=[in_review.pk]))
    assert b"Approve as sales" in page.content


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


def test_door_11__an_author_who_holds_every_right__still_ends_with_a_draft(
    cast: SimpleNamespace, catalogue: None, board: Any
) -> None:
    request = proposed_creation(cast.administrator)
    assert request.state == "draft" and live_content("big-baskets") is None


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


def test_door_17__a_stale_request__takes_no_votes(cast: SimpleNamespace, live_segment: str) -> None:
    slow = submitted(cast.owner, proposed_change(cast.owner, rule="spend >= 3000"))
    quick = submitted(cast.owner, proposed_change(cast.owner, rule="spend >= 2000"))
    vote(cast.marketing_member, quick)
    vote(cast.sales_member, quick)
    for _ in range(2):
        with pytest.raises(Exception, match=r"stale|live version moved"):
            vote(cast.marketing_member, slow)
    assert not Vote.objects.filter(request=slow).exists()


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


def test_door_20__enactment__is_imported_by_the_subjects_alone() -> None:
    root = Path(__file__).resolve().parents[2]
    found = []
    for app in APPS:
        for path in (root / app).rglob("*.py"):
            names = [
                node.module or "" for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.ImportFrom)
            ]
            if any(name.endswith("services.enactment") for name in names):
                found.append(str(path.relative_to(root)))
    assert found and all(name.startswith("reviews/subjects/") for name in found)


def test_every_address_that_changes_a_request__refuses_get(
    cast: SimpleNamespace, in_review: ChangeRequest, client_of: Callable[[Any], Client]
) -> None:
    client = client_of(cast.owner)
    before = ChangeRequest.objects.values().get()
    deeds = [
        name
        for name in _names("reviews")
        if name.startswith("request-") and name not in ("request-new", "request-edit", "request-meaning")
    ]
    assert len(deeds) >= 7
    for name in deeds:
        assert client.get(reverse(f"reviews:{name}", args=[in_review.pk])).status_code == 405, name
    assert ChangeRequest.objects.values().get() == before


def _names(namespace: str) -> list[str]:
    _, resolver = get_resolver().namespace_dict[namespace]
    return [str(name) for name in resolver.reverse_dict if isinstance(name, str)]
