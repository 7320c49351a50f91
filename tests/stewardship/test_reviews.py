"""Owners, review-by dates, hand-overs, assessments."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine

from accounts.models import User
from aims.choices import UNUSED_DAYS
from aims.models import UsageDay
from aims.selectors.tallies import OPEN, TAKEN, tally_store
from common.clock import now
from common.errors import Invalid, NotAllowed
from notifications.models import Notification
from reviews.models import Board, ChangeRequest
from stewardship import services
from stewardship.errors import InvalidUpkeep, NoSuchThing
from stewardship.models import Assessment, Escalation, Review
from stewardship.selectors.assessments import trends_of
from stewardship.selectors.kept import thing, things
from stewardship.selectors.ownership import owned_by, unowned, without_board
from stewardship.selectors.queue import queue_for
from taxonomy.models import Segment

pytestmark = pytest.mark.django_db
SCORES = {
    "journeys": 3, "journeys_note": "Two of three fit.", "fit": 4, "fit_note": "They buy it.",
    "competition": 2, "competition_note": "A discounter came.",
}  # fmt: skip


def later(days: int) -> Any:
    """So many days on."""
    return time_machine.travel(datetime.now(UTC) + timedelta(days=days), tick=True)


def test_things__each_tier__has_its_cycle(grocer: SimpleNamespace) -> None:
    assert {(each.key, each.days) for each in things("segment")} == {
        ("households", 365), ("anchors", 365), ("occasional", 365), ("anchor-families", 180),
    }  # fmt: skip
    assert not any(each.is_overdue for each in things())
    with pytest.raises(NoSuchThing):
        thing("segment", "nothing")


def test_record_review__overdue__is_due_again_after_its_cycle(grocer: SimpleNamespace) -> None:
    answers = {"messaging": "We say less.", "roadmap": "Nothing.", "minutes": "All were there."}
    with later(400):
        assert thing("segment", "anchors").is_overdue
        made = services.record_review(
            actor=grocer.owner, type_="segment", key="anchors", reason="Looked at the sizes.", answers=answers
        )
        found = thing("segment", "anchors")
        assert not found.is_overdue
    assert (made.messaging, made.minutes, made.version_number) == ("We say less.", "All were there.", 1)
    assert found.review_by == (made.at + timedelta(days=365)).date()


def test_record_review__without_a_reason_or_right__is_refused(grocer: SimpleNamespace) -> None:
    for actor in (grocer.viewer, grocer.rep, grocer.auditor, grocer.sales_member):
        with pytest.raises(NotAllowed):
            services.record_review(actor=actor, type_="segment", key="anchors", reason="Fine.")
    with pytest.raises(Invalid):
        services.record_review(actor=grocer.owner, type_="segment", key="anchors", reason=" ")
    with pytest.raises(InvalidUpkeep):
        services.record_review(
            actor=grocer.owner, type_="segment", key="anchors", reason="Fine.", answers={"price": "?"}
        )
    assert not Review.objects.exists()


def test_set_cycle__own_number__moves_the_date_and_goes_back(grocer: SimpleNamespace) -> None:
    assert services.set_cycle(actor=grocer.steward, type_="segment", key="anchors", days=30).days == 30
    assert services.set_cycle(actor=grocer.steward, type_="segment", key="anchors", days=None).days == 365
    with pytest.raises(InvalidUpkeep):
        services.set_cycle(actor=grocer.steward, type_="segment", key="anchors", days=0)


def test_escalate_reviews__overdue__owners_at_once_and_the_board_after_two_weeks_each_once(
    grocer: SimpleNamespace,
) -> None:
    with later(180 + 3):
        assert (services.escalate_reviews(), services.escalate_reviews()) == (1, 0)
    rows = Notification.objects.filter(kind="review_due")
    assert set(rows.values_list("person__username", flat=True)) == {"owner", "steward"}
    with later(180 + 20):
        assert (services.escalate_reviews(), services.escalate_reviews()) == (1, 0)
    assert list(Escalation.objects.order_by("pk").values_list("about", "stage")) == [
        ("segment:anchor-families", "owner"),
        ("segment:anchor-families", "board"),
    ]
    assert rows.filter(person=grocer.sales_member).count() == 1


def test_unowned__somebody_left__counts_as_empty_and_is_proposed_in_one_go(grocer: SimpleNamespace) -> None:
    assert unowned() == []
    User.objects.filter(pk=grocer.owner.pk).update(is_active=False)
    gaps = unowned()
    assert {gap.missing for gap in gaps} == {("definition", "outcome")}
    assert len(gaps) == 4
    assert {each.segment.key for each in owned_by(grocer.steward)} == {each.segment.key for each in gaps}
    parts = {part.key: part.total for part in queue_for(grocer.steward)}
    assert parts["owners"] == 4
    made = services.propose_handover(
        actor=grocer.steward,
        key="anchors",
        owners={"definition": "administrator", "outcome": "administrator"},
        reason="Olive has left.",
    )
    stored = ChangeRequest.objects.get(pk=made.pk)
    assert stored.state == "in_review"
    assert stored.proposed["owners"] == {
        "data": "steward",
        "definition": "administrator",
        "outcome": "administrator",
    }


def test_queue_for__segments_that_nobody_uses__wait_with_their_review_once_they_had_time_to_be_used(
    grocer: SimpleNamespace,
) -> None:
    def unused() -> list[tuple[str, str]]:
        part = next(part for part in queue_for(grocer.steward) if part.key == "unused")
        return [(line.title, line.url) for line in part.lines]

    tally_store().delete(OPEN, TAKEN)  # what tests before this one left to be written down
    assert unused() == []
    with later(UNUSED_DAYS + 2):
        UsageDay.objects.create(segment=Segment.objects.get(key="anchors"), on=now().date(), kind="view", count=1)
        waiting = dict(unused())
    assert len(waiting) == 3
    assert "/stewardship/reviews/segment/anchors/" not in waiting.values()
    assert "/stewardship/reviews/segment/occasional/" in waiting.values()


def test_hand_over__nothing_new__is_refused(grocer: SimpleNamespace) -> None:
    with pytest.raises(InvalidUpkeep):
        services.propose_handover(actor=grocer.owner, key="anchors", owners={"data": "steward"}, reason="So.")
    with pytest.raises(NotAllowed):
        services.propose_handover(actor=grocer.viewer, key="anchors", owners={"data": "owner"}, reason="So.")


def test_without_board__a_board_of_one_branch__lists_the_others(grocer: SimpleNamespace) -> None:
    assert without_board() == []
    Board.objects.update(branches=["anchors"])
    assert {each.key for each in without_board()} == {"households", "occasional"}


def test_assess__twice__shows_the_trend_of_each_criterion(grocer: SimpleNamespace) -> None:
    services.assess_segment(actor=grocer.sales_member, key="anchors", scores=SCORES)
    services.assess_segment(actor=grocer.owner, key="anchors", scores={**SCORES, "journeys": 5, "fit": 1})
    found = {each.name: (each.scores, each.change) for each in trends_of("anchors")}
    assert found == {"journeys": ((3, 5), 2), "fit": ((4, 1), -3), "competition": ((2, 2), 0)}


@pytest.mark.parametrize("wrong", [{"fit": 6}, {"fit": 0}, {"fit": "4"}, {"fit": True}, {"fit_note": ""}])
def test_assess__a_wrong_score_or_no_reason__is_refused(grocer: SimpleNamespace, wrong: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        services.assess_segment(actor=grocer.owner, key="anchors", scores={**SCORES, **wrong})
    assert not Assessment.objects.exists()


def test_pages__reviews_owners_assessments__show_and_take(grocer: SimpleNamespace, client_of: Any) -> None:
    services.record_review(actor=grocer.owner, type_="segment", key="occasional", reason="Holds.")
    services.set_cycle(actor=grocer.owner, type_="segment", key="occasional", days=900)
    with later(400):
        client = client_of(grocer.owner)
        listed = client.get("/stewardship/reviews/?due=1").content.decode()
        assert "Anchor households" in listed
        assert "Occasional households" not in listed
        page = "/stewardship/reviews/segment/anchors/"
        assert client.post(page, {"reason": ""}).status_code == 422
        assert client.post(page, {"reason": "It <holds>."}).status_code == 302
        assert "It &lt;holds&gt;." in client.get(page).content.decode()
        assert client.post(f"{page}cycle/", {"days": "90"}).status_code == 302
        assert client.post("/stewardship/assessments/anchors/", SCORES).status_code == 302
        assert "3 of 5" in client.get("/stewardship/assessments/anchors/").content.decode()
        region = client.get("/stewardship/region/segment/anchors/").content.decode()
        assert "Segmentation board" in region
        assert "3 of 5" in region
        assert "Anchor households" in client.get("/stewardship/owners/").content.decode()
        answer = client.post(
            "/stewardship/owners/anchors/hand-over/",
            {"data": "owner", "definition": "", "outcome": "", "reason": "So."},
        )
        assert answer.status_code == 302
        assert ChangeRequest.objects.get().proposed["owners"]["data"] == "owner"
        viewer = client_of(grocer.viewer)
        assert viewer.post(page, {"reason": "x"}).status_code == 403
        assert viewer.get(page).status_code == 200
        assert client.get("/stewardship/reviews/segment/nothing/").status_code == 404


def test_api__reviews_and_assessments__as_on_the_pages(grocer: SimpleNamespace, api_of: Any) -> None:
    program = api_of(grocer.owner)
    due = program.get("/api/v1/stewardship/reviews/").json()["results"]
    assert {each["key"] for each in due} == {"households", "anchors", "occasional", "anchor-families"}
    made = program.post(
        "/api/v1/stewardship/reviews/segment/anchors/", {"reason": "Holds."}, content_type="application/json"
    )
    assert (made.status_code, made.json()["version"]) == (201, 1)
    made = program.post("/api/v1/stewardship/assessments/anchors/", SCORES, content_type="application/json")
    assert (made.status_code, made.json()["fit"]) == (201, 4)
    listed = program.get("/api/v1/stewardship/assessments/anchors/").json()["results"]
    assert [each["journeys"] for each in listed] == [3]
