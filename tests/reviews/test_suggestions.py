"""Suggestions: offered, taken in one click, declined, overtaken; whoever's words were taken does not vote."""

import json
from types import SimpleNamespace
from typing import Any

import pytest

from common.errors import Conflict, Invalid, NotAllowed, NotFound
from reviews.errors import IllegalMove, Recused
from reviews.models import ChangeRequest, Revision, Suggestion, Vote
from reviews.services.requests import edit_request, withdraw_request
from reviews.services.suggesting import decline_suggestion, suggest_wording, take_suggestion
from tests.reviews.conftest import vote


def suggested(actor: Any, request: ChangeRequest, field: str = "rule", proposed: Any = "spend >= 1500") -> Suggestion:
    return suggest_wording(actor=actor, request_id=request.pk, field=field, proposed=proposed, note="Rounder.")


def test_suggestion__open__changes_nothing_and_its_writer_votes(
    cast: SimpleNamespace, in_review: ChangeRequest
) -> None:
    made = suggested(cast.sales_member, in_review)
    stands = ChangeRequest.objects.get(pk=in_review.pk)
    assert (made.state, stands.digest, stands.revision) == ("open", in_review.digest, 1)
    vote(cast.sales_member, in_review)


def test_suggestion__taken__is_a_new_revision_voids_votes_and_bars_its_writer(
    cast: SimpleNamespace, in_review: ChangeRequest
) -> None:
    vote(cast.marketing_member, in_review)
    made = suggested(cast.sales_member, in_review)
    take_suggestion(actor=cast.owner, request_id=in_review.pk, suggestion_id=made.pk)
    request, revision = ChangeRequest.objects.get(pk=in_review.pk), Revision.objects.latest("number")
    assert (request.state, request.proposed["rule"], revision.suggested_by) == (
        "in_review",
        "spend >= 1500",
        cast.sales_member,
    )
    assert Vote.objects.get().voided_at is not None and request.digest != in_review.digest
    with pytest.raises(Recused):
        vote(cast.sales_member, request)
    vote(cast.marketing_member, request)
    assert ChangeRequest.objects.get(pk=in_review.pk).state == "in_review", "one approval is not enough"


def test_suggestion__of_the_rationale__is_taken_like_any_other(cast: SimpleNamespace, in_review: ChangeRequest) -> None:
    made = suggested(cast.sales_member, in_review, "rationale", "They leave us for the discounter.")
    take_suggestion(actor=cast.owner, request_id=in_review.pk, suggestion_id=made.pk)
    assert ChangeRequest.objects.get(pk=in_review.pk).rationale == "They leave us for the discounter."


def test_suggestion__declined_or_taken_back__is_closed_once(cast: SimpleNamespace, in_review: ChangeRequest) -> None:
    first, second = suggested(cast.sales_member, in_review), suggested(cast.marketing_member, in_review)
    decline_suggestion(actor=cast.owner, request_id=in_review.pk, suggestion_id=first.pk)
    decline_suggestion(actor=cast.marketing_member, request_id=in_review.pk, suggestion_id=second.pk)
    assert {row.state for row in Suggestion.objects.all()} == {"declined"}
    with pytest.raises(Conflict, match="closed"):
        take_suggestion(actor=cast.owner, request_id=in_review.pk, suggestion_id=first.pk)


def test_suggestion__overtaken_by_another_wording_of_its_part__is_outdated(
    cast: SimpleNamespace, in_review: ChangeRequest
) -> None:
    rule, name = suggested(cast.sales_member, in_review), suggested(cast.sales_member, in_review, "name", "Big carts")
    edit_request(actor=cast.owner, request_id=in_review.pk, changes={"proposed": {"rule": "spend >= 1200"}})
    states = dict(Suggestion.objects.values_list("pk", "state"))
    assert (states[rule.pk], states[name.pk]) == ("outdated", "open")
    take_suggestion(actor=cast.owner, request_id=in_review.pk, suggestion_id=name.pk)
    assert ChangeRequest.objects.get(pk=in_review.pk).proposed["name"] == "Big carts"


@pytest.mark.parametrize(
    ("field", "proposed"),
    [
        ("rule", "spend >= 1000"),
        ("rule", "shoe_size > 3"),
        ("rule", 7),
        ("shoes", "new"),
        ("effective_at", "2030-01-01"),
        ("statement", {}),
        ("name", ""),
        ("rationale", "\u202ehidden"),
    ],
)
def test_suggestion__that_could_not_be_submitted__is_refused(
    cast: SimpleNamespace, in_review: ChangeRequest, field: str, proposed: Any
) -> None:
    with pytest.raises(Invalid):
        suggested(cast.sales_member, in_review, field, proposed)
    assert not Suggestion.objects.exists()


def test_suggestion__is_no_way_round__who_may_not_edit_cannot_take(
    cast: SimpleNamespace, in_review: ChangeRequest
) -> None:
    with pytest.raises(NotAllowed):
        suggested(cast.owner, in_review)  # to oneself
    with pytest.raises(NotAllowed):
        suggested(cast.rep, in_review)  # could not propose here either
    made = suggested(cast.sales_member, in_review)
    for person in (cast.sales_member, cast.marketing_member, cast.viewer):
        with pytest.raises(NotAllowed):
            take_suggestion(actor=person, request_id=in_review.pk, suggestion_id=made.pk)
    with pytest.raises(NotAllowed):
        decline_suggestion(actor=cast.viewer, request_id=in_review.pk, suggestion_id=made.pk)
    with pytest.raises(NotFound):
        take_suggestion(actor=cast.owner, request_id=in_review.pk, suggestion_id=made.pk + 99)
    withdraw_request(actor=cast.owner, request_id=in_review.pk)
    with pytest.raises(IllegalMove):
        take_suggestion(actor=cast.owner, request_id=in_review.pk, suggestion_id=made.pk)


def test_api__clause_comment_suggestion_and_own_approval__go_round(
    cast: SimpleNamespace, in_review: ChangeRequest, api_of: Any
) -> None:
    one = f"/api/v1/change-requests/{in_review.pk}/"
    member, owner = api_of(cast.sales_member), api_of(cast.owner)

    def post(client: Any, path: str, body: dict[str, Any]) -> Any:
        return client.post(one + path, json.dumps(body), content_type="application/json")

    assert post(member, "comments/", {"body": "Why?", "clause": "all"}).status_code == 201
    assert post(member, "comments/", {"body": "Why?", "clause": "5"}).json()["errors"][0]["code"] == "unknown_clause"
    vote(cast.sales_member, in_review)
    assert member.get(one).json()["your_approval"] == {"revision": 1, "stands": True, "changed": []}
    made = post(member, "suggestions/", {"field": "rule", "proposed": "spend >= 1500"})
    assert (made.status_code, made.json()["state"]) == (201, "open")
    taken = post(owner, f"suggestions/{made.json()['id']}/take/", {})
    assert (taken.status_code, taken.json()["proposed"]["rule"], taken.json()["revision"]) == (200, "spend >= 1500", 2)
    assert [row["state"] for row in owner.get(one + "suggestions/").json()["results"]] == ["taken"]
    seen = member.get(one).json()
    assert seen["your_approval"]["stands"] is False and not seen["you"]["may_vote"]
    assert "Rule" in [each["label"] for each in seen["your_approval"]["changed"]]
    assert owner.get(one).json()["your_approval"] is None
    assert post(owner, f"suggestions/{made.json()['id']}/decline/", {}).status_code == 409
