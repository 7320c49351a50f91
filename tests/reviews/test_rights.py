"""By what right somebody votes: lent seats, being named, standing aside, people from outside; and who never may."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from common.clock import now
from common.errors import Conflict, Invalid, NotAllowed
from ledger.models import Entry
from reviews.choices import State, SuggestionState
from reviews.errors import AlreadyVoted, ChangedSinceOpened, LinkClosed, LinkInvalid, NoSeat, Recused, StandsAside
from reviews.models import ChangeRequest, Delegation, Invitation, Suggestion, Vote
from reviews.selectors import eligibility, standing
from reviews.selectors.requests import current_revision
from reviews.services.answering import answer_invitation, invitation_for
from reviews.services.boards import define_board
from reviews.services.delegating import lend_seat, take_back_seat
from reviews.services.invitations import invite_outsider, revoke_invitation
from reviews.services.requests import edit_request
from reviews.services.requirements import preview_requirement
from reviews.services.standing_aside import stand_aside, withdraw_declaration
from reviews.services.voting import cast_vote
from taxonomy.models import SegmentVersion
from tests.reviews.conftest import invited, proposed_change, proposed_creation, submitted, vote

BELOW = {
    "tier": "segment",
    "parent": "big-baskets",
    "name": "Weekly shoppers",
    "meaning": "Those of them who come every week.",
    "rule": "coupons >= 5",
}


def lend(actor: Any, delegate: str = "rep", **given: Any) -> Delegation:
    arguments = {"board_key": "grocery", "ends_at": now() + timedelta(days=7), "reason": "On leave.", **given}
    return lend_seat(actor=actor, delegate=delegate, **arguments)


def policy(cast: SimpleNamespace, **given: Any) -> Any:
    """The board of two with another policy."""
    return define_board(
        actor=cast.administrator,
        key="grocery",
        name="Grocery board",
        policy={"quorum": 2, "required": {"marketing": 1, "sales": 1}, **given},
    )


# ---- lent seats --------------------------------------------------------------------------------------------------


def test_lent_seat__delegate__votes_for_its_function_once(cast: SimpleNamespace, in_review: ChangeRequest) -> None:
    act = lend(cast.sales_member)
    found = eligibility(cast.rep, in_review)
    assert (found.may_vote, found.function, found.delegation_id) == (True, "sales", act.pk)
    cast_ = vote(cast.rep, in_review)
    assert (cast_.function, cast_.delegation, cast_.seat.user) == ("sales", act, cast.sales_member)
    with pytest.raises(AlreadyVoted, match="voted from this seat"):
        vote(cast.sales_member, in_review)
    assert not eligibility(cast.sales_member, in_review).may_vote
    vote(cast.marketing_member, in_review)
    in_review.refresh_from_db()
    assert in_review.state == State.APPLIED
    entry = Entry.objects.filter(event="reviews.vote.cast").order_by("id").first()
    assert entry is not None and entry.payload["in_place"] == " in the place of sales_member"


def test_lent_seat__one_person__never_gives_two_votes(cast: SimpleNamespace, in_review: ChangeRequest) -> None:
    act = lend(cast.sales_member, "marketing_member")
    vote(cast.marketing_member, in_review)
    with pytest.raises(AlreadyVoted):
        cast_vote(
            actor=cast.marketing_member,
            request_id=in_review.pk,
            verdict="approve",
            digest=in_review.digest,
            delegation_id=act.pk,
        )
    assert standing(in_review).received == 1


def test_lent_seat__of_the_author__bars_the_delegate_too(cast: SimpleNamespace, catalogue: None, board: Any) -> None:
    request = submitted(cast.sales_member, proposed_creation(cast.sales_member))
    lend(cast.sales_member)
    refusal = eligibility(cast.rep, request)
    assert not refusal.may_vote and "lent you the seat, wrote this request" in refusal.reason
    with pytest.raises(Recused):
        vote(cast.rep, request)


def test_lent_seat__to_the_author__is_no_way_round(cast: SimpleNamespace, in_review: ChangeRequest) -> None:
    lend(cast.sales_member, "owner")
    with pytest.raises(Recused, match="You wrote"):
        vote(cast.owner, in_review)


def test_lent_seat__taken_back__its_vote_counts_no_longer(cast: SimpleNamespace, in_review: ChangeRequest) -> None:
    act = lend(cast.sales_member)
    vote(cast.rep, in_review)
    take_back_seat(actor=cast.sales_member, delegation_id=act.pk)
    assert standing(in_review).received == 0
    with pytest.raises(NoSeat):
        cast_vote(actor=cast.rep, request_id=in_review.pk, verdict="approve", digest=in_review.digest)
    with pytest.raises(Conflict):
        take_back_seat(actor=cast.sales_member, delegation_id=act.pk)


def test_lent_seat__outside_its_dates__gives_no_vote(cast: SimpleNamespace, in_review: ChangeRequest) -> None:
    lend(cast.sales_member, starts_at=now() + timedelta(days=1))
    assert not eligibility(cast.rep, in_review).may_vote
    with pytest.raises(NoSeat):
        vote(cast.rep, in_review)


@pytest.mark.parametrize(
    ("given", "error", "words"),
    [
        ({"delegate": "sales_member"}, Invalid, "themselves"),
        ({"delegate": "deactivated"}, Invalid, ""),
        ({"ends_at": now() - timedelta(days=1)}, Invalid, "not in the past"),
        ({"ends_at": now() + timedelta(days=120)}, Invalid, "92 days"),
        ({"holder": "marketing_member"}, NotAllowed, "your own seat"),
        ({"reason": " "}, Invalid, ""),
        ({"delegate": "stranger"}, Invalid, "no role"),
    ],
)
def test_lend__what_cannot_be__is_refused(
    cast: SimpleNamespace, board: Any, given: Any, error: Any, words: str
) -> None:
    with pytest.raises(error, match=words):
        lend(cast.sales_member, **given)
    assert not Delegation.objects.exists()


def test_lend__twice_at_one_time__is_refused(cast: SimpleNamespace, board: Any) -> None:
    lend(cast.sales_member)
    with pytest.raises(Conflict, match="lent at that time already"):
        lend(cast.sales_member, "viewer")


def test_lend__administrator__for_somebody_away_but_never_to_themselves(cast: SimpleNamespace, board: Any) -> None:
    made = lend(cast.administrator, "rep", holder="sales_member")
    assert made.seat.user == cast.sales_member and made.granted_by == cast.administrator
    with pytest.raises(Invalid, match="themselves"):
        lend(cast.administrator, "administrator", holder="marketing_member")


# ---- standing aside ----------------------------------------------------------------------------------------------


def test_aside__declared__vote_is_neither_taken_nor_counted(cast: SimpleNamespace, in_review: ChangeRequest) -> None:
    vote(cast.sales_member, in_review)
    made = stand_aside(actor=cast.sales_member, request_id=in_review.pk, kind="conflict", reason="My brother sells it.")
    now_ = standing(in_review)
    assert now_.received == 0 and [row.voter for row in now_.hollow] == [cast.sales_member]
    assert "conflict of interest" in eligibility(cast.sales_member, in_review).reason
    with pytest.raises(StandsAside):
        vote(cast.sales_member, in_review)
    with pytest.raises(Conflict, match="does not come back"):
        withdraw_declaration(actor=cast.sales_member, declaration_id=made.pk)


def test_aside__bars_who_borrowed_the_seat(cast: SimpleNamespace, in_review: ChangeRequest) -> None:
    lend(cast.sales_member)
    made = stand_aside(actor=cast.sales_member, request_id=in_review.pk, kind="recusal", reason="I advised on it.")
    with pytest.raises(StandsAside, match="nobody votes in their place"):
        vote(cast.rep, in_review)
    withdraw_declaration(actor=cast.sales_member, declaration_id=made.pk)
    assert vote(cast.rep, in_review).function == "sales"


def test_aside__about_others__only_a_steward_with_clean_hands(cast: SimpleNamespace, in_review: ChangeRequest) -> None:
    given = {"request_id": in_review.pk, "kind": "conflict", "reason": "They own the shop.", "person": "sales_member"}
    with pytest.raises(NotAllowed):
        stand_aside(actor=cast.owner, **given)
    edit_request(actor=cast.steward, request_id=in_review.pk, changes={"expected": "x"})
    with pytest.raises(Recused, match="choose who decides"):
        stand_aside(actor=cast.steward, **given)


def test_aside__decided_request__stays_as_it_was(cast: SimpleNamespace, live_segment: str) -> None:
    request = ChangeRequest.objects.get()
    with pytest.raises(Conflict, match="decided"):
        stand_aside(actor=cast.sales_member, request_id=request.pk, kind="recusal", reason="Late.")


# ---- whose hands are in it ---------------------------------------------------------------------------------------


def test_suggestion__taken__bars_its_author(cast: SimpleNamespace, in_review: ChangeRequest) -> None:
    Suggestion.objects.create(
        request=in_review,
        revision=current_revision(in_review),
        author=cast.sales_member,
        field="expected",
        proposed="Three baskets.",
        state=SuggestionState.OPEN,
        created_at=now(),
    )
    assert eligibility(cast.sales_member, in_review).may_vote
    Suggestion.objects.update(state=SuggestionState.TAKEN, closed_by=cast.owner, closed_at=now())
    assert "worded a part of" in eligibility(cast.sales_member, in_review).reason
    with pytest.raises(Recused):
        vote(cast.sales_member, in_review)


def test_superuser__who_wrote_it__votes_no_more_than_others(cast: SimpleNamespace, catalogue: None, board: Any) -> None:
    cast.sales_member.is_superuser = cast.sales_member.is_staff = True
    cast.sales_member.save()
    request = submitted(cast.sales_member, proposed_creation(cast.sales_member))
    with pytest.raises(Recused):
        vote(cast.sales_member, request)


# ---- named people ------------------------------------------------------------------------------------------------


@pytest.fixture
def child(cast: SimpleNamespace, live_segment: str) -> ChangeRequest:
    """A child of the live segment, proposed by the steward, where the owner of the parent must approve."""
    policy(cast, people=["parent_owner"])
    return submitted(cast.steward, proposed_creation(cast.steward, "weekly", **BELOW))


def test_named__owner_of_the_parent__is_asked_and_missing_until_they_approve(
    cast: SimpleNamespace, child: ChangeRequest
) -> None:
    assert child.requirement["people"] == [{"username": "owner", "because": "the owner of the parent"}]
    vote(cast.marketing_member, child)
    vote(cast.sales_member, child)
    child.refresh_from_db()
    assert child.state == State.IN_REVIEW
    assert standing(child).missing == [f"the approval of {cast.owner}"]
    assert eligibility(cast.owner, child).may_vote
    assert vote(cast.owner, child).function == "named"
    child.refresh_from_db()
    assert child.state == State.APPLIED


def test_named__approval__does_not_stand_in_for_a_seat(cast: SimpleNamespace, child: ChangeRequest) -> None:
    vote(cast.owner, child)
    vote(cast.marketing_member, child)
    child.refresh_from_db()
    assert child.state == State.IN_REVIEW and standing(child).received == 1


def test_named__who_wrote_it__one_more_approval_instead(cast: SimpleNamespace, live_segment: str) -> None:
    policy(cast, people=["parent_owner"])
    child = submitted(cast.owner, proposed_creation(cast.owner, "weekly", **BELOW))
    assert (child.requirement["people"], child.requirement["quorum"]) == ([], 3)
    assert "in the place of the owner of the parent" in child.requirement["because"][0]["adds"]
    assert not standing(child).judgement.is_reachable


def test_named__who_stands_aside__somebody_else_is_asked_and_votes_are_void(
    cast: SimpleNamespace, child: ChangeRequest
) -> None:
    vote(cast.marketing_member, child)
    stand_aside(actor=cast.owner, request_id=child.pk, kind="conflict", reason="It is my cousin's.")
    child.refresh_from_db()
    assert child.revision == 2 and child.requirement["people"] == [] and child.requirement["quorum"] == 3
    assert Vote.objects.filter(request=child, voided_at=None).count() == 0


# ---- conditions at work ------------------------------------------------------------------------------------------


def test_preview__of_a_draft__is_what_the_submission_then_asks(cast: SimpleNamespace, live_segment: str) -> None:
    conditions = [
        {"name": "Words only", "when": {"metadata_only": True}, "then": {"light": True, "quorum": 1}},
        {"name": "Many move", "when": {"members_moved_over": 5}, "then": {"required": {"finance": 1}}},
    ]
    policy(cast, conditions=conditions)
    words, rule = (
        proposed_change(cast.owner, meaning="Those who buy most."),
        proposed_change(cast.owner, rule="spend >= 5"),
    )
    light, strict = (preview_requirement(viewer=cast.owner, request=each) for each in (words, rule))
    assert light.requirement["light"] and light.requirement["quorum"] == 1 and not light.is_final
    assert strict.requirement["strictest"] and strict.requirement["required"]["finance"] == 1
    for draft, preview in ((words, light), (rule, strict)):
        assert submitted(cast.owner, draft).requirement == preview.requirement
    vote(cast.sales_member, words)
    words.refresh_from_db()
    assert words.state == State.APPLIED


def test_demands__unsaid__are_refused_before_the_board_is_asked(
    cast: SimpleNamespace, catalogue: None, board: Any
) -> None:
    policy(cast, demands=["rollback"])
    draft = proposed_creation(cast.owner)
    with pytest.raises(Conflict, match="demands to be told: rollback"):
        submitted(cast.owner, draft)
    edit_request(actor=cast.owner, request_id=draft.pk, changes={"statement": {"rollback": "Take the old line."}})
    assert submitted(cast.owner, draft).state == State.IN_REVIEW


def test_policy__changed_midway__votes_are_void_and_the_new_one_counts(
    cast: SimpleNamespace, in_review: ChangeRequest
) -> None:
    vote(cast.marketing_member, in_review)
    policy(cast, conditions=[{"name": "New ones", "when": {"kinds": ["create"]}, "then": {"quorum": 3}}])
    in_review.refresh_from_db()
    assert in_review.requirement["quorum"] == 3
    assert standing(in_review).received == 0


# ---- people from outside -----------------------------------------------------------------------------------------


@pytest.fixture
def asked(cast: SimpleNamespace, catalogue: None, board: Any) -> tuple[ChangeRequest, str]:
    """A request that needs one yes from outside, and the link of somebody who was asked."""
    policy(cast, outsiders=1)
    request = submitted(cast.owner, proposed_creation(cast.owner))
    _, token = invited(cast.sales_member, request, question="Is it fair?")
    return request, token


def test_outsider__yes__counts_once_and_only_where_asked(cast: SimpleNamespace, asked: Any) -> None:
    request, token = asked
    vote(cast.marketing_member, request)
    vote(cast.sales_member, request)
    request.refresh_from_db()
    assert request.state == State.IN_REVIEW
    answer_invitation(token=token, verdict="approve", digest=request.digest)
    request.refresh_from_db()
    assert request.state == State.APPLIED and SegmentVersion.objects.count() == 1
    with pytest.raises(LinkClosed, match="answered already"):
        answer_invitation(token=token, verdict="approve", digest=request.digest)


def test_outsider__on_another_wording__is_asked_to_look_again(cast: SimpleNamespace, asked: Any) -> None:
    request, token = asked
    seen = request.digest
    answer_invitation(token=token, verdict="approve", digest=seen)
    edit_request(actor=cast.owner, request_id=request.pk, changes={"expected": "Other."})
    request.refresh_from_db()
    assert "the yes of 1 invited person from outside" in standing(request).missing
    _, again = invited(cast.sales_member, request)
    with pytest.raises(ChangedSinceOpened):
        answer_invitation(token=again, verdict="approve", digest=seen)


def test_outsider__invited_by_the_author__is_refused(cast: SimpleNamespace, board: Any, catalogue: None) -> None:
    request = submitted(cast.sales_member, proposed_creation(cast.sales_member))
    with pytest.raises(Recused, match="another member invites"):
        invite_outsider(actor=cast.sales_member, request_id=request.pk, name="Pal", email="pal@example.org")
    with pytest.raises(NotAllowed):
        invite_outsider(actor=cast.owner, request_id=request.pk, name="Pal", email="pal@example.org")


@pytest.mark.parametrize("link", ["", "x", "x:y", "a" * 500, "../../etc", "{token}x", "%00", "{token}:{token}"])
def test_outsider__hostile_link__is_refused_plainly(asked: Any, link: str) -> None:
    with pytest.raises(LinkInvalid):
        invitation_for(link.replace("{token}", asked[1]))


def test_outsider__page__asks_answers_and_then_is_closed(cast: SimpleNamespace, asked: Any) -> None:
    request, token = asked
    client = Client()
    url = reverse("reviews:outside", args=[token])
    page = client.get(url)
    assert page.status_code == 200 and b"Is it fair?" in page.content
    assert page["Referrer-Policy"] == "no-referrer" and "no-store" in page["Cache-Control"]
    refused = client.post(url, {"verdict": "reject", "digest": request.digest})
    assert refused.status_code == 422 and b"Say why" in refused.content
    assert client.post(url, {"verdict": "approve", "digest": request.digest}).status_code == 200
    assert client.get(url).status_code == 410
    assert client.get(reverse("reviews:outside", args=[token[:-3] + "abc"])).status_code == 404


def test_outsider__expired_or_revoked__says_so(cast: SimpleNamespace, asked: Any) -> None:
    request, _ = asked
    made, other = invited(cast.sales_member, request, "k@example.org")
    revoke_invitation(actor=cast.marketing_member, invitation_id=made.pk)
    with pytest.raises(LinkClosed, match="took this invitation back"):
        invitation_for(other)
    _, late = invited(cast.sales_member, request, "l@example.org", days=1)
    later = now() + timedelta(days=2)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("reviews.services.answering.now", lambda: later)
        with pytest.raises(LinkClosed, match="This link ended"):
            invitation_for(late)


def test_outsider__many_tries__are_slowed_down(db: None) -> None:
    client = Client()
    answers = [client.get(reverse("reviews:outside", args=[f"x{number}:y"])).status_code for number in range(40)]
    assert answers[0] == 404 and answers[-1] == 429


def test_pages__rights__work_without_script(cast: SimpleNamespace, in_review: ChangeRequest, client_of: Any) -> None:
    member = client_of(cast.sales_member)
    made = member.post(
        reverse("reviews:request-invite", args=[in_review.pk]), {"name": "Pat", "email": "pat@example.org", "days": "5"}
    )
    assert made.status_code == 302 and len(mail.outbox) == 1
    invitation = Invitation.objects.get()
    member.post(reverse("reviews:invitation-revoke", args=[in_review.pk, invitation.pk]))
    invitation.refresh_from_db()
    assert invitation.revoked_at is not None
    member.post(reverse("reviews:request-aside", args=[in_review.pk]), {"kind": "recusal", "reason": "Not mine."})
    page = member.get(reverse("reviews:request", args=[in_review.pk])).content.decode()
    assert "You stand aside from this request" in page and "Recused" in page
    lent = client_of(cast.marketing_member).post(
        reverse("reviews:board-lend", args=["grocery"]),
        {"delegate": "rep", "ends_on": (now() + timedelta(days=3)).date().isoformat(), "reason": "Away."},
    )
    assert lent.status_code == 302 and Delegation.objects.get().delegate == cast.rep
    board = client_of(cast.viewer).get(reverse("reviews:board", args=["grocery"])).content.decode()
    assert "Lent now" in board and "Away." in board


def test_requirement__page_and_api__show_who_and_why_before_submission(
    cast: SimpleNamespace, draft: ChangeRequest, client_of: Any, api_of: Any
) -> None:
    policy(cast, conditions=[{"name": "New ones", "when": {"kinds": ["create"]}, "then": {"required": {"finance": 1}}}])
    page = client_of(cast.owner).get(reverse("reviews:request-requirement", args=[draft.pk])).content.decode()
    assert "New ones" in page and "1 of finance" in page
    shown = api_of(cast.owner).get(reverse("api-change-request-requirement", args=[draft.pk])).json()
    assert shown["is_final"] is False and shown["requirement"]["required"]["finance"] == 1
    assert not shown["is_reachable"]
