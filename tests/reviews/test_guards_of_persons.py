"""The database counts persons and mailboxes, and refuses by direct SQL what would hollow a requirement or a review."""

from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from common.clock import now
from reviews.models import ChangeRequest, Declaration, Emergency, Impact, Invitation, Revision, Seat, Vote
from reviews.selectors.requests import current_revision
from tests.reviews.conftest import invited, proposed_creation, submitted, vote
from tests.reviews.test_guards import insert_vote, refused
from tests.reviews.test_guards_of_votes import raw_delegation
from tests.reviews.test_rights import lend, policy


def barred(words: str, deed: Callable[[], Any]) -> None:
    """The database refuses the deed in these words."""
    with pytest.raises(IntegrityError, match=words), transaction.atomic():
        deed()


def suffices(request: ChangeRequest) -> bool:
    request.refresh_from_db()
    with connection.cursor() as cursor:
        cursor.execute("SELECT reviews_votes_suffice(%s, %s, %s)", [request.pk, request.revision, request.digest])
        return bool(cursor.fetchone()[0])


def raw_invitation(request: ChangeRequest, by: Any, email: str, **changes: Any) -> Invitation:
    row = {
        "name": "Pat", "secret_digest": email.ljust(64, "0"), "invited_at": now(), "asked_digest": request.digest,
        "expires_at": now() + timedelta(days=1), **changes,
    }  # fmt: skip
    return Invitation.objects.create(request=request, email=email, invited_by=by, **row)


def answered(row: Invitation, request: ChangeRequest) -> None:
    Invitation.objects.filter(pk=row.pk).update(
        verdict="approve", answered_at=now(), revision=current_revision(request), digest=request.digest
    )


def test_sql_outsiders__one_mailbox_in_two_rows__counts_once(
    cast: SimpleNamespace, catalogue: None, board: Any
) -> None:
    policy(cast, outsiders=2)
    request = submitted(cast.owner, proposed_creation(cast.owner))
    first, _ = invited(cast.sales_member, request, "pat@example.org")
    barred("One mailbox", lambda: raw_invitation(request, cast.sales_member, "PAT+2@example.org"))
    late = raw_invitation(
        request, cast.sales_member, "PAT+3@example.org", invited_at=now() + timedelta(days=99),
        expires_at=now() + timedelta(days=100),
    )  # fmt: skip
    vote(cast.marketing_member, request)
    vote(cast.sales_member, request)
    answered(first, request)
    answered(late, request)
    assert Invitation.objects.filter(verdict="approve").count() == 2 and not suffices(request)
    answered(raw_invitation(request, cast.sales_member, "kim@example.org"), request)
    assert suffices(request)


def test_sql_outsider__asked_by_who_may_not_or_of_a_member__is_refused(
    cast: SimpleNamespace, in_review: ChangeRequest
) -> None:
    cast.finance_member.email = "Fin@example.org"
    cast.finance_member.save()
    for by in (cast.rep, cast.administrator, cast.owner):
        barred("Members of the board", lambda by=by: raw_invitation(in_review, by, "p@example.org"))
    barred("not from outside", lambda: raw_invitation(in_review, cast.sales_member, "fin+x@EXAMPLE.org"))
    barred(
        "before the board",
        lambda: raw_invitation(in_review, cast.sales_member, "p@example.org", asked_digest="0" * 64),
    )
    made = raw_invitation(in_review, cast.sales_member, "p@example.org")
    rows = Invitation.objects.filter(pk=made.pk)
    barred("answered once", lambda: rows.update(asked_digest="1" * 64))
    rows.update(mailed_at=now())
    barred("answered once", lambda: rows.update(mailed_at=None))


def test_sql_approval__against_a_standing_no__is_refused(cast: SimpleNamespace, in_review: ChangeRequest) -> None:
    seat = Seat.objects.create(board=in_review.board, user=cast.finance_member, function="finance", since=now())
    vote(cast.marketing_member, in_review)
    for number, (person, verdict) in enumerate(((cast.finance_member, "reject"), (cast.sales_member, "approve"))):
        Vote.objects.create(
            request=in_review, revision=current_revision(in_review), voter=person, verdict=verdict, reason="No.",
            function="finance" if number == 0 else "sales", seat=seat if number == 0 else None,
            digest=in_review.digest, cast_at=now(),
        )  # fmt: skip
    assert not suffices(in_review)
    Vote.objects.filter(verdict="reject").update(voided_at=now(), void_reason="x")
    assert suffices(in_review)


def test_sql_vote__after_a_void_one__is_taken_once(cast: SimpleNamespace, in_review: ChangeRequest) -> None:
    vote(cast.sales_member, in_review)
    assert "vote_one_per" in insert_vote(in_review, cast.sales_member, "sales")
    Vote.objects.update(voided_at=now(), void_reason="x")
    vote(cast.sales_member, in_review)
    assert "vote_one_per" in insert_vote(in_review, cast.sales_member, "sales")


