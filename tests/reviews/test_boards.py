"""Boards: which one decides, who sits, and what a policy may say."""

from types import SimpleNamespace
from typing import Any

import pytest

from common.errors import Conflict, Invalid, NotAllowed, Stale
from ledger.models import Entry
from reviews.errors import NoSeat
from reviews.models import Board, ChangeRequest, Seat, Vote
from reviews.selectors import board_for, eligibility, governing_board, standing
from reviews.services.boards import define_board, seat_member, unseat_member
from tests.reviews.conftest import proposed_creation, submitted, vote


def define(cast: SimpleNamespace, key: str, **given: Any) -> Board:
    return define_board(actor=cast.administrator, key=key, name=key.capitalize(), **{"policy": {"quorum": 1}, **given})


def test_governing_board__deepest_branch_wins(cast: SimpleNamespace) -> None:
    everything = define(cast, "everything")
    market = define(cast, "market", branches=["households"])
    deep = define(cast, "deep", branches=["fresh"], subject_types=["segment"])

    assert governing_board(["households", "fresh", "organic"], "segment") == deep
    assert governing_board(["households", "fresh", "organic"], "playbook") == market
    assert governing_board(["households"], "segment") == market
    assert governing_board(["traders"], "segment") == everything
    assert governing_board([], "attribute") == everything


def test_governing_board__none__when_only_other_branches_are_governed(cast: SimpleNamespace) -> None:
    define(cast, "market", branches=["households"])
    assert governing_board(["traders"], "segment") is None
    assert governing_board([], "attribute") is None


def test_define__second_board_of_the_same_branch__is_refused(cast: SimpleNamespace) -> None:
    define(cast, "one", branches=["fresh"])
    with pytest.raises(Conflict, match="One governs fresh"):
        define(cast, "two", branches=["fresh", "wine"])
    define(cast, "all")
    with pytest.raises(Conflict, match="everything"):
        define(cast, "also-all")


def test_define__by_anybody_but_an_administrator__is_refused(cast: SimpleNamespace) -> None:
    for person in (cast.steward, cast.owner, cast.auditor, cast.stranger):
        with pytest.raises(NotAllowed):
            define_board(actor=person, key="mine", name="Mine", policy={"quorum": 1})
    assert not Board.objects.exists()


@pytest.mark.parametrize(
    ("policy", "pointer"),
    [
        ({"quorum": 0}, "/policy/quorum"),
        ({"quorum": True}, "/policy/quorum"),
        ({"quorum": "2"}, "/policy/quorum"),
        ({"quorum": 1, "required": {"marketing": 1, "sales": 1}}, "/policy/quorum"),
        ({"quorum": 1, "required": {"astrology": 1}}, "/policy/required/astrology"),
        ({"quorum": 1, "required": {"sales": 0}}, "/policy/required/sales"),
        ({"quorum": 1, "reject_on": "never"}, "/policy/reject_on"),
        ({"quorum": 1, "bypass": True}, "/policy/bypass"),
        ({"quorum": 1, "expires_days": 0}, "/policy/expires_days"),
    ],
)
def test_define__policy_that_is_not_sound__is_refused_where_it_stands(
    cast: SimpleNamespace, policy: dict[str, Any], pointer: str
) -> None:
    with pytest.raises(Invalid) as refused:
        define(cast, "one", policy=policy)
    assert refused.value.errors[0]["pointer"] == pointer


def test_define__same_again__changes_and_announces_nothing(cast: SimpleNamespace) -> None:
    define(cast, "one", seats={"sales": ["rep"]})
    before = Entry.objects.count()
    again = define(cast, "one", seats={"sales": ["rep"]})
    assert (again.version, Entry.objects.count()) == (1, before)


def test_define__older_copy__is_refused(cast: SimpleNamespace) -> None:
    define(cast, "one")
    define(cast, "one", description="Newer")
    with pytest.raises(Stale):
        define(cast, "one", description="Other", lock_version=1)


def test_define__keeps_a_history(cast: SimpleNamespace) -> None:
    define(cast, "one")
    board = define(cast, "one", policy={"quorum": 3})
    rows = list(board.history.order_by("history_id"))
    assert [row.policy["quorum"] for row in rows] == [1, 3]
    assert {row.history_user for row in rows} == {cast.administrator}


