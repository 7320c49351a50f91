"""The request page: what changed since your approval, clauses, suggestions, checks by result, the story, on paper."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from reviews.models import ChangeRequest, Impact, Suggestion
from reviews.selectors.since import approval_of, changed_since
from reviews.services.boards import define_board
from reviews.services.comments import add_comment
from reviews.services.requests import edit_request
from reviews.services.suggesting import suggest_wording
from safeguards.services.freezing import freeze
from tests.reviews.conftest import proposed_change, submitted, vote

SignIn = Callable[[Any], Client]
HOSTILE = "<img src=x onerror=alert(1)> " + "W" * 400


def shown(client: Client, request: ChangeRequest, **query: str) -> str:
    answer = client.get(reverse("reviews:request", args=[request.pk]), query)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def test_approval__on_what_stands__is_said_exactly(
    cast: SimpleNamespace, in_review: ChangeRequest, client_of: SignIn
) -> None:
    vote(cast.marketing_member, in_review)
    assert "You approved exactly this" in shown(client_of(cast.marketing_member), in_review)
    assert "You approved exactly this" not in shown(client_of(cast.sales_member), in_review)
    add_comment(actor=cast.sales_member, request_id=in_review.pk, body="Nothing changes by this.")
    assert "You approved exactly this" in shown(client_of(cast.marketing_member), in_review)


@pytest.mark.parametrize(
    ("changes", "part", "label"),
    [
        ({"proposed": {"rule": "spend >= 1100"}}, "change", "Rule"),
        ({"proposed": {"name": "Larger baskets"}}, "change", "Name"),
        ({"rationale": "For another reason."}, "change", "Why"),
        ({"statement": {"affected": "Every shop."}}, "statement", "Affected"),
        ({"statement": {"ethics": {"fair": {"answer": "yes", "reason": ""}}}}, "ethics", "fair"),
    ],
)
def test_approval__the_author_changed_an_ingredient__is_void_and_names_it(
    cast: SimpleNamespace, in_review: ChangeRequest, client_of: SignIn, changes: dict[str, Any], part: str, label: str
) -> None:
    vote(cast.marketing_member, in_review)
    edit_request(actor=cast.owner, request_id=in_review.pk, changes=changes)
    request = ChangeRequest.objects.get(pk=in_review.pk)
    found = approval_of(cast.marketing_member, request)
    assert found is not None and not found.stands
    assert (part, label) in {(each.part, each.label) for each in found.changed}
    page = shown(client_of(cast.marketing_member), request)
    assert "Your approval of revision 1 is void. What changed since:" in page
    assert "You approved exactly this" not in page and "is void" not in shown(client_of(cast.sales_member), request)


def test_approval__policy_changed__is_void_and_names_the_policy(
    cast: SimpleNamespace, in_review: ChangeRequest
) -> None:
    vote(cast.marketing_member, in_review)
    policy = {"quorum": 3, "required": {"marketing": 1, "sales": 1}}
    define_board(actor=cast.administrator, key="grocery", name="Grocery board", policy=policy)
    found = approval_of(cast.marketing_member, ChangeRequest.objects.get(pk=in_review.pk))
    assert found is not None and not found.stands and found.parts == ["policy"]


def test_changed_since__impact_checks_and_grounds__are_named_apart(in_review: ChangeRequest) -> None:
    now_shown = Impact.objects.select_related("revision").get(request=in_review)
    seen = Impact.objects.select_related("revision").get(request=in_review)
    seen.record = {**seen.record, "entering": 77}
    seen.checks = [{**check, "reason": "Otherwise."} if not at else check for at, check in enumerate(seen.checks)]
    seen.grounds = {"parent": 4}
    found = changed_since(seen.revision, seen, in_review, now_shown)
    assert {each.part for each in found} == {"impact", "checks", "grounds"}
    assert changed_since(seen.revision, now_shown, in_review, now_shown) == []


def test_clause_comment__by_the_form__stands_beside_the_clause_and_in_the_conversation(
    cast: SimpleNamespace, in_review: ChangeRequest, client_of: SignIn
) -> None:
    client = client_of(cast.sales_member)
    url = reverse("reviews:request-comment", args=[in_review.pk])
    assert 'name="clause" value="all"' in shown(client, in_review, tab="changes")
    done = client.post(url, {"clause": "all", "body": f"Too low. {HOSTILE}"})
    assert done["Location"].endswith("?tab=changes#clause-all")
    changes, talk = shown(client, in_review, tab="changes"), shown(client, in_review, tab="conversation")
    assert "Too low." in changes and "Too low." in talk and "<img src=x" not in changes + talk
    assert "About the clause “yearly spend is at least 1,000 USD”" in talk or "About the clause “" in talk
    wrong = client.post(url, {"clause": "9.9", "body": "Where?"}, follow=True)
    assert "no such clause" in wrong.content.decode()


def test_suggestion__by_the_forms__says_first_what_taking_costs_and_is_taken_in_one_click(
    cast: SimpleNamespace, in_review: ChangeRequest, client_of: SignIn
) -> None:
    member, owner = client_of(cast.sales_member), client_of(cast.owner)
    page = shown(member, in_review, tab="changes")
    assert "you cannot vote on it any more" in page
    given = {"field": "rule", "proposed": "spend >= 1500", "note": HOSTILE}
    member.post(reverse("reviews:request-suggest", args=[in_review.pk]), given)
    made = Suggestion.objects.get()
    asked = shown(owner, in_review)
    assert "Sal Sands cannot vote on this request any more" in asked and "<img src=x" not in asked
    assert reverse("reviews:suggestion-take", args=[in_review.pk, made.pk]) not in shown(member, in_review)
    assert owner.get(reverse("reviews:suggestion-take", args=[in_review.pk, made.pk])).status_code == 405
    owner.post(reverse("reviews:suggestion-take", args=[in_review.pk, made.pk]))
    in_review.refresh_from_db()
    assert (in_review.revision, in_review.proposed["rule"]) == (2, "spend >= 1500")
    compared = shown(owner, in_review, tab="changes", since="1")
    assert "From revision 1 to revision 2" in compared and "worded by Sal Sands" in compared
    assert "cannot vote" in shown(member, in_review), "the vote box says why"


def test_suggestion__declined_by_the_form__is_closed(
    cast: SimpleNamespace, in_review: ChangeRequest, client_of: SignIn
) -> None:
    made = suggest_wording(actor=cast.sales_member, request_id=in_review.pk, field="name", proposed="Carts")
    client_of(cast.owner).post(reverse("reviews:suggestion-decline", args=[in_review.pk, made.pk]))
    made.refresh_from_db()
    assert made.state == "declined" and "Declined" in shown(client_of(cast.viewer), in_review)


def test_checks__by_result__worst_first_with_the_remedy(
    cast: SimpleNamespace, in_review: ChangeRequest, client_of: SignIn
) -> None:
    page = shown(client_of(cast.viewer), in_review, tab="checks")
    places = [page.find(f'id="checks-{status}"') for status in ("fail", "warn", "not_run", "pass")]
    there = [place for place in places if place >= 0]
    assert there == sorted(there) and len(there) >= 2
    assert "What to do:" in page


def test_story__narrowed__shows_that_kind_alone(
    cast: SimpleNamespace, in_review: ChangeRequest, client_of: SignIn
) -> None:
    add_comment(actor=cast.viewer, request_id=in_review.pk, body="A remark of mine.")
    vote(cast.marketing_member, in_review, "abstain", "No view from here.")
    client = client_of(cast.viewer)
    talk, votes = (shown(client, in_review, tab="conversation", show=kind) for kind in ("talk", "votes"))
    # The votes stand beside the story too, with their reasons: in the story, a vote stands once more.
    assert "A remark of mine." in talk and talk.count("No view from here.") == 1
    assert "A remark of mine." not in votes and votes.count("No view from here.") == 2
    wording = shown(client, in_review, tab="conversation", show="wording")
    assert "began this request" in wording and "A remark of mine." not in wording


def test_one_page__for_paper__holds_every_tab(
    cast: SimpleNamespace, in_review: ChangeRequest, client_of: SignIn
) -> None:
    page = shown(client_of(cast.viewer), in_review, tab="all")
    assert all(f'id="{part}"' in page for part in ("why", "changes", "impact", "checks", "story"))
    assert page.count("<h1") == 1 and "data-print" in page


def test_statement__of_the_author__is_on_the_page_and_hostile_words_stay_words(
    cast: SimpleNamespace, draft: ChangeRequest, client_of: SignIn
) -> None:
    statement = {
        "affected": HOSTILE,
        "rollback": "Take version 1 back.",
        "quick_win": True,
        "prediction": {"size": {"low": 10, "expected": 20, "high": 30}, "due_on": "2999-01-01"},
        "assumptions": [{"text": "Prices stay.", "attribute": "spend", "low": 900, "high": 1200}],
        "ethics": {"fair": {"answer": "yes", "reason": "Nobody is shut out."}},
    }
    edit_request(actor=cast.owner, request_id=draft.pk, changes={"statement": statement})
    page = shown(client_of(cast.owner), draft, tab="conversation")
    assert "<img src=x" not in page and "WWWW" in page
    for words in (
        "Take version 1 back.",
        "Prices stay.",
        "at least 900 at most 1,200",
        "Nobody is shut out.",
        "2999-01-01",
    ):
        assert words in page


def test_queries__do_not_grow_with_clause_comments_suggestions_and_revisions(
    cast: SimpleNamespace, live_segment: str, client_of: SignIn
) -> None:
    request = submitted(cast.owner, proposed_change(cast.owner, rule="spend >= 2000"))
    client = client_of(cast.sales_member)

    def busier(number: int) -> None:
        rule = f"spend >= {3000 + number} AND coupons > {number}"
        edit_request(actor=cast.owner, request_id=request.pk, changes={"proposed": {"rule": rule}})
        vote(cast.marketing_member, request)
        add_comment(actor=cast.sales_member, request_id=request.pk, body="Why?", clause="1")
        suggest_wording(actor=cast.sales_member, request_id=request.pk, field="name", proposed=f"Name {number}")

    def counts() -> list[int]:
        found = []
        for tab in ("conversation", "changes", "impact", "checks", "all"):
            with CaptureQueriesContext(connection) as queries:
                shown(client, request, tab=tab)
            found.append(len(queries))
        return found

    busier(1)
    counts()
    before = counts()
    for number in range(2, 5):
        busier(number)
    assert counts() == before


def test_list__sorted_and_narrowed__leads_to_the_difference_in_one_click(
    cast: SimpleNamespace, live_segment: str, client_of: SignIn
) -> None:
    first = submitted(cast.owner, proposed_change(cast.owner, rule="spend >= 3000"))
    second = submitted(cast.owner, proposed_change(cast.owner, name="Zeppelin baskets"))
    client = client_of(cast.viewer)
    url = reverse("reviews:list")

    def order(sort: str) -> list[int]:
        answer = client.get(url, {"state": "open", "sort": sort})
        assert answer.status_code == 200
        return [row.pk for row in answer.context["page"]]

    assert order("age") == [first.pk, second.pk] and order("-age") == [second.pk, first.pk]
    assert set(order("size")) == set(order("-due")) == set(order("nonsense")) == {first.pk, second.pk}
    page = client.get(url, {"state": "open"}).content.decode()
    assert f"/requests/{first.pk}/?tab=changes" in page and 'aria-sort="descending"' not in page
    assert [row.pk for row in client.get(url, {"type": "playbook", "state": ""}).context["page"]] == []


def test_page__segment_frozen__says_what_takes_effect_and_what_waits(
    cast: SimpleNamespace, live_segment: str, client_of: SignIn
) -> None:
    request = submitted(cast.owner, proposed_change(cast.owner))
    assert "stays as published" not in shown(client_of(cast.owner), request)
    freeze(actor=cast.steward, scope="segment", key=live_segment, reason="The receipts of May are in doubt.")

    page = shown(client_of(cast.owner), request)

    assert "The receipts of May are in doubt." in page and "stays as published" in page