def test_sql_revision__of_another_wording_by_nobody__is_refused(
    cast: SimpleNamespace, in_review: ChangeRequest
) -> None:
    row = Revision.objects.filter(request=in_review).values().get()
    del row["id"]
    for change in ({"expected": "x"}, {"proposed": {}}, {"title": "x"}, {"effective_at": now()}):
        given = {**row, "number": 2, "editor_id": None, **change}
        barred("name who wrote it", lambda given=given: Revision.objects.create(**given))
    Revision.objects.create(**{**row, "number": 2, "editor_id": None})


@pytest.mark.parametrize(
    "asked",
    [{"quorum": 1}, {"required": {"marketing": 1}}, {"light": True, "quorum": 1, "required": {}}, {"quorum": 0}],
)
def test_sql_request__put_before_the_board_for_less_than_it_asks__is_refused(
    cast: SimpleNamespace, draft: ChangeRequest, asked: dict[str, Any]
) -> None:
    usual = {"quorum": 2, "required": {"marketing": 1, "sales": 1}, "reject_on": "any", "expires_days": 30}
    Impact.objects.create(
        request=draft, revision=current_revision(draft), record={}, policy={**usual, **asked}, policy_version=1,
        digest="1" * 64, signed="2" * 64, created_at=now(),
    )  # fmt: skip
    put = (
        "UPDATE reviews_changerequest SET state = 'in_review', submitted_at = now(), digest = repeat('2', 64), "
        "requirement = (SELECT policy FROM reviews_impact WHERE signed = repeat('2', 64)) WHERE id = %s"
    )
    assert "no less than its board asks" in refused(put, draft.pk)


def test_sql_delegation__of_what_is_borrowed_overlapping_or_endless__is_refused(
    cast: SimpleNamespace, board: Any
) -> None:
    lend(cast.sales_member)
    sales, marketing = Seat.objects.get(function="sales"), Seat.objects.get(function="marketing")
    barred("lent by whoever holds it", lambda: raw_delegation(sales, cast.viewer, cast.rep))
    barred("lent by whoever holds it", lambda: raw_delegation(marketing, cast.viewer, cast.sales_member))
    barred("one person at a time", lambda: raw_delegation(sales, cast.viewer, cast.sales_member))
    long = {"ends_at": now() + timedelta(days=93)}
    barred("92 days", lambda: raw_delegation(marketing, cast.viewer, cast.marketing_member, **long))
    raw_delegation(marketing, cast.viewer, cast.administrator)


def test_sql_declaration__about_somebody_by_the_author__is_refused(
    cast: SimpleNamespace, in_review: ChangeRequest
) -> None:
    row = {"request": in_review, "person": cast.sales_member, "kind": "conflict", "reason": "x", "declared_at": now()}
    barred("choose who decides", lambda: Declaration.objects.create(**row, declared_by=cast.owner))
    Declaration.objects.create(**row, declared_by=cast.steward)


def test_sql_emergency__review_held_by_nobody_or_by_who_may_not__is_refused(
    cast: SimpleNamespace, in_review: ChangeRequest
) -> None:
    row = {
        "request": in_review, "person": cast.steward, "reason": "Fire.", "digest": in_review.digest, "armed_at": now(),
        "armed_until": now() + timedelta(minutes=5),
    }  # fmt: skip
    barred("armed for minutes", lambda: Emergency.objects.create(**{**row, "armed_until": now() + timedelta(days=1)}))
    barred("owes no review|held_by", lambda: Emergency.objects.create(**row, retro_state="held"))
    rows = Emergency.objects.filter(pk=Emergency.objects.create(**row).pk)
    used = {"used_at": now(), "holds_until": now(), "retro_due_at": now()}
    held = {"retro_state": "held", "retro_verdict": "confirmed", "retro_at": now()}
    barred("owes a review", lambda: rows.update(**used))
    barred("owes a review", lambda: rows.update(**used, **held, retro_by=cast.sales_member))
    rows.update(**used, retro_state="owed")
    for by in (None, cast.owner, cast.steward, cast.rep):
        barred("review is held by|held_by_somebody|four_eyes", lambda by=by: rows.update(**held, retro_by=by))
    barred("held_by_somebody", lambda: rows.update(retro_by=cast.sales_member))
    rows.update(**held, retro_by=cast.sales_member)
    barred("stays on record", lambda: rows.update(retro_state="owed"))


def test_sql_request__called_an_emergency_without_broken_glass__is_refused(in_review: ChangeRequest) -> None:
    mark = "UPDATE reviews_changerequest SET is_emergency = true WHERE id = %s"
    assert "was an emergency" in refused(mark, in_review.pk)
