"""Ways around the board that an adversary tried; each is shut, or says plainly why it is open."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from common.actors import SYSTEM
from common.clock import now
from common.errors import Conflict, NotAllowed
from memberships.services import execute_run, request_run
from reviews.errors import StandsAside
from reviews.models import ChangeRequest, Delegation, Emergency
from reviews.selectors.shown_impact import FEW
from reviews.selectors.standing import eligibility, standing
from reviews.services.boards import define_board
from reviews.services.delegating import lend_seat
from reviews.services.emergencies import arm_emergency, use_emergency
from reviews.services.expiry import expire_requests
from reviews.services.invitations import invite_outsider
from reviews.services.requests import create_request, edit_request, schedule_request, submit_request, withdraw_request
from reviews.services.retro import hold_retro, watch_emergencies
from reviews.services.standing_aside import stand_aside
from reviews.services.suggesting import suggest_wording, take_suggestion
from tests.reviews.conftest import invited, proposed_change, proposed_creation, submitted, vote

pytestmark = pytest.mark.django_db
WHY = "The rule lets in people who asked us to leave them alone."


def lent(cast: SimpleNamespace, delegate: str = "rep") -> Delegation:
    return lend_seat(
        actor=cast.sales_member,
        board_key="grocery",
        delegate=delegate,
        ends_at=now() + timedelta(days=1),
        reason="On leave.",
    )


def policy(cast: SimpleNamespace, **given: Any) -> None:
    asked = {"quorum": 2, "required": {"marketing": 1, "sales": 1}, **given}
    define_board(actor=cast.administrator, key="grocery", name="Grocery board", policy=asked)


def broken(cast: SimpleNamespace, request: ChangeRequest) -> Emergency:
    arm_emergency(actor=cast.steward, request_id=request.pk, reason=WHY, digest=request.digest)
    use_emergency(actor=cast.steward, request_id=request.pk, digest=request.digest)
    return Emergency.objects.get(request=request)


def test_emergency__about_a_board__is_refused_whoever_asks(cast: SimpleNamespace, board: Any) -> None:
    define_board(
        actor=cast.administrator,
        key="council",
        name="Council",
        policy={"quorum": 1},
        subject_types=["board"],
        seats={"finance": ["finance_member"]},
    )
    draft = create_request(
        actor=cast.administrator,
        kind="change",
        subject_type="board",
        subject_key="grocery",
        proposed={"policy": {"quorum": 1, "required": {}, "expires_days": 30, "reject_on": "any"}},
        rationale="Quicker.",
    )
    request = submitted(cast.administrator, draft)
    with pytest.raises(NotAllowed, match="Who decides is never changed past the board"):
        arm_emergency(actor=cast.steward, request_id=request.pk, reason=WHY, digest=request.digest)


def test_way_back__of_an_unconfirmed_emergency__is_not_withdrawn_by_who_broke_the_glass(
    cast: SimpleNamespace, live_segment: str
) -> None:
    emergency = broken(cast, submitted(cast.owner, proposed_change(cast.owner)))
    hold_retro(
        actor=cast.sales_member, request_id=emergency.request_id, verdict="not_confirmed", notes="It could wait."
    )
    back = ChangeRequest.objects.get(rolls_back_id=emergency.request_id)
    for person in (cast.steward, cast.administrator):
        with pytest.raises(Conflict, match="the board decides about it"):
            withdraw_request(actor=person, request_id=back.pk)
    vote(cast.sales_member, back, "reject", "It may stand after all.")
    back.refresh_from_db()
    assert back.state == "rejected" and watch_emergencies() == 0


def test_way_back__expired_before_the_board_decided__is_put_before_it_again(
    cast: SimpleNamespace, live_segment: str
) -> None:
    emergency = broken(cast, submitted(cast.owner, proposed_change(cast.owner)))
    hold_retro(
        actor=cast.sales_member, request_id=emergency.request_id, verdict="not_confirmed", notes="It could wait."
    )
    back = ChangeRequest.objects.get(rolls_back_id=emergency.request_id)
    ChangeRequest.objects.filter(pk=back.pk).update(submitted_at=now() - timedelta(days=31))
    assert expire_requests() == 1
    assert watch_emergencies() == 1
    again = ChangeRequest.objects.filter(rolls_back_id=emergency.request_id).latest("pk")
    assert again.pk != back.pk and again.state == "in_review"
    assert watch_emergencies() == 0


def test_retro__by_who_worded_a_part_or_stands_aside__is_refused(cast: SimpleNamespace, live_segment: str) -> None:
    request = submitted(cast.owner, proposed_change(cast.owner))
    made = suggest_wording(actor=cast.sales_member, request_id=request.pk, field="rule", proposed="spend >= 2500")
    take_suggestion(actor=cast.owner, request_id=request.pk, suggestion_id=made.pk)
    stand_aside(actor=cast.marketing_member, request_id=request.pk, kind="conflict", reason="My shop.")
    request.refresh_from_db()
    emergency = broken(cast, request)
    for person in (cast.sales_member, cast.marketing_member):
        with pytest.raises(NotAllowed):
            hold_retro(actor=person, request_id=emergency.request_id, verdict="confirmed", notes="Fine.")


def test_edit__before_the_board__to_what_fails_a_check__is_refused_like_a_submission(
    cast: SimpleNamespace, in_review: ChangeRequest
) -> None:
    failing = {"proposed": {"rule": "spend >= 1000 AND spend < 1000"}}
    draft = proposed_creation(cast.owner, "other", rule=failing["proposed"]["rule"])
    with pytest.raises(Conflict) as at_submission:
        submit_request(actor=cast.owner, request_id=draft.pk)
    with pytest.raises(Conflict) as at_edit:
        edit_request(actor=cast.owner, request_id=in_review.pk, changes=failing)
    assert at_submission.value.code == at_edit.value.code == "check_failed"
    in_review.refresh_from_db()
    assert in_review.revision == 1


def test_named_person__with_a_lent_seat_that_was_voted_from__still_gives_their_own_approval(
    cast: SimpleNamespace, catalogue: None, board: Any
) -> None:
    policy(cast, people=["user:rep"])
    request = submitted(cast.owner, proposed_creation(cast.owner))
    lent(cast)
    vote(cast.marketing_member, request)
    vote(cast.sales_member, request)
    assert eligibility(cast.rep, request).may_vote
    vote(cast.rep, request)
    request.refresh_from_db()
    assert request.state == "applied"


def test_aside__declared_while_approved_and_waiting__puts_it_before_the_board_anew(
    cast: SimpleNamespace, draft: ChangeRequest
) -> None:
    schedule_request(actor=cast.owner, request_id=draft.pk, effective_at=now() + timedelta(days=3))
    submitted(cast.owner, draft)
    vote(cast.marketing_member, draft)
    vote(cast.sales_member, draft)
    stand_aside(actor=cast.finance_member, request_id=draft.pk, kind="recusal", reason="Not mine.")
    draft.refresh_from_db()
    assert draft.state == "approved"
    stand_aside(actor=cast.sales_member, request_id=draft.pk, kind="conflict", reason="My brother's shop.")
    draft.refresh_from_db()
    assert draft.state == "in_review" and standing(draft).received == 0


def test_outsider__asked_twice_by_one_address_or_with_an_account__is_refused(
    cast: SimpleNamespace, in_review: ChangeRequest
) -> None:
    cast.owner.email = "owner@example.org"
    cast.owner.save(update_fields=["email"])
    given = {"actor": cast.sales_member, "request_id": in_review.pk, "name": "Pat"}
    invite_outsider(email="pat@example.org", **given)
    for email in ("PAT@example.org", "owner@example.org"):
        with pytest.raises(Conflict):
            invite_outsider(email=email, **given)
    stand_aside(actor=cast.sales_member, request_id=in_review.pk, kind="conflict", reason="My shop.")
    with pytest.raises(StandsAside):
        invite_outsider(email="pal@example.org", **given)


def test_outsider__reads_no_small_count(grocer: SimpleNamespace) -> None:
    execute_run(request_run(actor=SYSTEM, trigger="schedule").pk)
    request = create_request(
        actor=grocer.owner,
        kind="change",
        subject_type="segment",
        subject_key="anchors",
        proposed={"rule": "orders_90d < 3 OR spend_365d >= 5000"},
        rationale="The stores live on others now.",
    )
    submit_request(actor=grocer.owner, request_id=request.pk)
    _, token = invited(grocer.sales_member, request)
    page = Client().get(reverse("reviews:outside", args=[token])).content.decode()
    assert f"{FEW} customers would enter" in page and "3 customers would enter" not in page


def test_expiry__shortened_by_a_condition__counts(cast: SimpleNamespace, catalogue: None, board: Any) -> None:
    policy(cast, conditions=[{"name": "New ones", "when": {"kinds": ["create"]}, "then": {"expires_days": 5}}])
    request = submitted(cast.owner, proposed_creation(cast.owner))
    assert request.requirement["expires_days"] == 5
    ChangeRequest.objects.filter(pk=request.pk).update(submitted_at=now() - timedelta(days=6))
    assert expire_requests() == 1


def test_contract__board_put_twice_submit_vote_and_apply__ask_for_no_statement(
    cast: SimpleNamespace, catalogue: None, api_of: Any
) -> None:
    admin, owner = api_of(cast.administrator, ("read", "write", "admin")), api_of(cast.owner)
    board = {
        "name": "Grocery board",
        "policy": {"quorum": 1, "required": {"sales": 1}},
        "seats": {"sales": ["sales_member"]},
    }
    answers = [admin.put("/api/v1/boards/grocery/", board, content_type="application/json") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 200]
    request = proposed_creation(cast.owner)
    one = f"/api/v1/change-requests/{request.pk}/"
    json = {"content_type": "application/json"}
    assert owner.post(one + "submit/", {}, **json).status_code == 200
    digest = owner.get(one).json()["digest"]
    for path in ("submit/", "votes/", "apply/", "arm/", "retro/", "schedule/", "withdraw/", "comments/"):
        answer = api_of(cast.sales_member).post(one + path, {"surprise": 1}, **json)
        assert answer.status_code == 400 and answer["Content-Type"].startswith("application/problem+json"), path
    given = api_of(cast.sales_member).post(one + "votes/", {"verdict": "approve", "digest": digest}, **json)
    assert (given.status_code, given.json()["state"]) == (201, "applied")
    again = owner.post(one + "apply/", {}, **json)
    assert again.status_code == 409 and again["Content-Type"].startswith("application/problem+json")


def test_seat__lent_by_whoever_wrote_the_request__gives_no_vote_on_it(cast: SimpleNamespace, live_segment: str) -> None:
    request = submitted(cast.administrator, proposed_change(cast.administrator, live_segment))
    lend_seat(
        actor=cast.administrator,
        board_key="grocery",
        holder="sales_member",
        delegate="rep",
        ends_at=now() + timedelta(days=1),
        reason="Away without a word.",
    )
    with pytest.raises(NotAllowed, match="was lent by"):
        vote(cast.rep, request)
