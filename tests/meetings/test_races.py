"""Two chairs, two tabs, two workers at the same instant."""

from types import SimpleNamespace

import pytest
from django.core import mail

from accounts.models import User
from common.errors import Conflict
from ledger.models import Entry
from meetings.models import Meeting
from meetings.services.agenda import move_item
from meetings.services.holding import close_meeting, open_meeting, take_place
from meetings.services.voting import vote_in_meeting
from notifications.services import notify
from notifications.services.mailing import send_due_mails
from reviews.models import Vote
from tests.meetings.conftest import item_of
from tests.reviews.test_races import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_meeting__held_by_two_at_every_instant__has_one_story(stage: SimpleNamespace) -> None:
    chairs = (stage.marketing_member, stage.sales_member)
    own = [User.objects.get(pk=person.pk) for person in chairs]
    one = {"meeting_id": stage.meeting.pk}
    opened = at_once(*(lambda person=person: open_meeting(actor=person, **one) for person in own))
    assert sorted(isinstance(each, Conflict) for each in opened) == [False, True]
    for person in chairs:
        take_place(actor=person, presence="present", **one)

    seen, item = Meeting.objects.get().version, item_of(stage.rule)
    moved = at_once(
        *(
            lambda person=person: move_item(actor=person, item_id=item.pk, move="take_up", seen=seen, **one)
            for person in own
        )
    )
    assert sorted(isinstance(each, Conflict) for each in moved) == [False, True]

    # A vote and two closings at once: the vote is in the minutes, or it was not taken.
    at_once(
        lambda: vote_in_meeting(
            actor=own[0], item_id=item.pk, verdict="reject", reason="Too wide.", digest=stage.rule.digest, **one
        ),
        *(lambda person=person: close_meeting(actor=person, **one) for person in own),
    )
    held = Meeting.objects.get()
    assert held.state == "closed"
    assert Entry.objects.filter(event="meetings.meeting.closed").count() == 1
    assert sum(len(each["votes"]) for each in held.minutes["items"]) == Vote.objects.count()
    assert Entry.objects.filter(event="reviews.vote.cast").count() == Vote.objects.count()


def test_told__by_two_and_mailed_by_two_at_once__is_one_row_and_one_mail(stage: SimpleNamespace) -> None:
    User.objects.filter(pk=stage.owner.pk).update(email="owner@grocer.example")
    tell = {"to": [stage.owner.pk], "kind": "decided", "title": "Approved", "url": "/", "key": "once"}
    at_once(*[lambda: notify(**tell)] * 3)
    sent = at_once(*[send_due_mails] * 3)
    assert sum(sent) == 1 == len(mail.outbox)
