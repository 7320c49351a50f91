"""Deeds at the same instant, with real threads on real connections."""

import threading
from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection

from accounts.models import User
from common.clock import now
from common.errors import Conflict, DomainError
from ledger.models import Entry
from reviews.models import ChangeRequest, Vote
from reviews.services.boards import define_board, unseat_member
from reviews.services.expiry import expire_requests
from reviews.services.requests import edit_request, withdraw_request
from reviews.services.voting import cast_vote
from taxonomy.models import Enactment, SegmentVersion
from taxonomy.selectors import live_content
from tests.factories.people import make_person
from tests.reviews.conftest import proposed_change, proposed_creation, submitted, vote

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*deeds: Callable[[], Any]) -> list[Any]:
    """What each deed gave or raised, all begun at the same instant on connections of their own."""
    barrier = threading.Barrier(len(deeds))
    results: list[Any] = [None] * len(deeds)

    def run(place: int) -> None:
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1")
            barrier.wait(timeout=20)
            results[place] = deeds[place]()
        except Exception as error:  # noqa: BLE001 - the test looks at it
            results[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(deeds))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return results


def ballot(person: Any, request: ChangeRequest, verdict: str = "approve", reason: str = "") -> Callable[[], Any]:
    own = User.objects.get(pk=person.pk)
    return lambda: cast_vote(actor=own, request_id=request.pk, verdict=verdict, reason=reason, digest=request.digest)


def decisions(request: ChangeRequest) -> list[str]:
    rows = Entry.objects.filter(object_type="request", object_key=str(request.pk)).order_by("id")
    return [row.event for row in rows if row.event.rsplit(".", 1)[1] in ("approved", "rejected", "returned", "applied")]


@pytest.mark.parametrize("turn", range(3))
def test_race__two_last_votes__one_decision_one_enactment(
    cast: SimpleNamespace, in_review: ChangeRequest, turn: int
) -> None:
    results = at_once(ballot(cast.marketing_member, in_review), ballot(cast.sales_member, in_review))

    assert all(isinstance(result, Vote) for result in results), results
    in_review.refresh_from_db()
    assert in_review.state == "applied"
    assert decisions(in_review) == ["reviews.request.approved", "reviews.request.applied"]
    assert Enactment.objects.count() == SegmentVersion.objects.count() == 1


def test_race__the_same_vote_many_times__one_is_taken(cast: SimpleNamespace, in_review: ChangeRequest) -> None:
    results = at_once(*[ballot(cast.marketing_member, in_review) for _ in range(6)])

    taken = [result for result in results if isinstance(result, Vote)]
    refused = [result for result in results if isinstance(result, Conflict)]
    assert (len(taken), len(refused)) == (1, 5), results
    assert Vote.objects.count() == 1


def test_race__a_full_board__exactly_one_decision(cast: SimpleNamespace, catalogue: None, board: Any) -> None:
    crowd = [make_person(f"member{number}", display_name=f"Member {number}") for number in range(16)]
    define_board(
        actor=cast.administrator,
        key="grocery",
        name="Grocery board",
        policy={"quorum": 9},
        seats={"finance": [person.username for person in crowd]},
    )
    request = submitted(cast.owner, proposed_creation(cast.owner))

    results = at_once(*[ballot(person, request) for person in crowd])

    taken = [result for result in results if isinstance(result, Vote)]
    late = [result for result in results if isinstance(result, DomainError)]
    assert (len(taken), len(late)) == (9, 7), results
    assert all(error.status == 409 and error.extra["state"] == "applied" for error in late)
    assert decisions(request) == ["reviews.request.approved", "reviews.request.applied"]
    assert Enactment.objects.count() == 1


@pytest.mark.parametrize("turn", range(3))
@pytest.mark.parametrize("rival", ["withdraw", "edit", "reject", "unseat", "policy", "expire"])
def test_race__last_vote_against_a_rival__one_winner(
    cast: SimpleNamespace, in_review: ChangeRequest, rival: str, turn: int
) -> None:
    vote(cast.marketing_member, in_review)
    owner, administrator = (User.objects.get(pk=person.pk) for person in (cast.owner, cast.administrator))
    number = in_review.pk
    seats = {"marketing": ["marketing_member"], "sales": ["sales_member"]}
    if rival == "expire":
        ChangeRequest.objects.update(submitted_at=now() - timedelta(days=31))
    rivals: dict[str, Callable[[], Any]] = {
        "withdraw": lambda: withdraw_request(actor=owner, request_id=number),
        "edit": lambda: edit_request(actor=owner, request_id=number, changes={"expected": "other"}),
        "reject": ballot(cast.sales_member, in_review, "reject", "no"),
        "unseat": lambda: unseat_member(actor=administrator, board_key="grocery", username="sales_member"),
        "policy": lambda: define_board(
            actor=administrator, key="grocery", name="Grocery board", policy={"quorum": 2}, seats=seats
        ),
        "expire": expire_requests,
    }

    voted, other = at_once(ballot(cast.sales_member, in_review), rivals[rival])

    in_review.refresh_from_db()
    won = isinstance(voted, Vote)
    assert won or isinstance(voted, DomainError), voted
    assert (in_review.state == "applied") == won == (live_content("big-baskets") is not None)
    if won and rival in ("withdraw", "edit", "reject"):
        assert isinstance(other, Conflict) and other.status == 409, other
    if not won:
        assert in_review.state in ("withdrawn", "in_review", "rejected", "expired")
        assert not isinstance(other, Exception), other
    assert Enactment.objects.count() == int(won)


def test_race__two_requests_on_one_segment__one_enacted_one_stale(cast: SimpleNamespace, live_segment: str) -> None:
    first = submitted(cast.owner, proposed_change(cast.owner, rule="spend >= 2000"))
    second = submitted(cast.owner, proposed_change(cast.owner, rule="spend >= 3000"))
    for request in (first, second):
        vote(cast.marketing_member, request)

    at_once(ballot(cast.sales_member, first), ballot(cast.sales_member, second))

    states = sorted(ChangeRequest.objects.filter(pk__in=[first.pk, second.pk]).values_list("state", flat=True))
    assert states == ["applied", "stale"]
    live = live_content("big-baskets")
    assert live is not None and live.version_number == 2
    assert SegmentVersion.objects.filter(state="active").count() == 1
