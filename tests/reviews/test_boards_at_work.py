"""Claims, due dates, reminders and hand-offs to the board above; everybody told once, each step in the ledger."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from celery import current_app

from common.clock import now
from common.errors import NotAllowed, NotFound
from ledger.models import Entry, Handoff
from notifications.choices import Kind
from notifications.models import Notification
from reviews.measures import due_in_words, levels_due, reminder_stage, risk_of
from reviews.models import Board, ChangeRequest, Claim
from reviews.services.boards import define_board
from reviews.services.claiming import claim_request, release_claim
from reviews.services.reminding import remind_and_hand_on
from reviews.services.requests import withdraw_request
from tests.reviews.conftest import vote

DUE = datetime(2026, 3, 4, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.mark.parametrize(
    ("at", "reminded", "stage"),
    [
        (DUE - 2 * DAY, None, None),
        (DUE - DAY, None, "before"),
        (DUE - HOUR, DUE - DAY, None),
        (DUE, DUE - DAY, "after"),
        (DUE + HOUR, DUE, None),
        (DUE + 2 * DAY, DUE, "after"),
        (DUE + 9 * DAY, None, "after"),
    ],
)
def test_reminder__by_date_and_last_one__is_due(at: datetime, reminded: datetime | None, stage: str | None) -> None:
    assert reminder_stage(DUE, reminded, at) == stage


@pytest.mark.parametrize(
    ("left", "words"),
    [
        (3 * DAY, "due in 3 days"),
        (DAY, "due in 1 day"),
        (2 * HOUR, "due in 2 hours"),
        (-HOUR, "overdue by 1 hour"),
        (-4 * DAY, "overdue by 4 days"),
    ],
)
def test_due__in_words__says_how_long(left: timedelta, words: str) -> None:
    found = due_in_words(DUE, DUE - left)
    assert found is not None and found.words == words
    assert found.is_overdue == (left < timedelta(0))
    assert due_in_words(None, DUE) is None


def test_levels__with_time_beyond_the_date__go_up_one_by_one() -> None:
    assert [levels_due(DUE, DUE + days * DAY) for days in (-1, 0, 2, 3, 6)] == [0, 0, 0, 1, 2]


@pytest.mark.parametrize(
    ("facts", "requirement", "level"),
    [
        ({"metadata_only": True, "share_moved": 0}, {}, 0),
        ({"relation": "no_effect", "is_proved": True, "share_moved": 0}, {}, 0),
        ({"relation": "no_effect", "is_proved": False, "share_moved": 0}, {}, 1),
        ({"metadata_only": True, "share_moved": 0}, {"strictest": True}, 3),
        ({"share_moved": 0.1}, {}, 2),
        ({"share_moved": 0.3}, {}, 3),
        ({"share_moved": None}, {}, 3),
        ({"share_moved": 0, "sensitive": ["children"]}, {}, 2),
        ({"share_moved": 0, "kind": "retire"}, {}, 3),
    ],
)
def test_risk__of_what_is_known__has_its_level(facts: dict[str, Any], requirement: dict[str, Any], level: int) -> None:
    assert risk_of(facts, requirement, []).level == level


def set_due(request: ChangeRequest, due_at: datetime, **more: Any) -> None:
    ChangeRequest.objects.filter(pk=request.pk).update(due_at=due_at, **more)


def deliver(times: int = 1) -> None:
    """Bring what is owed to those who tell people, as often as asked for."""
    current_app.loader.import_default_modules()
    owed = Handoff.objects.filter(consumer="reviews.on_board_fact").order_by("id")
    for entry_id in list(owed.values_list("entry_id", flat=True)):
        for _ in range(times):
            current_app.tasks["reviews.on_board_fact"](entry_id)


def told(kind: str) -> set[str]:
    return set(Notification.objects.filter(kind=kind).values_list("person__username", flat=True))


@pytest.mark.django_db
def test_claim__by_members__is_seen_by_others_and_released(cast: SimpleNamespace, in_review: ChangeRequest) -> None:
    claim_request(actor=cast.marketing_member, request_id=in_review.pk)
    claim_request(actor=cast.marketing_member, request_id=in_review.pk)
    assert Claim.objects.count() == 1
    assert Entry.objects.filter(event="reviews.request.claimed").count() == 1
    for person in (cast.owner, cast.viewer):
        with pytest.raises(NotAllowed):
            claim_request(actor=person, request_id=in_review.pk)
    vote(cast.sales_member, in_review)
    release_claim(actor=cast.marketing_member, request_id=in_review.pk)
    with pytest.raises(NotFound):
        release_claim(actor=cast.marketing_member, request_id=in_review.pk)
    assert Entry.objects.filter(event="reviews.claim.released").count() == 1


@pytest.mark.django_db
def test_submission__delivered_twice__tells_deciders_once_and_not_the_author(
    cast: SimpleNamespace, in_review: ChangeRequest
) -> None:
    deliver(2)
    assert told(Kind.VOTE_WANTED) == {"marketing_member", "sales_member"}
    assert Notification.objects.filter(kind=Kind.VOTE_WANTED).count() == 2


@pytest.mark.django_db
def test_submission__told_after_it_was_withdrawn__wants_no_vote(
    cast: SimpleNamespace, in_review: ChangeRequest
) -> None:
    withdraw_request(actor=cast.owner, request_id=in_review.pk)
    deliver()
    assert told(Kind.VOTE_WANTED) == set()


@pytest.mark.django_db
def test_decisions__of_the_board__reach_author_and_voters(cast: SimpleNamespace, live_segment: str) -> None:
    deliver(2)
    assert Notification.objects.get(kind=Kind.DECIDED).title.startswith("Approved and in effect")
    assert told(Kind.DECIDED) == {"owner"}
    # What takes effect with the deciding vote is told once.
    assert told(Kind.APPLIED) == set()


@pytest.mark.django_db
def test_return__by_a_member__tells_the_author(cast: SimpleNamespace, in_review: ChangeRequest) -> None:
    vote(cast.sales_member, in_review, "request_changes", "Name it better.")
    deliver()
    assert Notification.objects.get(kind=Kind.DECIDED).title.startswith("Changes are asked for")


@pytest.mark.django_db
def test_reminders__before_and_after__are_given_once_and_stand_in_the_ledger(
    cast: SimpleNamespace, in_review: ChangeRequest
) -> None:
    set_due(in_review, now() + 2 * HOUR)
    assert (remind_and_hand_on(), remind_and_hand_on()) == (1, 0)
    deliver(2)
    assert told(Kind.REMINDER) == {"marketing_member", "sales_member"}
    set_due(in_review, now() - HOUR, reminded_at=now() - 2 * HOUR)
    assert (remind_and_hand_on(), remind_and_hand_on()) == (1, 0)
    stages = list(
        Entry.objects.filter(event="reviews.request.reminded").order_by("id").values_list("payload", flat=True)
    )
    assert [payload["stage"] for payload in stages] == ["before", "after"]


@pytest.mark.django_db
def test_overdue__with_people_who_have_not_been_here__offers_to_lend_their_seats_once(
    cast: SimpleNamespace, in_review: ChangeRequest
) -> None:
    cast.sales_member.last_login = now() + HOUR
    cast.sales_member.save(update_fields=["last_login"])
    set_due(in_review, now() - HOUR)
    remind_and_hand_on()
    set_due(in_review, now() - 3 * DAY + HOUR, reminded_at=now() - 2 * DAY - HOUR)
    remind_and_hand_on()
    offered = Entry.objects.filter(event="reviews.delegation.offered").values_list("payload", flat=True)
    assert [payload["username"] for payload in offered] == ["marketing_member"]
    deliver(2)
    assert {"administrator", "marketing_member"} <= told(Kind.DELEGATION)


@pytest.mark.django_db
def test_overdue__for_days__goes_up_board_by_board_and_no_further(
    cast: SimpleNamespace, in_review: ChangeRequest
) -> None:
    upper = define_board(
        actor=cast.administrator,
        key="council",
        name="Council",
        policy={"quorum": 1, "required": {}},
        branches=["nowhere"],
        seats={"finance": ["finance_member"]},
    )
    version = in_review.version
    Board.objects.filter(pk=in_review.board_id).update(escalates_to=upper)
    # A circle of boards ends where it began.
    Board.objects.filter(pk=upper.pk).update(escalates_to=in_review.board)
    set_due(in_review, now() - 2 * DAY, reminded_at=now())
    assert remind_and_hand_on() == 0
    set_due(in_review, now() - 20 * DAY, reminded_at=now())
    assert (remind_and_hand_on(), remind_and_hand_on()) == (1, 0)
    in_review.refresh_from_db()
    assert in_review.escalation == 1
    deliver(2)
    assert told(Kind.ESCALATED) == {"finance_member", "administrator"}
    assert Entry.objects.filter(event="reviews.request.escalated").count() == 1
    assert in_review.version == version
