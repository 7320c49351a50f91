"""A hundred votes at one instant, lent seats beside their holders, and boards that change in the middle of it."""

from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection

from accounts.models import User
from common.clock import now
from common.errors import DomainError
from reviews.models import ChangeRequest, Vote
from reviews.selectors import standing
from reviews.services.boards import define_board
from reviews.services.delegating import lend_seat, take_back_seat
from reviews.services.standing_aside import stand_aside
from reviews.services.voting import cast_vote
from taxonomy.models import Enactment, SegmentVersion
from tests.factories.people import make_person
from tests.reviews.conftest import proposed_creation, submitted, vote
from tests.reviews.test_board_requests import COUNCIL_SEATS, proposed
from tests.reviews.test_races import at_once, ballot, decisions

pytestmark = pytest.mark.django_db(transaction=True)
VOTES = 100
QUORUM = 40


def free_connections() -> int:
    """How many connections the server has left for votes."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int "
            "- (SELECT count(*) FROM pg_stat_activity) - 5"
        )
        return int(cursor.fetchone()[0])


def test_race__a_hundred_votes_at_one_instant__one_decision(cast: SimpleNamespace, catalogue: None, board: Any) -> None:
    """As many of them at once as the server has connections, the rest right behind."""
    crowd = [make_person(f"member{number}", display_name=f"Member {number}") for number in range(VOTES)]
    names = [person.username for person in crowd]
    define_board(
        actor=cast.administrator,
        key="grocery",
        name="Grocery board",
        policy={"quorum": QUORUM},
        seats={"finance": names[: VOTES // 2], "sales": names[VOTES // 2 :]},
    )
    request = submitted(cast.owner, proposed_creation(cast.owner))
    at_a_time = min(VOTES, free_connections())

    results: list[Any] = []
    for start in range(0, VOTES, at_a_time):
        results += at_once(*[ballot(person, request) for person in crowd[start : start + at_a_time]])

    taken = [result for result in results if isinstance(result, Vote)]
    late = [result for result in results if isinstance(result, DomainError)]
    assert (len(taken), len(late)) == (QUORUM, VOTES - QUORUM), [r for r in results if not isinstance(r, Vote)][:3]
    assert all(error.status == 409 and error.extra["state"] == "applied" for error in late)
    assert Vote.objects.values("voter").distinct().count() == QUORUM
    assert decisions(request) == ["reviews.request.approved", "reviews.request.applied"]
    assert Enactment.objects.count() == SegmentVersion.objects.count() == 1


@pytest.mark.parametrize("turn", range(3))
def test_race__holder_and_borrower_at_one_instant__the_seat_gives_one_vote(
    cast: SimpleNamespace, in_review: ChangeRequest, turn: int
) -> None:
    lend_seat(
        actor=cast.sales_member, board_key="grocery", delegate="rep", ends_at=now() + timedelta(days=1), reason="Away."
    )

    results = at_once(ballot(cast.sales_member, in_review), ballot(cast.rep, in_review))

    assert sorted(isinstance(result, Vote) for result in results) == [False, True], results
    assert all(isinstance(result, Vote | DomainError) for result in results)
    assert standing(in_review).received == Vote.objects.count() == 1


@pytest.mark.parametrize("rival", ["take back", "stand aside"])
def test_race__last_vote_against_losing_its_right__one_winner(
    cast: SimpleNamespace, in_review: ChangeRequest, rival: str
) -> None:
    act = lend_seat(
        actor=cast.sales_member, board_key="grocery", delegate="rep", ends_at=now() + timedelta(days=1), reason="Away."
    )
    vote(cast.marketing_member, in_review)
    holder = User.objects.get(pk=cast.sales_member.pk)
    rivals: dict[str, Callable[[], Any]] = {
        "take back": lambda: take_back_seat(actor=holder, delegation_id=act.pk),
        "stand aside": lambda: stand_aside(actor=holder, request_id=in_review.pk, kind="recusal", reason="Kin."),
    }

    voted, other = at_once(ballot(cast.rep, in_review), rivals[rival])

    in_review.refresh_from_db()
    assert isinstance(voted, Vote | DomainError), voted
    assert (in_review.state == "applied") == isinstance(voted, Vote)
    assert not isinstance(other, Exception) or isinstance(other, DomainError), other
    assert Enactment.objects.count() == int(isinstance(voted, Vote))


def test_race__two_decisions_about_one_board__one_after_the_other(
    cast: SimpleNamespace, in_review: ChangeRequest
) -> None:
    """Two board requests each lock what stands before the board that they change: neither may wait for the other."""
    define_board(
        actor=cast.administrator, key="council", name="Council", policy={"quorum": 1}, subject_types=["board"],
        seats=COUNCIL_SEATS,
    )  # fmt: skip
    first = proposed(cast.owner, policy={"quorum": 1})
    second = proposed(cast.steward, "council", description="Decides about boards.")
    member = User.objects.get(pk=cast.sales_member.pk)

    results = at_once(
        ballot(cast.finance_member, first),
        ballot(cast.marketing_member, second),
        lambda: cast_vote(actor=member, request_id=in_review.pk, verdict="approve", digest=in_review.digest),
    )

    assert all(isinstance(result, Vote | DomainError) for result in results), results
    states = set(ChangeRequest.objects.filter(pk__in=[first.pk, second.pk]).values_list("state", flat=True))
    assert states == {"applied"}
