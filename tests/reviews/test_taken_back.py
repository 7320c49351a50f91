"""A seat that is taken back after its borrower voted gives its vote anew, through its holder; and what else lends."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.urls import reverse

from accounts.models import User
from common.clock import now
from common.errors import Conflict, DomainError, Invalid, NotAllowed
from reviews.errors import AlreadyVoted, NoSeat, Recused
from reviews.models import ChangeRequest, Delegation, Vote
from reviews.selectors import standing
from reviews.selectors.standing import eligibility
from reviews.services.boards import seat_member, unseat_member
from reviews.services.delegating import lend_seat, take_back_seat
from reviews.services.requests import edit_request
from tests.reviews.conftest import vote
from tests.reviews.test_races import at_once, ballot
from tests.reviews.test_rights import lend


def test_seat__taken_back_after_its_vote__is_void_in_the_story_and_the_holder_votes(
    cast: SimpleNamespace, in_review: ChangeRequest, client_of: Any
) -> None:
    act = lend(cast.sales_member)
    vote(cast.rep, in_review)
    assert not eligibility(cast.sales_member, in_review).may_vote
    client_of(cast.sales_member).post(reverse("reviews:board-take-back", args=["grocery", act.pk]))
    voided = Vote.objects.get()
    assert voided.voided_at and voided.void_reason == f"The seat of {cast.sales_member} was taken back from {cast.rep}."
    page = client_of(cast.sales_member).get(reverse("reviews:request", args=[in_review.pk])).content.decode()
    assert f"voided the vote of {cast.rep.username}" in page and f"Void: {voided.void_reason}" in page
    assert eligibility(cast.sales_member, in_review).may_vote
    vote(cast.sales_member, in_review)
    assert standing(in_review).received == 1
    with pytest.raises(AlreadyVoted):
        vote(cast.sales_member, in_review)


def test_seat__taken_back__the_borrower_may_vote_by_another_right(
    cast: SimpleNamespace, in_review: ChangeRequest
) -> None:
    act = lend(cast.sales_member)
    vote(cast.rep, in_review)
    take_back_seat(actor=cast.rep, delegation_id=act.pk)
    assert "was lent to you, and taken back" in eligibility(cast.rep, in_review).reason
    seat_member(actor=cast.administrator, board_key="grocery", username="rep", function="finance")
    assert eligibility(cast.rep, in_review).may_vote
    vote(cast.rep, in_review)
    assert standing(in_review).received == 1


def test_seat__taken_back_after_the_decision__leaves_what_was_decided(
    cast: SimpleNamespace, in_review: ChangeRequest
) -> None:
    act = lend(cast.sales_member)
    vote(cast.marketing_member, in_review)
    vote(cast.rep, in_review)
    take_back_seat(actor=cast.sales_member, delegation_id=act.pk)
    in_review.refresh_from_db()
    assert in_review.state == "applied" and not Vote.objects.filter(voided_at__isnull=False).exists()


def test_seat__whose_borrower_left__the_holder_votes(cast: SimpleNamespace, in_review: ChangeRequest) -> None:
    lend(cast.sales_member)
    vote(cast.rep, in_review)
    cast.rep.is_active = False
    cast.rep.save()
    assert [person for person, _ in standing(in_review).eligible if person == cast.sales_member]
    assert eligibility(cast.sales_member, in_review).may_vote
    vote(cast.sales_member, in_review)
    assert [row.voided_at is None for row in Vote.objects.order_by("pk")] == [False, True]


def test_seat__for_another_function__its_holder_votes_anew(cast: SimpleNamespace, in_review: ChangeRequest) -> None:
    vote(cast.sales_member, in_review)
    unseat_member(actor=cast.administrator, board_key="grocery", username="sales_member")
    seat_member(actor=cast.administrator, board_key="grocery", username="sales_member", function="finance")
    assert eligibility(cast.sales_member, in_review).may_vote
    vote(cast.sales_member, in_review)
    assert dict(standing(in_review).judgement.approvals) == {"finance": 1}


@pytest.mark.django_db(transaction=True)
def test_race__seat_taken_back_twice_and_voted_from_at_once__one_vote_stands(
    cast: SimpleNamespace, in_review: ChangeRequest
) -> None:
    act = lend(cast.sales_member)
    vote(cast.rep, in_review)
    people = [User.objects.get(pk=cast.sales_member.pk) for _ in range(4)]

    results = at_once(
        *(lambda actor=person: take_back_seat(actor=actor, delegation_id=act.pk) for person in people[:2]),
        *(ballot(person, in_review) for person in people[2:]),
    )

    assert all(isinstance(result, Vote | Delegation | DomainError) for result in results), results
    assert sum(isinstance(result, Delegation) for result in results) == 1
    took = sum(isinstance(result, Vote) for result in results)
    assert took <= 1 and standing(in_review).received == took
    if not took:
        vote(cast.sales_member, in_review)
    assert Vote.objects.filter(voided_at__isnull=True).get().voter == cast.sales_member


@pytest.mark.django_db(transaction=True)
def test_race__seat_taken_back_against_the_deciding_vote__decides_whole_or_not_at_all(
    cast: SimpleNamespace, in_review: ChangeRequest
) -> None:
    act = lend(cast.sales_member)
    vote(cast.rep, in_review)
    holder = User.objects.get(pk=cast.sales_member.pk)

    voted, ended = at_once(
        ballot(cast.marketing_member, in_review), lambda: take_back_seat(actor=holder, delegation_id=act.pk)
    )

    in_review.refresh_from_db()
    assert isinstance(voted, Vote) and isinstance(ended, Delegation), (voted, ended)
    stood = Vote.objects.filter(voided_at__isnull=True).count()
    assert (in_review.state, stood) in (("applied", 2), ("in_review", 1))


# ---- what is refused of lending, and in which words --------------------------------------------------------------


def lent(actor: Any, delegate: str, days: float = 3, **given: Any) -> Delegation:
    ends = now() + timedelta(days=days)
    return lend_seat(actor=actor, board_key="grocery", delegate=delegate, ends_at=ends, reason="Away.", **given)


def test_lending__on_what_is_borrowed_in_circles_or_to_oneself__is_refused(cast: SimpleNamespace, board: Any) -> None:
    lent(cast.sales_member, "rep")
    with pytest.raises(NoSeat, match="borrowed seat is not lent on"):
        lent(cast.rep, "viewer")
    with pytest.raises(Invalid, match="to themselves"):
        lent(cast.marketing_member, "marketing_member")
    with pytest.raises(Invalid, match="to themselves"):
        lent(cast.administrator, "administrator", holder="marketing_member")
    with pytest.raises(NotAllowed, match="your own seat"):
        lent(cast.rep, "viewer", holder="marketing_member")
    with pytest.raises(Conflict, match="lent at that time"):
        lent(cast.sales_member, "viewer")
    lent(cast.marketing_member, "sales_member")


def test_lending__in_a_circle__gives_each_person_one_vote(cast: SimpleNamespace, in_review: ChangeRequest) -> None:
    lent(cast.sales_member, "marketing_member")
    lent(cast.marketing_member, "sales_member")
    vote(cast.sales_member, in_review)
    with pytest.raises(AlreadyVoted):
        vote(cast.sales_member, in_review)
    vote(cast.marketing_member, in_review)
    assert standing(in_review).received == Vote.objects.values("voter").distinct().count() == 2


def test_borrower__who_touched_the_request__is_told_why_before_the_click(
    cast: SimpleNamespace, in_review: ChangeRequest, client_of: Any
) -> None:
    lent(cast.sales_member, "steward")
    edit_request(actor=cast.steward, request_id=in_review.pk, changes={"expected": "Three baskets."})
    in_review.refresh_from_db()
    page = client_of(cast.steward).get(reverse("reviews:request", args=[in_review.pk])).content.decode()
    assert "You edited this request, so you cannot vote on it." in page
    with pytest.raises(Recused, match="You edited this request"):
        vote(cast.steward, in_review)


def test_loan__that_ends_in_the_midst_of_voting__takes_no_further_vote_and_keeps_the_one_given(
    cast: SimpleNamespace, in_review: ChangeRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    lent(cast.sales_member, "rep", days=1)
    lent(cast.marketing_member, "viewer", days=1)
    vote(cast.rep, in_review)
    later = now() + timedelta(days=2)
    monkeypatch.setattr("reviews.selectors.rights.now", lambda: later)
    told = eligibility(cast.viewer, in_review).reason
    assert "was lent to you until" in told and "can lend it again" in told
    with pytest.raises(NoSeat, match="was lent to you until"):
        vote(cast.viewer, in_review)
    with pytest.raises(AlreadyVoted, match="has voted from this seat"):
        vote(cast.sales_member, in_review)
    assert standing(in_review).received == 1


def test_holder__who_was_deactivated__nobody_votes_from_their_seat(
    cast: SimpleNamespace, in_review: ChangeRequest
) -> None:
    lent(cast.sales_member, "rep")
    cast.sales_member.is_active = False
    cast.sales_member.save()
    told = eligibility(cast.rep, in_review).reason
    assert "no longer has an active account" in told
    with pytest.raises(NoSeat, match="no longer has an active account"):
        vote(cast.rep, in_review)
