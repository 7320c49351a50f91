"""Changes that rest on others: grounds, schedules, blackouts, the way back."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from accounts.services import deactivate_user
from common.clock import now
from common.errors import Conflict, Invalid, NotAllowed
from customers.services.enactment import enact_attribute
from reviews.models import Blackout, ChangeRequest
from reviews.services.applying import apply_due, apply_request, stale_competitors, suspend_schedules_of
from reviews.services.blackouts import announce_blackout, cancel_blackout
from reviews.services.requests import create_request, schedule_request
from reviews.services.rollbacks import prepare_rollback
from taxonomy import selectors as taxonomy
from tests.reviews.conftest import proposed_change, proposed_creation, submitted, vote

pytestmark = pytest.mark.django_db


def state_of(request: ChangeRequest) -> str:
    return ChangeRequest.objects.get(pk=request.pk).state


def approved(cast: SimpleNamespace, request: ChangeRequest) -> ChangeRequest:
    """The request, approved by marketing and sales."""
    found = submitted(cast.owner, request)
    vote(cast.marketing_member, found)
    vote(cast.sales_member, found)
    return ChangeRequest.objects.get(pk=found.pk)


@pytest.fixture
def below(cast: SimpleNamespace, live_segment: str) -> ChangeRequest:
    """A proposal for a segment below the live one, before the board."""
    draft = proposed_creation(
        cast.owner, "north", parent=live_segment, tier="segment", name="North", rule="region = 'north'"
    )
    return submitted(cast.owner, draft)


def test_ground__rule_above_changed__stales_with_the_cause_in_words(cast: SimpleNamespace, below: Any) -> None:
    approved(cast, proposed_change(cast.owner))
    stale_competitors(subject_type="segment", subject_key="big-baskets")
    found = ChangeRequest.objects.get(pk=below.pk)
    assert found.state == "stale"
    assert "big-baskets" in found.state_reason and "version 2 is live now" in found.state_reason


def test_ground__other_name_above__stales_nothing(cast: SimpleNamespace, below: Any) -> None:
    approved(cast, proposed_change(cast.owner, name="Large baskets"))
    stale_competitors(subject_type="segment", subject_key="big-baskets")
    assert state_of(below) == "in_review"


def test_ground__attribute_means_something_else__stales_at_the_vote(cast: SimpleNamespace, below: Any) -> None:
    content = dict(SubjectOf.attribute("region"))
    enact_attribute(
        actor=cast.owner,
        key="region",
        content={**content, "choices": ["north", "south", "west", "east"]},
        base_version=SubjectOf.version("region"),
        request_ref="test",
    )
    with pytest.raises(Conflict, match="region"):
        vote(cast.marketing_member, below)
    assert state_of(below) == "stale"


class SubjectOf:
    """What the catalogue says of an attribute."""

    @staticmethod
    def attribute(key: str) -> dict[str, Any]:
        from customers.selectors import live_content

        found = live_content(key)
        assert found is not None
        return found.content

    @staticmethod
    def version(key: str) -> int:
        from customers.selectors import live_content

        found = live_content(key)
        assert found is not None
        return found.version_number


def test_ground__stale_creation__comes_up_to_date(cast: SimpleNamespace, below: Any) -> None:
    from reviews.services.requests import rebase_request

    approved(cast, proposed_change(cast.owner))
    stale_competitors(subject_type="segment", subject_key="big-baskets")
    rebase_request(actor=cast.owner, request_id=below.pk)
    assert state_of(below) == "draft"
    assert approved(cast, below).state == "applied"


def test_schedule__a_second_one_for_the_same_subject__cannot_be_approved(
    cast: SimpleNamespace, live_segment: str
) -> None:
    later = now() + timedelta(days=3)
    first, second = proposed_change(cast.owner), proposed_change(cast.owner, rule="spend >= 3000")
    schedule_request(actor=cast.owner, request_id=first.pk, effective_at=later)
    schedule_request(actor=cast.owner, request_id=second.pk, effective_at=later + timedelta(days=1))
    submitted(cast.owner, second)
    assert approved(cast, first).state == "approved"
    with pytest.raises(Conflict, match=f"#{first.pk}"):
        vote(cast.marketing_member, second)
    vote(cast.marketing_member, second, "reject", "The other one comes first.")
    assert state_of(second) == "rejected"


def test_schedule__of_somebody_deactivated__is_suspended_with_the_reason(
    cast: SimpleNamespace, live_segment: str
) -> None:
    draft = proposed_change(cast.owner)
    schedule_request(actor=cast.owner, request_id=draft.pk, effective_at=now() + timedelta(days=3))
    assert approved(cast, draft).state == "approved"
    deactivate_user(actor=cast.administrator, user_id=cast.owner.pk)
    assert suspend_schedules_of(cast.owner.username) == 1
    found = ChangeRequest.objects.get(pk=draft.pk)
    assert found.state == "stale" and "no longer has an active account" in found.state_reason


def test_blackout__approved_meanwhile__waits_for_its_end(cast: SimpleNamespace, live_segment: str) -> None:
    made = announce_blackout(
        actor=cast.sales_member,
        board_key="grocery",
        name="Christmas",
        reason="Nobody is here to look.",
        starts_at=now() - timedelta(minutes=1),
        ends_at=now() + timedelta(days=9),
    )
    request = approved(cast, proposed_change(cast.owner))
    assert request.state == "approved"
    assert apply_due() == 0
    with pytest.raises(Conflict, match="Christmas"):
        apply_request(actor=cast.owner, request_id=request.pk)
    cancel_blackout(actor=cast.administrator, blackout_id=made.pk)
    assert apply_due() == 1
    assert state_of(request) == "applied"


def test_blackout__by_others_or_over__is_refused(cast: SimpleNamespace, board: Any) -> None:
    times = {"starts_at": now(), "ends_at": now() + timedelta(days=1)}
    for actor, key in ((cast.owner, "grocery"), (cast.sales_member, "")):
        with pytest.raises(NotAllowed):
            announce_blackout(actor=actor, board_key=key, name="No", reason="No.", **times)
    with pytest.raises(Invalid):
        announce_blackout(
            actor=cast.administrator, name="No", reason="No.", starts_at=now(), ends_at=now() - timedelta(days=1)
        )
    assert not Blackout.objects.exists()


def test_rollback__of_a_change__is_a_request_to_the_same_board(cast: SimpleNamespace, live_segment: str) -> None:
    request = approved(cast, proposed_change(cast.owner))
    back = prepare_rollback(actor=cast.owner, request_id=request.pk)
    assert (back.kind, back.state, back.rolls_back_id) == ("revert", "draft", request.pk)
    assert prepare_rollback(actor=cast.owner, request_id=request.pk).pk == back.pk
    assert approved(cast, back).state == "applied"
    live = taxonomy.live_content(live_segment)
    assert live is not None and live.content["rule"] == "spend >= 1000" and live.version_number == 3


def test_rollback__after_another_change__keeps_the_other_one(cast: SimpleNamespace, live_segment: str) -> None:
    first = approved(cast, proposed_change(cast.owner))
    approved(cast, proposed_change(cast.owner, meaning="Households that buy more than most."))
    back = prepare_rollback(actor=cast.owner, request_id=first.pk)
    assert approved(cast, back).state == "applied"
    live = taxonomy.live_content(live_segment)
    assert live is not None and live.content["rule"] == "spend >= 1000"
    assert live.content["meaning"] == "Households that buy more than most."


def test_rollback__of_a_creation__retires_and_a_retirement_has_no_way_back(
    cast: SimpleNamespace, live_segment: str
) -> None:
    created = ChangeRequest.objects.get(kind="create", state="applied")
    back = prepare_rollback(actor=cast.owner, request_id=created.pk)
    assert back.kind == "retire" and approved(cast, back).state == "applied"
    with pytest.raises(Conflict, match="never used again"):
        prepare_rollback(actor=cast.owner, request_id=back.pk)
    with pytest.raises(Conflict):
        prepare_rollback(actor=cast.owner, request_id=proposed_creation(cast.owner, "other", name="Other").pk)


def test_rollback__by_somebody_who_may_not_propose__is_refused(cast: SimpleNamespace, live_segment: str) -> None:
    request = approved(cast, proposed_change(cast.owner))
    with pytest.raises(NotAllowed):
        prepare_rollback(actor=cast.viewer, request_id=request.pk)


def test_revert__asks_the_board_like_any_change(cast: SimpleNamespace, live_segment: str) -> None:
    approved(cast, proposed_change(cast.owner))
    back = create_request(
        actor=cast.owner,
        kind="revert",
        subject_type="segment",
        subject_key=live_segment,
        proposed={"version": 1},
        rationale="It was better.",
    )
    assert submitted(cast.owner, back).state == "in_review"
    live = taxonomy.live_content(live_segment)
    assert live is not None and live.version_number == 2
