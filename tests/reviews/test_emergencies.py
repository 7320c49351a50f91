"""The way past the board: two clicks, loud, for a time, and a review that goes up until it is held."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from common.clock import now
from common.errors import Conflict, NotAllowed
from notifications.models import Notification
from reviews.models import ChangeRequest, Emergency
from reviews.selectors.invariants import breaches
from reviews.services.blackouts import announce_blackout
from reviews.services.emergencies import arm_emergency, use_emergency
from reviews.services.requests import edit_request
from reviews.services.retro import hold_retro, watch_emergencies
from taxonomy import selectors as taxonomy
from tests.reviews.conftest import proposed_change, submitted

pytestmark = pytest.mark.django_db
WHY = "The rule lets in people who asked us to leave them alone."


@pytest.fixture
def waiting(cast: SimpleNamespace, live_segment: str) -> ChangeRequest:
    """A change of the live segment, before its board."""
    return submitted(cast.owner, proposed_change(cast.owner))


@pytest.fixture
def broken(cast: SimpleNamespace, waiting: ChangeRequest) -> Emergency:
    """The same, in effect past the board."""
    arm_emergency(actor=cast.steward, request_id=waiting.pk, reason=WHY, digest=waiting.digest)
    use_emergency(actor=cast.steward, request_id=waiting.pk, digest=waiting.digest)
    return Emergency.objects.get(request=waiting)


def test_emergency__two_clicks__takes_effect_and_owes_a_review(cast: SimpleNamespace, broken: Emergency) -> None:
    request = ChangeRequest.objects.get(pk=broken.request_id)
    assert (request.state, request.is_emergency) == ("applied", True)
    live = taxonomy.live_content("big-baskets")
    assert live is not None and live.content["rule"] == "spend >= 2000"
    assert broken.retro_state == "owed" and broken.holds_until is not None
    told = set(Notification.objects.filter(kind="emergency").values_list("person__username", flat=True))
    assert {cast.marketing_member.username, cast.sales_member.username, cast.auditor.username} <= told
    assert breaches() == []


def test_emergency__second_click_alone_late_or_by_another__is_refused(
    cast: SimpleNamespace, waiting: ChangeRequest
) -> None:
    with pytest.raises(Conflict, match="Arm it first"):
        use_emergency(actor=cast.steward, request_id=waiting.pk, digest=waiting.digest)
    arm_emergency(actor=cast.steward, request_id=waiting.pk, reason=WHY, digest=waiting.digest)
    with pytest.raises(Conflict, match="Arm it first"):
        use_emergency(actor=cast.owner, request_id=waiting.pk, digest=waiting.digest)
    Emergency.objects.update(armed_until=now() - timedelta(seconds=1))
    with pytest.raises(Conflict, match="minutes"):
        use_emergency(actor=cast.steward, request_id=waiting.pk, digest=waiting.digest)
    assert ChangeRequest.objects.get(pk=waiting.pk).state == "in_review"


def test_emergency__edited_after_arming__is_refused(cast: SimpleNamespace, waiting: ChangeRequest) -> None:
    arm_emergency(actor=cast.steward, request_id=waiting.pk, reason=WHY, digest=waiting.digest)
    changed = edit_request(actor=cast.owner, request_id=waiting.pk, changes={"proposed": {"rule": "TRUE"}})
    for digest in (waiting.digest, changed.digest):
        with pytest.raises(Conflict):
            use_emergency(actor=cast.steward, request_id=waiting.pk, digest=digest)
    live = taxonomy.live_content("big-baskets")
    assert live is not None and live.version_number == 1


def test_emergency__by_those_who_may_not_propose_or_only_sit__is_refused(
    cast: SimpleNamespace, waiting: ChangeRequest
) -> None:
    for actor in (cast.viewer, cast.administrator, cast.sales_member):
        with pytest.raises(NotAllowed):
            arm_emergency(actor=actor, request_id=waiting.pk, reason=WHY, digest=waiting.digest)
    assert not Emergency.objects.exists()


def test_emergency__in_a_blackout__does_not_wait(cast: SimpleNamespace, waiting: ChangeRequest) -> None:
    announce_blackout(
        actor=cast.administrator, name="Freeze", reason="Year end.", starts_at=now(), ends_at=now() + timedelta(days=2)
    )
    arm_emergency(actor=cast.owner, request_id=waiting.pk, reason=WHY, digest=waiting.digest)
    assert use_emergency(actor=cast.owner, request_id=waiting.pk, digest=waiting.digest).state == "applied"


def test_emergency__row_written_by_hand__lets_nothing_past(cast: SimpleNamespace, waiting: ChangeRequest) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        ChangeRequest.objects.filter(pk=waiting.pk).update(
            state="applied", is_emergency=True, applied_at=now(), decided_at=now(), applied_version=2
        )


def test_retro__by_who_did_it_or_wrote_it__is_refused(cast: SimpleNamespace, broken: Emergency) -> None:
    for actor in (cast.steward, cast.owner, cast.viewer):
        with pytest.raises(NotAllowed):
            hold_retro(actor=actor, request_id=broken.request_id, verdict="confirmed", notes="All was well.")
    hold_retro(actor=cast.sales_member, request_id=broken.request_id, verdict="confirmed", notes="All was well.")
    found = Emergency.objects.get(pk=broken.pk)
    assert (found.retro_state, found.retro_by_id) == ("held", cast.sales_member.pk)
    with pytest.raises(Conflict):
        hold_retro(actor=cast.sales_member, request_id=broken.request_id, verdict="confirmed", notes="Again.")
    assert watch_emergencies() == 0


def test_retro__not_confirmed__puts_the_way_back_before_the_board(cast: SimpleNamespace, broken: Emergency) -> None:
    hold_retro(actor=cast.sales_member, request_id=broken.request_id, verdict="not_confirmed", notes="It could wait.")
    back = ChangeRequest.objects.get(rolls_back_id=broken.request_id)
    assert (back.kind, back.state) == ("revert", "in_review")


def test_retro__not_held__goes_up_until_it_is(cast: SimpleNamespace, broken: Emergency) -> None:
    for level in (1, 2):
        Emergency.objects.filter(pk=broken.pk).update(retro_due_at=now() - timedelta(minutes=1))
        assert watch_emergencies() == 1
        assert watch_emergencies() == 0
        assert Emergency.objects.get(pk=broken.pk).retro_level == level
    hold_retro(actor=cast.administrator, request_id=broken.request_id, verdict="confirmed", notes="It stands.")
    assert Emergency.objects.get(pk=broken.pk).retro_state == "held"


def test_time_box__over_and_not_confirmed__prepares_the_way_back_once(
    cast: SimpleNamespace, waiting: ChangeRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reviews.services.emergencies.HOLDS_HOURS", 0)
    arm_emergency(actor=cast.steward, request_id=waiting.pk, reason=WHY, digest=waiting.digest)
    use_emergency(actor=cast.steward, request_id=waiting.pk, digest=waiting.digest)
    assert watch_emergencies() == 1
    assert watch_emergencies() == 0
    back = ChangeRequest.objects.get(rolls_back=waiting)
    assert (back.state, back.author) == ("in_review", cast.steward)


def test_pages__two_clicks_banner_review_and_way_back(
    cast: SimpleNamespace, waiting: ChangeRequest, client_of: Any
) -> None:
    page, digest = client_of(cast.steward), {"digest": waiting.digest}
    address = f"/requests/{waiting.pk}/"
    assert "Break glass" in page.get(address).content.decode()
    page.post(f"{address}arm/", {**digest, "reason": WHY})
    assert "Put it into effect now" in page.get(address).content.decode()
    page.post(f"{address}break-glass/", digest)
    assert "took effect past Grocery board" in page.get(address).content.decode()
    assert "In force past" in page.get("/requests/region/emergency/big-baskets/").content.decode()
    assert "In force past its board" in page.get("/").content.decode()
    client_of(cast.sales_member).post(f"{address}retro/", {"verdict": "confirmed", "notes": "It was right."})
    assert "it stands" in page.get(address).content.decode()
    answer = page.post(f"{address}rollback/")
    assert answer.status_code == 302 and ChangeRequest.objects.filter(rolls_back=waiting).exists()


def test_blackout_page__announce_and_cancel(cast: SimpleNamespace, board: Any, client_of: Any) -> None:
    page = client_of(cast.sales_member)
    given = {
        "board": "grocery",
        "name": "Year end",
        "reason": "Books are closed.",
        "starts_at": "2096-12-24T09:00",
        "ends_at": "2096-12-31T09:00",
    }
    assert page.post("/blackouts/", {**given, "ends_at": "no"}).status_code == 422
    assert page.post("/blackouts/", given).status_code == 302
    shown = page.get("/blackouts/").content.decode()
    assert "Year end" in shown and "Cancel" in shown
    assert "Announce one" not in client_of(cast.viewer).get("/blackouts/").content.decode()
