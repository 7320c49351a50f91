"""Pages: what each person sees, what each deed leads to, and how many queries it takes."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from reviews.models import Board, ChangeRequest, Vote
from reviews.services.applying import stale_competitors
from reviews.services.comments import add_comment
from reviews.services.requests import edit_request
from reviews.web.documents import BriefForm
from taxonomy.selectors import live_content
from tests.reviews.conftest import proposed_change, submitted, vote

SignIn = Callable[[Any], Client]
SEGMENT_FORM = {
    "name": "Big baskets",
    "key": "big-baskets",
    "meaning": "Households that buy a lot.",
    "tier": "market",
    "parent": "",
    "rule": "spend >= 1000",
    "objective": "",
    "owner_data": "owner",
    "owner_definition": "owner",
    "owner_outcome": "owner",
    "rationale": "We do not speak to them.",
    "expected": "",
    "effective_at": "",
}


def page_of(request: ChangeRequest) -> str:
    return reverse("reviews:request", args=[request.pk])


def text_of(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


@pytest.mark.parametrize("tab", ["", "conversation", "changes", "impact", "checks", "nonsense"])
def test_request_page__every_tab_and_state__answers(
    cast: SimpleNamespace, live_segment: str, client_of: SignIn, tab: str
) -> None:
    rows = [
        ChangeRequest.objects.get(),
        proposed_change(cast.owner, rule="spend >= 4000"),
        submitted(cast.owner, proposed_change(cast.owner, rule="spend >= 3000", name="Big <b>Bold")),
    ]
    add_comment(actor=cast.sales_member, request_id=rows[2].pk, body="**Why** <script>alert(1)</script>")
    client = client_of(cast.owner)
    for row in rows:
        answer = client.get(page_of(row), {"tab": tab} if tab else {})
        assert answer.status_code == 200
        assert "<script>alert" not in answer.content.decode() and "<b>Bold" not in answer.content.decode()


def test_request_page__member__votes_on_what_is_shown(
    cast: SimpleNamespace, in_review: ChangeRequest, client_of: SignIn
) -> None:
    client = client_of(cast.marketing_member)
    shown = text_of(client.get(page_of(in_review)))
    assert "Approve as marketing" in shown and in_review.digest in shown
    assert "1 approval from sales: Sal Sands can give it" in shown

    url = reverse("reviews:request-vote", args=[in_review.pk])
    done = client.post(url, {"verdict": "approve", "reason": "", "digest": in_review.digest})
    assert done.status_code == 302 and Vote.objects.get().voter == cast.marketing_member
    assert "You voted “approve” on this revision" in text_of(client.get(page_of(in_review)))


def test_request_page__author__is_told_why_not_before_any_click(
    cast: SimpleNamespace, in_review: ChangeRequest, client_of: SignIn
) -> None:
    shown = text_of(client_of(cast.owner).get(page_of(in_review)))
    assert "You wrote this request, so you cannot vote on it. Another member of Grocery board can." in shown
    assert 'name="verdict"' not in shown


def test_vote__on_an_older_copy__shows_the_new_one_and_keeps_the_words(
    cast: SimpleNamespace, in_review: ChangeRequest, client_of: SignIn
) -> None:
    old = in_review.digest
    edit_request(actor=cast.owner, request_id=in_review.pk, changes={"proposed": {"rule": "spend >= 900"}})
    url = reverse("reviews:request-vote", args=[in_review.pk])
    answer = client_of(cast.sales_member).post(url, {"verdict": "reject", "reason": "Too wide for us.", "digest": old})
    in_review.refresh_from_db()
    shown = text_of(answer)
    assert answer.status_code == 409 and not Vote.objects.exists()
    assert "Changed: rule." in shown and "Too wide for us." in shown and in_review.digest in shown


def test_vote__rejection_without_reason__says_so_beside_the_box(
    cast: SimpleNamespace, in_review: ChangeRequest, client_of: SignIn
) -> None:
    url = reverse("reviews:request-vote", args=[in_review.pk])
    answer = client_of(cast.sales_member).post(url, {"verdict": "reject", "digest": in_review.digest})
    assert answer.status_code == 422 and "Say why" in text_of(answer)


def test_new_segment__form__makes_a_draft_or_submits(
    cast: SimpleNamespace, catalogue: None, board: Any, client_of: SignIn
) -> None:
    client = client_of(cast.owner)
    url = reverse("reviews:request-new") + "?type=segment&kind=create"
    assert "spend" in text_of(client.get(url))
    first = client.post(url, SEGMENT_FORM)
    request = ChangeRequest.objects.get()
    assert (first.status_code, first["Location"], request.state) == (302, page_of(request), "draft")
    second = client.post(url, {**SEGMENT_FORM, "key": "second", "then": "submit"})
    assert second.status_code == 302
    assert ChangeRequest.objects.latest("pk").state == "in_review"


def test_new_segment__broken_rule__stands_beside_the_field_and_nothing_is_lost(
    cast: SimpleNamespace, catalogue: None, board: Any, client_of: SignIn
) -> None:
    url = reverse("reviews:request-new") + "?type=segment&kind=create"
    answer = client_of(cast.owner).post(url, {**SEGMENT_FORM, "rule": "shoe_size > 3"})
    assert answer.status_code == 422 and "shoe_size" in text_of(answer)
    assert answer.context["form"].errors["rule"]
    assert "Households that buy a lot." in text_of(answer)
    assert not ChangeRequest.objects.exists()


def test_edit__form__begins_with_what_is_proposed(
    cast: SimpleNamespace, in_review: ChangeRequest, client_of: SignIn
) -> None:
    client = client_of(cast.owner)
    url = reverse("reviews:request-edit", args=[in_review.pk])
    shown = client.get(url)
    assert shown.context["form"]["rule"].value() == "spend >= 1000"
    assert "any change voids the votes" in text_of(shown)
    done = client.post(url, {**SEGMENT_FORM, "rule": "spend >= 1100", "version": in_review.version})
    in_review.refresh_from_db()
    assert (done.status_code, in_review.revision, in_review.state) == (302, 2, "in_review")
    late = client.post(url, {**SEGMENT_FORM, "rule": "spend >= 1200", "version": "1"})
    assert late.status_code == 422 and "changed since you read it" in text_of(late)


@pytest.mark.parametrize("kind", ["change", "retire"])
def test_live_segment__forms__open(cast: SimpleNamespace, live_segment: str, client_of: SignIn, kind: str) -> None:
    url = reverse("reviews:request-new") + f"?type=segment&kind={kind}&key=big-baskets"
    assert client_of(cast.owner).get(url).status_code == 200


def test_playbook__form__with_rows__makes_the_content(
    cast: SimpleNamespace, live_segment: str, client_of: SignIn
) -> None:
    client = client_of(cast.owner)
    url = reverse("reviews:request-new") + "?type=playbook&key=big-baskets"
    form = client.get(url).context["form"]
    given = dict.fromkeys(form.fields, "")
    given |= {
        "section_why": "Because.",
        "section_values": "Time.",
        "section_value_proposition": "One trip.",
        "objections-0-objection": "Too dear.",
        "objections-0-answer": "Show the bill.",
        "objections-3-objection": "Too far.",
        "objections-3-answer": "We bring it.",
        "section_dos": "Call early.\n\nSmile.",
        "rationale": "Nobody knows what to say.",
    }
    answer = client.post(url, given)
    assert answer.status_code == 302, answer.context["form"].errors
    content = ChangeRequest.objects.latest("pk").proposed
    assert content["objections"] == [
        {"objection": "Too dear.", "answer": "Show the bill."},
        {"objection": "Too far.", "answer": "We bring it."},
    ]
    assert content["dos"] == ["Call early.", "Smile."] and content["messages"] == []
    wrong = client.post(url, {**given, "objections-3-answer": ""})
    assert wrong.status_code == 422 and wrong.context["form"].errors["objections-3-answer"]
    edit = client.get(reverse("reviews:request-edit", args=[ChangeRequest.objects.latest("pk").pk]))
    assert edit.context["form"]["objections-1-answer"].value() == "We bring it."


def test_brief__form__with_steps__makes_the_walkthrough(
    cast: SimpleNamespace, live_segment: str, client_of: SignIn
) -> None:
    client = client_of(cast.owner)
    url = reverse("reviews:request-new") + "?type=brief&key=big-baskets"
    assert client.get(url).status_code == 200
    given = {
        **dict.fromkeys([f"section_{name}" for name in BriefForm.REQUIRED], "Words."),
        "rationale": "Newcomers ask.",
        "section_dos": "",
        "section_donts": "",
        "expected": "",
        "effective_at": "",
        "walkthrough_title": "First steps",
        "walkthrough_minutes": "5",
        "steps-0-kind": "read",
        "steps-0-title": "Read",
        "steps-0-text": "This.",
        "steps-1-kind": "choose",
        "steps-1-title": "Choose",
        "steps-1-text": "Which?",
        "steps-1-choices": "* Right one :: Yes, since.\nWrong one :: No, because.",
        "steps-2-kind": "classify",
        "steps-2-title": "In or out?",
        "steps-2-text": "Look.",
        "steps-2-customer": "spend = 1482.5\nregion = north",
        "steps-2-in_feedback": "In.",
        "steps-2-out_feedback": "Out.",
    }
    answer = client.post(url, given)
    assert answer.status_code == 302, answer.context["form"].errors
    made = ChangeRequest.objects.latest("pk")
    assert (made.rationale, made.proposed["rationale"]) == ("Newcomers ask.", "Words.")
    steps = made.proposed["walkthrough"]["steps"]
    assert [step["kind"] for step in steps] == ["read", "choose", "classify"]
    assert steps[1]["choices"][0] == {"text": "Right one", "feedback": "Yes, since.", "right": True}
    assert steps[2]["customer"] == {"spend": 1482.5, "region": "north"}
    wrong = client.post(url, {**given, "steps-2-customer": "shoes = 3"})
    assert wrong.status_code == 422 and wrong.context["form"].errors["steps-2-customer"]


def test_who_decides__before_submission__names_approvals_and_people(
    cast: SimpleNamespace, board: Any, client_of: SignIn
) -> None:
    url = reverse("reviews:who-decides")
    client = client_of(cast.owner)
    shown = text_of(client.get(url, {"type": "segment", "kind": "create", "key": "", "parent": ""}))
    assert "Grocery board" in shown and "1 approval from marketing: Mark Marsh can give it" in shown
    Board.objects.update(branches=["elsewhere"])
    assert "No board decides here" in text_of(client.get(url, {"type": "segment", "kind": "create"}))


def test_stale_request__page__offers_three_columns(cast: SimpleNamespace, live_segment: str, client_of: SignIn) -> None:
    slow = submitted(cast.owner, proposed_change(cast.owner, rule="spend >= 3000"))
    quick = submitted(cast.owner, proposed_change(cast.owner, rule="spend >= 2000"))
    vote(cast.marketing_member, quick)
    vote(cast.sales_member, quick)
    stale_competitors(subject_type="segment", subject_key="big-baskets")
    client = client_of(cast.owner)
    shown = text_of(client.get(page_of(slow)))
    assert "Live now" in shown and 'name="choice-rule"' in shown
    client.post(reverse("reviews:request-rebase", args=[slow.pk]), {"choice-rule": "proposed"})
    slow.refresh_from_db()
    assert (slow.state, slow.base_version) == ("draft", 2)


def test_list__waiting_first__tabs_and_filters(cast: SimpleNamespace, live_segment: str, client_of: SignIn) -> None:
    waiting = submitted(cast.owner, proposed_change(cast.owner, rule="spend >= 3000"))
    own = proposed_change(cast.owner, rule="spend >= 4000")
    member, owner = client_of(cast.sales_member), client_of(cast.owner)
    url = reverse("reviews:list")
    assert [row.pk for row in member.get(url).context["page"]] == [waiting.pk]
    assert [row.pk for row in owner.get(url).context["page"]] == [own.pk, waiting.pk]
    assert [row.state for row in member.get(url, {"state": "decided"}).context["page"]] == ["applied"]
    assert len(member.get(url, {"subject": "big-baskets"}).context["page"]) == 2
    assert list(member.get(url, {"mine": "1"}).context["page"]) == []
    assert member.get(url, {"state": "nonsense"}).status_code == 400


def test_boards__pages__for_reader_and_administrator(
    cast: SimpleNamespace, in_review: ChangeRequest, client_of: SignIn
) -> None:
    reader, administrator = client_of(cast.viewer), client_of(cast.administrator)
    url = reverse("reviews:board", args=["grocery"])
    shown = text_of(reader.get(url))
    assert "Asks for 2 approvals, among them 1 of marketing and 1 of sales." in shown
    assert "Only an administrator sets up boards and seats." in shown and "Seat somebody" not in shown
    assert (
        reader.post(
            reverse("reviews:board-seat", args=["grocery"]), {"username": "viewer", "function": "sales"}
        ).status_code
        == 403
    )
    seat = administrator.post(
        reverse("reviews:board-seat", args=["grocery"]), {"username": "finance_member", "function": "finance"}
    )
    assert seat.status_code == 302
    end = administrator.post(reverse("reviews:board-unseat", args=["grocery"]), {"username": "sales_member"})
    assert end.status_code == 302
    assert "Earlier seats" in text_of(administrator.get(url))
    assert reader.get(reverse("reviews:board-new")).status_code == 403
    form = {
        "name": "Grocery",
        "branches": "",
        "subject_types": ["segment"],
        "quorum": "1",
        "reject_on": "any",
        "expires_days": "10",
        "version": "1",
    }
    edited = administrator.post(reverse("reviews:board-edit", args=["grocery"]), form)
    assert edited.status_code == 302 and Board.objects.get().policy["expires_days"] == 10
    made = administrator.post(
        reverse("reviews:board-new"), {**form, "key": "wine", "branches": "wine beer", "required_sales": "1"}
    )
    assert made.status_code == 302
    assert Board.objects.get(key="wine").policy["required"] == {"sales": 1}


def test_stranger__sees_no_request_and_no_board(
    cast: SimpleNamespace, in_review: ChangeRequest, client_of: SignIn
) -> None:
    client = client_of(cast.stranger)
    assert client.get(page_of(in_review)).status_code == 404
    assert client.get(reverse("reviews:board", args=["grocery"])).status_code == 404
    assert "Big baskets" not in text_of(client.get(reverse("reviews:list")))
    assert "Big baskets" not in text_of(client.get(reverse("reviews:segment-region", args=["big-baskets"])))


def test_signed_out__every_page__asks_to_sign_in(in_review: ChangeRequest) -> None:
    client = Client()
    for url in (page_of(in_review), reverse("reviews:list"), reverse("reviews:boards"), reverse("reviews:request-new")):
        assert client.get(url).status_code == 302


def test_segment_region__lists_requests_of_the_segment(
    cast: SimpleNamespace, live_segment: str, client_of: SignIn
) -> None:
    shown = text_of(client_of(cast.viewer).get(reverse("reviews:segment-region", args=[live_segment])))
    assert "New segment: Big baskets" in shown and "<html" not in shown


def test_queries__do_not_grow_with_the_number_of_requests(
    cast: SimpleNamespace, live_segment: str, client_of: SignIn
) -> None:
    client = client_of(cast.sales_member)

    def count(url: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(url).status_code == 200
        return len(queries)

    first = submitted(cast.owner, proposed_change(cast.owner, rule="spend >= 2000"))
    urls = [
        reverse("reviews:list"),
        page_of(first),
        reverse("reviews:boards"),
        reverse("reviews:board", args=["grocery"]),
    ]
    for url in urls:
        client.get(url)
    before = [count(url) for url in urls]
    for number in range(6):
        more = submitted(cast.owner, proposed_change(cast.owner, rule=f"spend >= {3000 + number}"))
        vote(cast.marketing_member, more)
        add_comment(actor=cast.sales_member, request_id=first.pk, body=f"Comment {number}")
    assert [count(url) for url in urls] == before


def test_home_panel_and_count__follow_what_waits(cast: SimpleNamespace, in_review: ChangeRequest) -> None:
    from reviews.selectors import home_panels, search, waiting_count

    assert waiting_count(cast.sales_member) == 1
    panel = home_panels(cast.sales_member)[0]
    assert (panel.key, panel.items[0].title) == ("votes", "New segment: Big baskets")
    vote(cast.sales_member, in_review)
    assert waiting_count(cast.sales_member) == 0
    assert [hit.title for hit in search(cast.viewer, "baskets", 5)] == [f"#{in_review.pk} New segment: Big baskets"]
    assert search(cast.stranger, "baskets", 5) == []
    assert live_content("big-baskets") is None


def test_draft_of_others__is_in_no_list_search_or_region(
    cast: SimpleNamespace, draft: ChangeRequest, client_of: SignIn
) -> None:
    from reviews.selectors import search

    client = client_of(cast.marketing_member)
    assert list(client.get(reverse("reviews:list"), {"state": ""}).context["page"]) == []
    assert "Big baskets" not in text_of(client.get(reverse("reviews:segment-region", args=["big-baskets"])))
    assert search(cast.marketing_member, "baskets", 5) == []
