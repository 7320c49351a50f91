"""A board of three functions with one rule to decide and one change of words alone, and a meeting about them."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from common.clock import now
from meetings.models import Item, Meeting
from meetings.services.holding import open_meeting, take_place
from meetings.services.planning import plan_meeting
from reviews.models import ChangeRequest
from reviews.services.requests import create_request, submit_request


def proposed(actor: Any, key: str, **content: Any) -> ChangeRequest:
    """A request about a live segment, in review."""
    made = create_request(
        actor=actor,
        kind="change",
        subject_type="segment",
        subject_key=key,
        proposed=content,
        rationale="It is time.",
        expected="Better words.",
    )
    return submit_request(actor=actor, request_id=made.pk)


@pytest.fixture
def stage(grocer: SimpleNamespace) -> SimpleNamespace:
    """The people with `rule` and `words` in review and a planned `meeting`."""
    grocer.words = proposed(grocer.owner, "occasional", meaning="Those who come now and then.")
    grocer.rule = proposed(grocer.owner, "anchors", rule="orders_90d >= 9")
    grocer.meeting = plan_meeting(
        actor=grocer.marketing_member, board_key="board", title="March", starts_at=now() + timedelta(days=2)
    )
    return grocer


@pytest.fixture
def opened(stage: SimpleNamespace) -> SimpleNamespace:
    """The meeting open, with marketing and sales in the room."""
    open_meeting(actor=stage.marketing_member, meeting_id=stage.meeting.pk)
    for person in (stage.marketing_member, stage.sales_member):
        take_place(actor=person, meeting_id=stage.meeting.pk, presence="present")
    stage.meeting = Meeting.objects.get(pk=stage.meeting.pk)
    return stage


def item_of(request: ChangeRequest) -> Item:
    """The item of a request on the only agenda."""
    return Item.objects.get(request=request)
