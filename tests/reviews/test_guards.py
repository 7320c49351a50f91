"""The database refuses what the services refuse: attempts by direct SQL and by querysets."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from common.clock import now
from reviews.choices import State
from reviews.models import Board, ChangeRequest, Comment, Impact, Revision, Seat, Vote
from reviews.services.comments import add_comment
from reviews.services.requests import edit_request
from tests.reviews.conftest import vote


def refused(statement: str, *values: Any) -> str:
    """The words in which the database refuses the statement."""
    with pytest.raises(IntegrityError) as error, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)
    return str(error.value)


def insert_vote(request: ChangeRequest, voter: Any, function: str, **changes: Any) -> str:
    request.refresh_from_db()
    values = {
        "request_id": request.pk,
        "revision_id": Revision.objects.get(request=request, number=request.revision).pk,
        "voter_id": voter.pk,
        "function": function,
        "verdict": "approve",
        "reason": "",
        "digest": request.digest,
        "cast_at": now(),
        "voided_at": None,
        "void_reason": "",
        **changes,
    }
    names = ", ".join(values)
    marks = ", ".join(["%s"] * len(values))
    return refused(f"INSERT INTO reviews_vote ({names}) VALUES ({marks})", *values.values())


def give_seat(board: Any, person: Any, function: str) -> None:
    Seat.objects.create(board=board, user=person, function=function, since=now())


def test_sql_vote__by_the_author__is_refused(cast: SimpleNamespace, board: Any, in_review: ChangeRequest) -> None:
    give_seat(board, cast.owner, "product")
    assert "Whoever wrote or edited" in insert_vote(in_review, cast.owner, "product")


def test_sql_vote__by_an_editor__is_refused(cast: SimpleNamespace, board: Any, in_review: ChangeRequest) -> None:
    edit_request(actor=cast.steward, request_id=in_review.pk, changes={"expected": "x"})
    give_seat(board, cast.steward, "product")
    assert "Whoever wrote or edited" in insert_vote(in_review, cast.steward, "product")


def test_sql_vote__without_the_seat__is_refused(cast: SimpleNamespace, in_review: ChangeRequest) -> None:
    assert "needs a seat" in insert_vote(in_review, cast.steward, "sales")
    assert "needs a seat" in insert_vote(in_review, cast.sales_member, "marketing")


def test_sql_vote__by_somebody_deactivated__is_refused(cast: SimpleNamespace, in_review: ChangeRequest) -> None:
    cast.sales_member.is_active = False
    cast.sales_member.save()
    assert "needs a seat" in insert_vote(in_review, cast.sales_member, "sales")


def test_sql_vote__on_a_draft__is_refused(cast: SimpleNamespace, draft: ChangeRequest) -> None:
    assert "not in review" in insert_vote(draft, cast.sales_member, "sales")


def test_sql_vote__on_other_content__is_refused(cast: SimpleNamespace, in_review: ChangeRequest) -> None:
    first = Revision.objects.get(request=in_review, number=1)
    edit_request(actor=cast.owner, request_id=in_review.pk, changes={"expected": "x"})
    assert "current revision" in insert_vote(in_review, cast.sales_member, "sales", revision_id=first.pk)
    assert "current revision" in insert_vote(in_review, cast.sales_member, "sales", digest="0" * 64)


def test_sql_vote__second_of_one_person__is_refused(cast: SimpleNamespace, in_review: ChangeRequest) -> None:
    vote(cast.sales_member, in_review)
    assert "vote_one_per_person_and_revision" in insert_vote(in_review, cast.sales_member, "sales")


def test_sql_vote__rejection_without_reason__is_refused(cast: SimpleNamespace, in_review: ChangeRequest) -> None:
    assert "vote_refusal_has_reason" in insert_vote(in_review, cast.sales_member, "sales", verdict="reject")


def test_sql_approval__without_the_votes__is_refused(cast: SimpleNamespace, in_review: ChangeRequest) -> None:
    approve = "UPDATE reviews_changerequest SET state = 'approved', decided_at = now() WHERE id = %s"
    assert "do not suffice" in refused(approve, in_review.pk)
    vote(cast.marketing_member, in_review)
    assert "do not suffice" in refused(approve, in_review.pk)


@pytest.mark.parametrize("there", sorted(set(State.values) - {"draft", "in_review", "withdrawn"}))
def test_sql_state__skipping_the_graph__is_refused(draft: ChangeRequest, there: str) -> None:
    message = refused(
        "UPDATE reviews_changerequest SET state = %s, decided_at = now(), "
        "applied_at = CASE WHEN %s = 'applied' THEN now() END WHERE id = %s",
        there,
        there,
        draft.pk,
    )
    assert "cannot go from draft" in message


def test_sql_request__born_beyond_draft__is_refused(draft: ChangeRequest) -> None:
    copy = ChangeRequest.objects.get(pk=draft.pk)
    copy.pk, copy.state, copy.decided_at = None, State.APPROVED, now()
    with pytest.raises(IntegrityError, match="begins as a draft"), transaction.atomic():
        copy.save(force_insert=True)


def test_sql_content__without_a_new_revision__is_refused(in_review: ChangeRequest) -> None:
    for change in (
        'proposed = proposed || \'{"rule": "TRUE"}\'',
        "rationale = 'because'",
        "effective_at = now()",
        "base_version = 7",
        "revision = revision + 1",
    ):
        message = refused(f"UPDATE reviews_changerequest SET {change} WHERE id = %s", in_review.pk)
        assert "only by a new revision" in message


def test_sql_author__exchanged__is_refused(cast: SimpleNamespace, in_review: ChangeRequest) -> None:
    message = refused("UPDATE reviews_changerequest SET author_id = %s WHERE id = %s", cast.steward.pk, in_review.pk)
    assert "keeps its kind, subject and author" in message


def test_decided_request__every_write__is_refused(cast: SimpleNamespace, live_segment: str) -> None:
    request = ChangeRequest.objects.get()
    for attempt in (
        lambda: ChangeRequest.objects.update(title="Something else"),
        lambda: ChangeRequest.objects.update(state="in_review"),
        lambda: ChangeRequest.objects.filter(pk=request.pk)._raw_delete("default"),
        lambda: Revision.objects.update(rationale="x"),
        lambda: Revision.objects.all()._raw_delete("default"),
        lambda: Vote.objects.update(verdict="reject", reason="x"),
        lambda: Vote.objects.update(voided_at=now(), void_reason="x"),
        lambda: Vote.objects.all()._raw_delete("default"),
        lambda: Impact.objects.update(record={}),
        lambda: Impact.objects.all()._raw_delete("default"),
        lambda: Revision.objects.create(request=request, number=9, proposed={}, digest="", created_at=now()),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            attempt()


def test_samples__of_an_impact__can_be_blanked_for_erasure(in_review: ChangeRequest) -> None:
    assert Impact.objects.update(samples={}) == 1


def test_comment__changed_or_deleted__is_refused(cast: SimpleNamespace, in_review: ChangeRequest) -> None:
    add_comment(actor=cast.sales_member, request_id=in_review.pk, body="Why a thousand?")
    for attempt in (lambda: Comment.objects.update(body="x"), lambda: Comment.objects.all()._raw_delete("default")):
        with pytest.raises(IntegrityError), transaction.atomic():
            attempt()


@pytest.mark.parametrize(
    "policy",
    [
        {},
        {"quorum": 0, "required": {}, "reject_on": "any", "expires_days": 30},
        {"quorum": None, "required": {}, "reject_on": "any", "expires_days": 30},
        {"quorum": 1.5, "required": {}, "reject_on": "any", "expires_days": 30},
        {"quorum": 1, "required": {"sales": 2}, "reject_on": "any", "expires_days": 30},
        {"quorum": 1, "required": {"sales": 0}, "reject_on": "any", "expires_days": 30},
        {"quorum": 1, "required": [], "reject_on": "any", "expires_days": 30},
        {"quorum": 1, "required": {}, "reject_on": "never", "expires_days": 30},
    ],
)
def test_board__policy_that_is_not_sound__is_refused(board: Any, policy: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Board.objects.update(policy=policy)


def test_seat__rewritten_or_deleted__is_refused(cast: SimpleNamespace, board: Any) -> None:
    for attempt in (
        lambda: Seat.objects.update(function="finance"),
        lambda: Seat.objects.filter(function="sales").update(user=cast.owner),
        lambda: Seat.objects.all()._raw_delete("default"),
        lambda: Board.objects.all()._raw_delete("default"),
        lambda: Board.objects.update(key="other"),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            attempt()


def test_seat__two_for_one_person__is_refused(cast: SimpleNamespace, board: Any) -> None:
    with pytest.raises(IntegrityError, match="seat_one_per_person_and_board"), transaction.atomic():
        give_seat(board, cast.sales_member, "finance")
