"""Every refusal on the way from a draft to effect, with the sentence that the person reads."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from common.actors import SYSTEM
from common.clock import now
from common.errors import DomainError, Invalid, NotAllowed, Stale
from customers.services.attributes import define_attribute
from ledger.models import Entry
from reviews.errors import AlreadyVoted, BaseMoved, ChangedSinceOpened, IllegalMove, NoBoard, NoSeat, Recused
from reviews.models import ChangeRequest, Vote
from reviews.services.boards import define_board, seat_member
from reviews.services.requests import create_request, edit_request, submit_request, withdraw_request
from reviews.services.voting import cast_vote
from taxonomy.selectors import live_content
from tests.reviews.conftest import proposed_change, proposed_creation, segment_content, submitted, vote


def refusals(request: ChangeRequest) -> list[str]:
    rows = Entry.objects.filter(event="reviews.attempt.refused", object_key=str(request.pk))
    return [row.payload["code"] for row in rows]


def test_vote__own_request__is_refused_and_entered(cast: SimpleNamespace, in_review: ChangeRequest) -> None:
    seat_member(actor=cast.administrator, board_key="grocery", username=cast.owner.username, function="product")

    with pytest.raises(Recused, match="You wrote this request, so you cannot vote on it"):
        vote(cast.owner, in_review)

    assert not Vote.objects.exists()
    assert refusals(in_review) == ["own_request"]


def test_vote__superuser_and_author__is_refused_all_the_same(cast: SimpleNamespace, in_review: ChangeRequest) -> None:
    cast.owner.is_superuser = cast.owner.is_staff = True
    cast.owner.save()
    with pytest.raises(NotAllowed):
        vote(cast.owner, in_review)


def test_vote__editor_of_an_earlier_revision__is_refused(cast: SimpleNamespace, in_review: ChangeRequest) -> None:
    edit_request(actor=cast.steward, request_id=in_review.pk, changes={"expected": "Three more baskets."})
    edit_request(actor=cast.owner, request_id=in_review.pk, changes={"expected": "Two more baskets again."})
    seat_member(actor=cast.administrator, board_key="grocery", username=cast.steward.username, function="finance")

    with pytest.raises(Recused, match="You edited this request"):
        vote(cast.steward, in_review)


def test_vote__member_of_another_board__is_refused_and_entered(cast: SimpleNamespace, in_review: ChangeRequest) -> None:
    define_board(
        actor=cast.administrator,
        key="wine",
        name="Wine board",
        branches=["wine"],
        policy={"quorum": 1},
        seats={"finance": [cast.steward.username]},
    )

    with pytest.raises(NoSeat, match="You hold no seat in Grocery board"):
        vote(cast.steward, in_review)

    assert refusals(in_review) == ["no_seat"]


def test_vote__twice__is_refused(cast: SimpleNamespace, in_review: ChangeRequest) -> None:
    vote(cast.marketing_member, in_review)
    with pytest.raises(AlreadyVoted, match="You voted “approve” on this revision already"):
        vote(cast.marketing_member, in_review, verdict="abstain")
    assert Vote.objects.count() == 1


def test_vote__on_what_was_edited_since__is_refused_and_says_what_changed(
    cast: SimpleNamespace, in_review: ChangeRequest
) -> None:
    seen = in_review.digest
    edit_request(actor=cast.owner, request_id=in_review.pk, changes={"proposed": {"rule": "spend >= 900"}})

    with pytest.raises(ChangedSinceOpened) as refused:
        cast_vote(actor=cast.marketing_member, request_id=in_review.pk, verdict="approve", digest=seen)

    assert refused.value.extra["changed"] == ["rule"]
    assert not Vote.objects.exists()


@pytest.mark.parametrize("digest", ["", "f" * 64])
def test_vote__without_the_digest_of_what_is_there__is_refused(
    cast: SimpleNamespace, in_review: ChangeRequest, digest: str
) -> None:
    with pytest.raises(DomainError):
        cast_vote(actor=cast.marketing_member, request_id=in_review.pk, verdict="approve", digest=digest)
    assert not Vote.objects.exists()


def test_edit__after_an_approval__voids_it(cast: SimpleNamespace, in_review: ChangeRequest) -> None:
    vote(cast.marketing_member, in_review)
    edit_request(actor=cast.owner, request_id=in_review.pk, changes={"proposed": {"rule": "spend >= 900"}})

    first = Vote.objects.get()
    assert first.voided_at is not None and "edited" in first.void_reason
    vote(cast.sales_member, in_review)
    in_review.refresh_from_db()
    assert in_review.state == "in_review" and live_content("big-baskets") is None
    vote(cast.marketing_member, in_review)
    live = live_content("big-baskets")
    assert live is not None and live.content["rule"] == "spend >= 900"


def test_edit__after_full_approval__returns_to_review(cast: SimpleNamespace, draft: ChangeRequest) -> None:
    edit_request(actor=cast.owner, request_id=draft.pk, changes={"effective_at": now() + timedelta(days=3)})
    submitted(cast.owner, draft)
    vote(cast.marketing_member, draft)
    vote(cast.sales_member, draft)
    draft.refresh_from_db()
    assert draft.state == "approved"

    edit_request(actor=cast.owner, request_id=draft.pk, changes={"expected": "Something else."})

    draft.refresh_from_db()
    assert (draft.state, draft.decided_at) == ("in_review", None)
    assert Vote.objects.filter(voided_at=None).count() == 0


def test_edit__that_changes_nothing__keeps_the_votes(cast: SimpleNamespace, in_review: ChangeRequest) -> None:
    vote(cast.marketing_member, in_review)
    edit_request(actor=cast.owner, request_id=in_review.pk, changes={"proposed": {"rule": "spend  >=  1000"}})
    assert Vote.objects.get().voided_at is None


def test_edit__of_a_decided_request__is_refused(cast: SimpleNamespace, live_segment: str) -> None:
    request = ChangeRequest.objects.get()
    for deed in (
        lambda: edit_request(actor=cast.owner, request_id=request.pk, changes={"expected": "x"}),
        lambda: submit_request(actor=cast.owner, request_id=request.pk),
        lambda: withdraw_request(actor=cast.owner, request_id=request.pk),
        lambda: vote(cast.marketing_member, request),
    ):
        with pytest.raises(IllegalMove) as refused:
            deed()
        assert refused.value.extra == {"state": "applied"}


def test_edit__with_an_older_copy__is_refused(cast: SimpleNamespace, draft: ChangeRequest) -> None:
    edit_request(actor=cast.owner, request_id=draft.pk, changes={"expected": "a"}, lock_version=draft.version)
    with pytest.raises(Stale):
        edit_request(actor=cast.owner, request_id=draft.pk, changes={"expected": "b"}, lock_version=draft.version)


def test_submit__written_against_an_older_version__is_refused(cast: SimpleNamespace, live_segment: str) -> None:
    slow = proposed_change(cast.owner, rule="spend >= 3000")
    quick = submitted(cast.owner, proposed_change(cast.owner, rule="spend >= 2000"))
    vote(cast.marketing_member, quick)
    vote(cast.sales_member, quick)

    with pytest.raises(BaseMoved, match="version 2 of big-baskets is live now"):
        submit_request(actor=cast.owner, request_id=slow.pk)


def test_vote__after_the_live_version_moved__turns_the_request_stale(cast: SimpleNamespace, live_segment: str) -> None:
    slow = submitted(cast.owner, proposed_change(cast.owner, rule="spend >= 3000"))
    quick = submitted(cast.owner, proposed_change(cast.owner, rule="spend >= 2000"))
    vote(cast.marketing_member, quick)
    vote(cast.sales_member, quick)

    with pytest.raises(BaseMoved, match="turned stale"):
        vote(cast.marketing_member, slow)

    slow.refresh_from_db()
    assert slow.state == "stale"
    assert Entry.objects.filter(event="reviews.request.staled", object_key=str(slow.pk)).count() == 1
    live = live_content("big-baskets")
    assert live is not None and live.content["rule"] == "spend >= 2000"


@pytest.mark.parametrize(
    ("rule", "code", "column"),
    [
        ("spend >= 1000 AND shoe_size > 43", "unknown_attribute", 19),
        ("spend >= 'a lot'", None, None),
        ("region = 'mars'", None, None),
        ("spend >= ", None, None),
        ("spend + 1 > 2", None, None),
        ("(SELECT 1) = 1", None, None),
    ],
)
def test_create__rule_that_cannot_be_read__is_refused_with_its_position(
    cast: SimpleNamespace, catalogue: None, board: Any, rule: str, code: str | None, column: int | None
) -> None:
    with pytest.raises(Invalid) as refused:
        proposed_creation(cast.owner, rule=rule)

    fault = refused.value.errors[0]
    assert fault["pointer"] == "/proposed/rule"
    assert fault["position"]["line"] == 1
    if code:
        assert (fault["code"], fault["position"]["column"]) == (code, column)
    assert not ChangeRequest.objects.exists()


def test_create__rule_over_an_attribute_that_the_author_may_not_see__is_refused_as_unknown(
    cast: SimpleNamespace, catalogue: None, board: Any
) -> None:
    secret = {"label": "Diagnosis", "type": "boolean", "dimension": "demographic", "sensitivity": "special"}
    define_attribute(actor=SYSTEM, key="diagnosis", content=secret)
    with pytest.raises(Invalid) as refused:
        proposed_creation(cast.owner, rule="diagnosis")
    assert refused.value.errors[0]["code"] == "unknown_attribute"
    request = proposed_creation(cast.steward, rule="diagnosis")
    submit_request(actor=cast.steward, request_id=request.pk)
    vote(cast.marketing_member, request)
    vote(cast.sales_member, request)
    assert proposed_change(cast.owner, name="Another name").proposed["rule"] == "diagnosis"


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"name": ""}, "/proposed/name"),
        ({"tier": "galaxy"}, "/proposed/tier"),
        ({"parent": "nowhere"}, "/proposed/parent"),
        ({"owners": {"data": "nobody-here"}}, "/proposed/owners/data"),
        ({"status": "active"}, "/proposed/status"),
    ],
)
def test_create__content_that_cannot_be_enacted__is_refused_where_it_stands(
    cast: SimpleNamespace, catalogue: None, board: Any, changes: dict[str, Any], pointer: str
) -> None:
    with pytest.raises(Invalid) as refused:
        proposed_creation(cast.owner, **changes)
    assert pointer in [fault["pointer"] for fault in refused.value.errors]


def test_create__without_a_board__names_who_can_set_one_up(cast: SimpleNamespace, catalogue: None) -> None:
    with pytest.raises(NoBoard, match=str(cast.administrator)):
        proposed_creation(cast.owner)


@pytest.mark.parametrize("name", ["rep", "learner", "viewer", "stranger", "auditor", "deactivated"])
def test_create__by_somebody_without_the_right__is_refused(
    cast: SimpleNamespace, catalogue: None, board: Any, name: str
) -> None:
    with pytest.raises(NotAllowed):
        proposed_creation(getattr(cast, name))


def test_create__without_a_reason__is_refused(cast: SimpleNamespace, catalogue: None, board: Any) -> None:
    with pytest.raises(Invalid) as refused:
        create_request(
            actor=cast.owner,
            kind="create",
            subject_type="segment",
            subject_key="big",
            proposed=segment_content(),
            rationale="  ",
        )
    assert refused.value.errors[0]["pointer"] == "/rationale"


def test_create__of_what_is_live__is_refused(cast: SimpleNamespace, live_segment: str) -> None:
    with pytest.raises(DomainError, match="already"):
        proposed_creation(cast.owner)


def test_change__of_nothing__is_refused(cast: SimpleNamespace, live_segment: str) -> None:
    with pytest.raises(Invalid) as refused:
        proposed_change(cast.owner, rule="spend >= 1000")
    assert refused.value.errors[0]["code"] == "nothing_changed"


@pytest.mark.parametrize("verdict", ["reject", "request_changes"])
def test_vote__against_without_a_reason__is_refused(
    cast: SimpleNamespace, in_review: ChangeRequest, verdict: str
) -> None:
    with pytest.raises(Invalid) as refused:
        vote(cast.marketing_member, in_review, verdict=verdict)
    assert refused.value.errors[0]["pointer"] == "/reason"


def test_reject__of_a_change__leaves_the_live_version_alone(cast: SimpleNamespace, live_segment: str) -> None:
    request = submitted(cast.owner, proposed_change(cast.owner))
    vote(cast.marketing_member, request, verdict="reject", reason="The line is arbitrary.")

    request.refresh_from_db()
    live = live_content("big-baskets")
    assert request.state == "rejected"
    assert live is not None and (live.version_number, live.content["rule"]) == (1, "spend >= 1000")
    proposed_change(cast.owner)  # and a new proposal can follow


def test_request_changes__then_submitted_unchanged__everybody_votes_again(
    cast: SimpleNamespace, in_review: ChangeRequest
) -> None:
    vote(cast.marketing_member, in_review)
    vote(cast.sales_member, in_review, verdict="request_changes", reason="Explain the line.")
    in_review.refresh_from_db()
    assert in_review.state == "changes_requested"

    submitted(cast.owner, in_review)

    in_review.refresh_from_db()
    assert (in_review.state, in_review.revision) == ("in_review", 2)
    assert not Vote.objects.filter(voided_at=None).exists()


def test_draft__of_somebody_else__is_not_there(cast: SimpleNamespace, draft: ChangeRequest) -> None:
    for person in (cast.rep, cast.marketing_member, cast.steward):
        with pytest.raises(DomainError) as refused:
            submit_request(actor=person, request_id=draft.pk)
        assert refused.value.status == 404
