"""The database refuses, by direct SQL too, what the services refuse about seats, outsiders and emergencies."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from common.clock import now
from reviews.models import (
    ChangeRequest,
    Declaration,
    Delegation,
    Emergency,
    Impact,
    Invitation,
    Seat,
    Suggestion,
    Vote,
)
from reviews.selectors.requests import current_revision
from reviews.services.requests import edit_request
from tests.reviews.conftest import vote
from tests.reviews.test_guards import insert_vote, refused
from tests.reviews.test_rights import lend


def raw_delegation(seat: Seat, delegate: Any, granted_by: Any, **changes: Any) -> Delegation:
    row = {"starts_at": now(), "ends_at": now() + timedelta(days=1), "reason": "x", "created_at": now(), **changes}
    return Delegation.objects.create(seat=seat, delegate=delegate, granted_by=granted_by, **row)


def test_sql_vote__lent_seat__only_by_the_delegate_in_time_and_unrevoked(
    cast: SimpleNamespace, in_review: ChangeRequest
) -> None:
    seat = Seat.objects.get(function="sales")
    act = lend(cast.sales_member)
    by = {"seat_id": seat.pk, "delegation_id": act.pk}
    assert "lent to the voter" in insert_vote(in_review, cast.viewer, "sales", **by)
    assert "lent to the voter" in insert_vote(in_review, cast.rep, "sales", seat_id=seat.pk)
    assert "needs a seat" in insert_vote(in_review, cast.rep, "marketing", **by)
    late = now() + timedelta(days=30)
    assert "lent to the voter" in insert_vote(in_review, cast.rep, "sales", cast_at=late, **by)
    Delegation.objects.update(revoked_at=now())
    assert "lent to the voter" in insert_vote(in_review, cast.rep, "sales", **by)


def test_sql_vote__second_from_one_seat__is_refused(cast: SimpleNamespace, in_review: ChangeRequest) -> None:
    act = lend(cast.sales_member)
    vote(cast.sales_member, in_review)
    message = insert_vote(in_review, cast.rep, "sales", seat_id=act.seat_id, delegation_id=act.pk)
    assert "A seat gives one vote" in message


def test_sql_vote__for_a_barred_holder__is_refused(cast: SimpleNamespace, in_review: ChangeRequest) -> None:
    act = lend(cast.sales_member)
    edit_request(actor=cast.steward, request_id=in_review.pk, changes={"expected": "x"})
    Suggestion.objects.create(
        request=in_review, revision=current_revision(in_review), author=cast.sales_member, field="expected",
        proposed="x", state="taken", created_at=now(),
    )  # fmt: skip
    assert "Whoever wrote" in insert_vote(in_review, cast.sales_member, "sales")
    message = insert_vote(in_review, cast.rep, "sales", seat_id=act.seat_id, delegation_id=act.pk)
    assert "nobody votes in their place" in message


def test_sql_vote__by_who_stands_aside__is_refused(cast: SimpleNamespace, in_review: ChangeRequest) -> None:
    declared = Declaration.objects.create(
        request=in_review, person=cast.sales_member, kind="conflict", reason="x", declared_by=cast.sales_member,
        declared_at=now(),
    )  # fmt: skip
    assert "stands aside" in insert_vote(in_review, cast.sales_member, "sales")
    for attempt in (
        lambda: Declaration.objects.update(person=cast.marketing_member),
        lambda: Declaration.objects.filter(pk=declared.pk)._raw_delete("default"),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            attempt()


def test_sql_vote__named_by_nobody__is_refused(cast: SimpleNamespace, in_review: ChangeRequest) -> None:
    assert "names votes without a seat" in insert_vote(in_review, cast.rep, "named")


def test_sql_approval__with_votes_of_who_stands_aside_since__is_refused(
    cast: SimpleNamespace, in_review: ChangeRequest
) -> None:
    vote(cast.marketing_member, in_review)
    with connection.cursor() as cursor:
        cursor.execute("SELECT reviews_votes_suffice(%s, 1, %s)", [in_review.pk, in_review.digest])
        assert cursor.fetchone()[0] is False
    approve = "UPDATE reviews_changerequest SET state = 'approved', decided_at = now() WHERE id = %s"
    assert "do not suffice" in refused(approve, in_review.pk)


def test_sql_requirement__made_lighter_in_review__is_refused(in_review: ChangeRequest) -> None:
    for value in ("'{}'", "jsonb_set(requirement, '{quorum}', '1')"):
        message = refused(f"UPDATE reviews_changerequest SET requirement = {value} WHERE id = %s", in_review.pk)
        assert "changes only with a new revision" in message
    with pytest.raises(IntegrityError), transaction.atomic():
        Impact.objects.update(policy={"quorum": 1})


def test_sql_statement__without_a_new_revision__is_refused(in_review: ChangeRequest) -> None:
    change = 'UPDATE reviews_changerequest SET statement = \'{"rollback": "x"}\' WHERE id = %s'
    assert "only by a new revision" in refused(change, in_review.pk)


def test_sql_delegation__to_oneself_or_rewritten__is_refused(cast: SimpleNamespace, board: Any) -> None:
    seat = Seat.objects.get(function="sales")
    for delegate, by in ((cast.sales_member, cast.administrator), (cast.administrator, cast.administrator)):
        with pytest.raises(IntegrityError, match="lends a seat to themselves"), transaction.atomic():
            raw_delegation(seat, delegate, by)
    act = raw_delegation(seat, cast.rep, cast.sales_member)
    for attempt in (
        lambda: Delegation.objects.update(ends_at=now() + timedelta(days=99)),
        lambda: Delegation.objects.update(delegate=cast.owner),
        lambda: Delegation.objects.filter(pk=act.pk)._raw_delete("default"),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            attempt()


def test_sql_invitation__answered_otherwise_than_by_its_link__is_refused(
    cast: SimpleNamespace, in_review: ChangeRequest
) -> None:
    made = Invitation.objects.create(
        request=in_review, name="Pat", email="p@example.org", secret_digest="0" * 64, invited_by=cast.sales_member,
        invited_at=now(), expires_at=now() + timedelta(days=1), asked_digest=in_review.digest,
    )  # fmt: skip
    answer = {"verdict": "approve", "answered_at": now(), "revision": current_revision(in_review)}
    rows = Invitation.objects.filter(pk=made.pk)
    for attempt in (
        lambda: rows.update(**answer, digest="1" * 64),
        lambda: rows.update(**{**answer, "answered_at": now() + timedelta(days=2)}, digest=in_review.digest),
        lambda: rows.update(email="other@example.org"),
        lambda: rows._raw_delete("default"),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            attempt()
    rows.update(**answer, digest=in_review.digest)
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.update(verdict="reject", reason="x")


def test_sql_emergency__only_armed_and_used_on_this_very_wording__applies(
    cast: SimpleNamespace, in_review: ChangeRequest
) -> None:
    apply = (
        "UPDATE reviews_changerequest SET state = 'applied', is_emergency = true, decided_at = now(), "
        "applied_at = now() WHERE id = %s"
    )
    assert "cannot go from in_review" in refused(apply, in_review.pk)
    made = Emergency.objects.create(
        request=in_review, person=cast.administrator, reason="Fire.", digest="0" * 64, armed_at=now(),
        armed_until=now() + timedelta(minutes=5),
    )  # fmt: skip
    used = {"used_at": now(), "holds_until": now() + timedelta(days=1), "retro_due_at": now(), "retro_state": "owed"}
    Emergency.objects.filter(pk=made.pk).update(**used)
    assert "cannot go from in_review" in refused(apply, in_review.pk)
    with pytest.raises(IntegrityError, match="stays on record"), transaction.atomic():
        Emergency.objects.filter(pk=made.pk).update(digest=in_review.digest)
    with pytest.raises(IntegrityError), transaction.atomic():
        Emergency.objects.filter(pk=made.pk)._raw_delete("default")
    assert Vote.objects.count() == 0


def test_sql_emergency__used_in_time__passes_the_board_and_leaves_a_debt(
    cast: SimpleNamespace, in_review: ChangeRequest
) -> None:
    made = Emergency.objects.create(
        request=in_review, person=cast.administrator, reason="Fire.", digest=in_review.digest, armed_at=now(),
        armed_until=now() + timedelta(minutes=5),
    )  # fmt: skip
    used = {"used_at": now(), "holds_until": now() + timedelta(days=1), "retro_due_at": now(), "retro_state": "owed"}
    Emergency.objects.filter(pk=made.pk).update(**used)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE reviews_changerequest SET state = 'applied', is_emergency = true, decided_at = now(), "
            "applied_at = now() WHERE id = %s",
            [in_review.pk],
        )
    with pytest.raises(IntegrityError, match="stays on record"), transaction.atomic():
        Emergency.objects.filter(pk=made.pk).update(retro_state="none")
