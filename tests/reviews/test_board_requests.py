"""Boards as something that a board decides about: nothing of them changes past it; and who could do what alone."""

from io import StringIO
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.management import call_command
from django.urls import reverse

from common.errors import Conflict, Invalid
from ledger.models import Entry
from reviews.choices import State
from reviews.errors import BoardGoverned
from reviews.models import Board, ChangeRequest, Seat
from reviews.selectors import standing
from reviews.selectors.who_alone import who_alone
from reviews.services.boards import define_board, seat_member, unseat_member
from reviews.services.requests import create_request
from tests.reviews.conftest import submitted, vote

COUNCIL_SEATS = {"finance": ["finance_member"], "marketing": ["marketing_member"], "product": ["rep"]}


@pytest.fixture
def council(cast: SimpleNamespace, board: Any) -> Board:
    """A council of three decides about boards, with two approvals."""
    return define_board(
        actor=cast.administrator,
        key="council",
        name="Council",
        policy={"quorum": 2},
        subject_types=["board"],
        seats=COUNCIL_SEATS,
    )


def proposed(actor: Any, key: str = "grocery", kind: str = "change", **content: Any) -> ChangeRequest:
    """A request before the council."""
    draft = create_request(
        actor=actor, kind=kind, subject_type="board", subject_key=key, proposed=content, rationale="It fits better."
    )
    return submitted(actor, draft)


def approve(cast: SimpleNamespace, request: ChangeRequest) -> ChangeRequest:
    vote(cast.finance_member, request)
    vote(cast.marketing_member, request)
    request.refresh_from_db()
    return request


@pytest.mark.parametrize(
    "deed",
    [
        lambda admin: define_board(actor=admin, key="grocery", name="Grocery board", policy={"quorum": 1}),
        lambda admin: define_board(actor=admin, key="all", name="All", policy={"quorum": 1}, subject_types=["term"]),
        lambda admin: define_board(actor=admin, key="council", name="Council", policy={"quorum": 1}),
        lambda admin: seat_member(actor=admin, board_key="grocery", username="rep", function="sales"),
        lambda admin: unseat_member(actor=admin, board_key="grocery", username="sales_member"),
    ],
)
def test_governed_boards__administrator__is_told_to_propose(cast: SimpleNamespace, council: Board, deed: Any) -> None:
    before = list(Board.objects.order_by("pk").values()), list(Seat.objects.order_by("pk").values())
    with pytest.raises(BoardGoverned, match="Propose the change"):
        deed(cast.administrator)
    assert before == (list(Board.objects.order_by("pk").values()), list(Seat.objects.order_by("pk").values()))


def test_governed_boards__api__refuses_a_put_and_says_how_to_go_on(
    cast: SimpleNamespace, council: Board, api_of: Any
) -> None:
    url = reverse("api-board", args=["grocery"])
    answer = api_of(cast.administrator).put(
        url, {"name": "Grocery board", "policy": {"quorum": 1}}, content_type="application/json"
    )
    assert (answer.status_code, answer.json()["board"]) == (403, "council")
    assert Board.objects.get(key="grocery").policy["quorum"] == 2


def test_idle_board__nothing_lives_in_its_branches__may_be_set_up_directly(
    cast: SimpleNamespace, council: Board, live_segment: str
) -> None:
    given = {"actor": cast.administrator, "name": "Wine", "policy": {"quorum": 1}, "subject_types": ["segment"]}
    assert define_board(key="wine", branches=["wine"], **given).version == 1
    assert define_board(key="wine", branches=["wine", "beer"], **given).version == 2
    for branches in ([], ["wine", live_segment], [live_segment]):
        with pytest.raises((BoardGoverned, Conflict)):
            define_board(key="wine", branches=branches, **given)


def test_board_request__approved__policy_is_in_force_and_open_votes_are_void(
    cast: SimpleNamespace, council: Board, in_review: ChangeRequest
) -> None:
    vote(cast.marketing_member, in_review)
    request = proposed(cast.owner, policy={"quorum": 3, "required": {"sales": 1}}, seats={
        "sales": ["sales_member"], "marketing": ["marketing_member"], "finance": ["finance_member"]})  # fmt: skip
    assert {item["name"]: item["status"] for item in request.revisions.get().checks}["Within reach"] == "pass"
    approve(cast, request)
    assert request.state == State.APPLIED
    grocery = Board.objects.get(key="grocery")
    assert (grocery.policy["quorum"], grocery.policy["required"]) == (3, {"sales": 1})
    assert Seat.objects.filter(board=grocery, until=None).count() == 3
    in_review.refresh_from_db()
    assert in_review.revision == 2 and in_review.requirement["quorum"] == 3
    assert standing(in_review).received == 0


def test_board_request__seats_moved_meanwhile__turns_stale(cast: SimpleNamespace, council: Board) -> None:
    first = proposed(cast.owner, description="Other words.")
    second = proposed(cast.owner, seats={"sales": ["sales_member"], "marketing": ["rep"]})
    assert approve(cast, second).state == State.APPLIED
    vote_again = ChangeRequest.objects.get(pk=first.pk)
    with pytest.raises(Conflict):
        vote(cast.finance_member, vote_again)
    vote_again.refresh_from_db()
    assert vote_again.state == State.STALE


