"""What waits for somebody's vote is what they can vote on: own seats, lent ones, being named; nothing besides."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from common.clock import now
from reviews.models import ChangeRequest, Delegation, Seat
from reviews.selectors.desk import awaiting_vote
from reviews.selectors.standing import eligibility
from reviews.services.standing_aside import stand_aside
from tests.reviews.conftest import proposed_creation, submitted, vote

pytestmark = pytest.mark.django_db


def lend(person: Any, holder: Any, request: ChangeRequest, by: Any) -> None:
    """The holder's seat to the person, from an hour ago for a day."""
    seat = Seat.objects.get(user=holder, board=request.board)
    Delegation.objects.create(
        seat=seat,
        delegate=person,
        starts_at=now() - timedelta(hours=1),
        ends_at=now() + timedelta(days=1),
        reason="Away",
        granted_by=by,
        created_at=now(),
    )


def waits(person: Any, request: ChangeRequest) -> bool:
    """Whether it waits for the person; the page of the request must say the same."""
    found = awaiting_vote(person).filter(pk=request.pk).exists()
    assert found == eligibility(person, ChangeRequest.objects.get(pk=request.pk)).may_vote
    return found


def test_waiting__for_seats_own_and_lent__is_what_can_be_voted_on(
    cast: SimpleNamespace, in_review: ChangeRequest
) -> None:
    assert waits(cast.sales_member, in_review) and waits(cast.marketing_member, in_review)
    assert not waits(cast.rep, in_review) and not waits(cast.owner, in_review)
    lend(cast.rep, cast.sales_member, in_review, cast.administrator)
    assert waits(cast.rep, in_review)
    vote(cast.rep, in_review)
    assert not waits(cast.rep, in_review) and not waits(cast.sales_member, in_review)
    assert waits(cast.marketing_member, in_review)


def test_waiting__for_who_stands_aside_or_lent_from_an_author__does_not(
    cast: SimpleNamespace, in_review: ChangeRequest
) -> None:
    stand_aside(actor=cast.sales_member, request_id=in_review.pk, kind="conflict", reason="My brother sells there.")
    assert not waits(cast.sales_member, in_review)
    own = submitted(cast.marketing_member, proposed_creation(cast.marketing_member, "small-baskets"))
    lend(cast.rep, cast.marketing_member, own, cast.administrator)
    assert not waits(cast.rep, own) and waits(cast.rep, in_review)