def test_seats__as_named__others_end(cast: SimpleNamespace) -> None:
    define(cast, "one", seats={"sales": ["rep"], "finance": ["auditor"]})
    board = define(cast, "one", seats={"finance": ["rep"]})
    held = {seat.user.username: seat.function for seat in Seat.objects.filter(until=None)}
    assert held == {"rep": "finance"}
    assert Seat.objects.filter(board=board).count() == 3
    events = Entry.objects.filter(event="reviews.seat.changed").order_by("id")
    assert [(row.payload["username"], row.payload["change"]) for row in events] == [
        ("rep", "seated"),
        ("auditor", "seated"),
        ("auditor", "ended the seat of"),
        ("rep", "ended the seat of"),
        ("rep", "seated"),
    ]


@pytest.mark.parametrize(
    ("seats", "pointer"),
    [
        ({"sales": ["nobody"]}, "/seats/sales/0"),
        ({"sales": ["deactivated"]}, "/seats/sales/0"),
        ({"astrology": ["rep"]}, "/seats/astrology"),
        ({"sales": ["rep"], "finance": ["rep"]}, "/seats/finance/0"),
    ],
)
def test_seats__that_cannot_be__are_refused_and_nothing_is_stored(
    cast: SimpleNamespace, seats: dict[str, list[str]], pointer: str
) -> None:
    with pytest.raises(Invalid) as refused:
        define(cast, "one", seats=seats)
    assert refused.value.errors[0]["pointer"] == pointer
    assert not Board.objects.exists()


def test_member_seated_while_open__can_vote(cast: SimpleNamespace, in_review: ChangeRequest) -> None:
    assert "no seat" in eligibility(cast.finance_member, in_review).reason
    seat_member(actor=cast.administrator, board_key="grocery", username="finance_member", function="finance")
    assert eligibility(cast.finance_member, in_review).may_vote
    assert vote(cast.finance_member, in_review).function == "finance"


def test_vote__of_somebody_who_left_the_board__no_longer_counts(
    cast: SimpleNamespace, in_review: ChangeRequest
) -> None:
    vote(cast.marketing_member, in_review)
    unseat_member(actor=cast.administrator, board_key="grocery", username="marketing_member")

    vote(cast.sales_member, in_review)

    in_review.refresh_from_db()
    stands = standing(in_review)
    assert in_review.state == "in_review"
    assert [each.voter for each in stands.hollow] == [cast.marketing_member]
    assert stands.missing == ["1 approval from marketing: nobody can give it now; an administrator can seat somebody"]
    with pytest.raises(NoSeat):
        vote(cast.marketing_member, in_review)


def test_vote__of_somebody_who_changed_function__counts_for_neither(
    cast: SimpleNamespace, in_review: ChangeRequest
) -> None:
    vote(cast.marketing_member, in_review)
    seat_member(actor=cast.administrator, board_key="grocery", username="marketing_member", function="finance")
    vote(cast.sales_member, in_review)
    in_review.refresh_from_db()
    assert in_review.state == "in_review" and len(standing(in_review).hollow) == 1


def test_standing__author_sits_in_the_board__is_not_offered_as_a_voter(cast: SimpleNamespace, catalogue: None) -> None:
    define(cast, "one", policy={"quorum": 1}, seats={"marketing": ["owner"]})
    request = submitted(cast.owner, proposed_creation(cast.owner))
    stands = standing(request)
    assert stands.eligible == [] and not stands.judgement.is_reachable
    assert "nobody can give it now" in stands.missing[0]


def test_missing__names_who_can_give_it(cast: SimpleNamespace, in_review: ChangeRequest) -> None:
    assert standing(in_review).missing == [
        "1 approval from marketing: Mark Marsh can give it",
        "1 approval from sales: Sal Sands can give it",
    ]


def test_reject_on_impossible__rejection__ends_it_only_when_nobody_is_left_to_approve(
    cast: SimpleNamespace, catalogue: None
) -> None:
    define(
        cast,
        "one",
        policy={"quorum": 1, "reject_on": "impossible"},
        seats={"sales": ["sales_member"], "marketing": ["marketing_member"]},
    )
    request = submitted(cast.owner, proposed_creation(cast.owner))
    vote(cast.sales_member, request, verdict="reject", reason="No.")
    request.refresh_from_db()
    assert request.state == "in_review"
    vote(cast.marketing_member, request, verdict="abstain")
    request.refresh_from_db()
    assert request.state == "rejected" and Vote.objects.count() == 2


def test_board_for__stranger__is_not_there(cast: SimpleNamespace, board: Any) -> None:
    from reviews.errors import BoardUnknown

    with pytest.raises(BoardUnknown):
        board_for(viewer=cast.stranger, key="grocery")