def test_board_request__of_the_council_about_itself__goes_through_it(cast: SimpleNamespace, council: Board) -> None:
    request = proposed(cast.owner, "council", policy={"quorum": 3})
    assert approve(cast, request).state == State.APPLIED
    assert Board.objects.get(key="council").policy["quorum"] == 3


def test_board_request__new_board__is_set_up(cast: SimpleNamespace, council: Board) -> None:
    content = {
        "name": "Terms",
        "policy": {"quorum": 1},
        "subject_types": ["attribute"],
        "branches": ["x"],
        "seats": {"sales": ["rep"]},
    }
    request = proposed(cast.owner, "terms", "create", **content)
    checks = {item["name"]: item["status"] for item in request.revisions.get().checks}
    assert checks["Several people"] == "warn"
    assert approve(cast, request).state == State.APPLIED
    assert Seat.objects.filter(board__key="terms", until=None).count() == 1


@pytest.mark.parametrize(
    ("key", "content", "words"),
    [
        ("grocery", {"policy": {"quorum": 9}}, "nothing could ever be approved"),
        ("council", {"subject_types": ["segment"], "branches": ["x"]}, "no board would decide about boards"),
    ],
)
def test_board_request__that_would_lock_everybody_out__is_not_submitted(
    cast: SimpleNamespace, council: Board, key: str, content: dict[str, Any], words: str
) -> None:
    with pytest.raises(Conflict, match=words):
        proposed(cast.owner, key, **content)


def test_board_request__content_that_cannot_be__is_refused_where_it_stands(
    cast: SimpleNamespace, council: Board
) -> None:
    for content, pointer in (
        ({"policy": {"quorum": 0}}, "/proposed/policy/quorum"),
        ({"seats": {"sales": ["nobody"]}}, "/proposed/seats/sales/0"),
        ({"moon": 1}, "/proposed/moon"),
        ({"escalates_to": "grocery"}, "/proposed/escalates_to"),
    ):
        with pytest.raises(Invalid) as refused:
            proposed(cast.owner, **content)
        assert refused.value.errors[0]["pointer"] == pointer


def test_pages__governed_board__what_administrators_save_becomes_a_request(
    cast: SimpleNamespace, council: Board, client_of: Any
) -> None:
    administrator = client_of(cast.administrator)
    form = {
        "name": "Grocery board", "branches": "", "subject_types": ["segment"], "quorum": "2", "reject_on": "any",
        "expires_days": "30", "version": "1", "rationale": "Revenue needs finance.", "condition0-name": "Much revenue",
        "condition0-revenue_moved_over": "1000", "condition0-required": "sales 1",
    }  # fmt: skip
    answer = administrator.post(reverse("reviews:board-edit", args=["grocery"]), form)
    request = ChangeRequest.objects.get()
    assert answer.url == reverse("reviews:request", args=[request.pk])
    assert request.proposed["policy"]["conditions"] == [
        {"name": "Much revenue", "when": {"revenue_moved_over": 1000.0}, "then": {"required": {"sales": 1}}}
    ]
    seat = administrator.post(reverse("reviews:board-seat", args=["grocery"]), {"username": "rep", "function": "sales"})
    assert seat.status_code == 302 and ChangeRequest.objects.count() == 2
    assert not Seat.objects.filter(board__key="grocery", user=cast.rep).exists()


def test_operator__seats_somebody_past_the_council__loudly(council: Board) -> None:
    call_command(
        "create_user", "mia", "--role", "viewer", "--board", "grocery", "--function", "product", stdout=StringIO()
    )
    assert Seat.objects.filter(board__key="grocery", user__username="mia", until=None).exists()
    entry = Entry.objects.get(event="reviews.seat.forced")
    assert entry.payload["governing"] == "council" and entry.object_key == "grocery"


def test_who_alone__answers_honestly__and_changes_with_policies(
    cast: SimpleNamespace, board: Any, client_of: Any, api_of: Any
) -> None:
    before = who_alone(viewer=cast.viewer)
    assert any("second account" in way.words for way in before.alone)
    segments = next(way for way in before.governed if way.what == "Segment")
    assert segments.fewest == 3 and segments.words.startswith("Nobody alone. Three people")
    define_board(
        actor=cast.administrator, key="council", name="Council", policy={"quorum": 1}, subject_types=["board"],
        seats=COUNCIL_SEATS,
    )  # fmt: skip
    after = who_alone(viewer=cast.viewer)
    assert not any("second account" in way.words for way in after.alone)
    boards = next(way for way in after.governed if way.what == "Board and its policy")
    assert boards.fewest == 2 and "each member can put into effect what another person wrote" in boards.words
    assert any("create_user --board" in way.words for way in after.alone)
    page = client_of(cast.viewer).get(reverse("reviews:who-alone")).content.decode()
    assert "Who could change this alone today?" in page and "owner of the database" in page
    shown = api_of(cast.viewer).get(reverse("api-who-alone")).json()
    assert len(shown["governed"]) == len(after.governed)
