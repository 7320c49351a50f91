"""People are told once, by mail as they prefer, and rooms in one plain line."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.core import mail

from common.clock import now
from common.errors import Invalid, NotAllowed, NotFound
from ledger.models import Entry
from notifications.choices import Delivery, Kind, MailMode
from notifications.content import one_line, without_personal_data
from notifications.measures import Clock, due_at, next_try
from notifications.models import Notification, Post, Room
from notifications.services import notify, tell_rooms
from notifications.services.mailing import retry_mail, send_due_mails
from notifications.services.preferring import set_preferences
from notifications.services.reading import mark_all_read, mark_read, undo_all_read
from notifications.services.rooms import close_room, open_room
from notifications.transports.bodies import room_body

NOON = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
HOOK = "https://hooks.example.com/services/T0/B0/secret"


@pytest.fixture
def people(cast: SimpleNamespace) -> SimpleNamespace:
    for name in ("owner", "sales_member"):
        person = getattr(cast, name)
        person.email = f"{name}@grocer.example"
        person.save(update_fields=["email"])
    return cast


def tell(person: Any, key: str = "vote:1", **given: Any) -> int:
    told = {"kind": Kind.VOTE_WANTED, "title": "Vote on “Anchors”", "url": "/requests/1/", **given}
    return notify(to=[person.pk], key=key, **told)


@pytest.mark.parametrize(
    ("mode", "clock", "urgent", "expected"),
    [
        ("at_once", Clock(), False, NOON),
        ("never", Clock(), True, None),
        ("daily", Clock(), False, datetime(2026, 3, 5, 7, tzinfo=UTC)),
        ("daily", Clock("UTC", 13), False, datetime(2026, 3, 4, 13, tzinfo=UTC)),
        ("daily", Clock("Asia/Tokyo", 7), False, datetime(2026, 3, 4, 22, tzinfo=UTC)),
        ("daily", Clock(), True, NOON),
        ("at_once", Clock("UTC", 7, (11, 13)), False, datetime(2026, 3, 4, 13, tzinfo=UTC)),
        ("at_once", Clock("UTC", 7, (11, 13)), True, NOON),
        ("at_once", Clock("UTC", 7, (12, 12)), False, NOON),
        ("at_once", Clock("UTC", 7, (22, 6)), False, NOON),
        ("at_once", Clock("Asia/Tokyo", 7, (20, 6)), False, datetime(2026, 3, 4, 21, tzinfo=UTC)),
        ("at_once", Clock("America/New_York", 7, (22, 8)), False, datetime(2026, 3, 4, 13, tzinfo=UTC)),
    ],
)
def test_mail__by_mode_and_clock__is_due(mode: str, clock: Clock, urgent: bool, expected: datetime | None) -> None:
    assert due_at(NOON, mode, clock, is_urgent=urgent) == expected


def test_next_try__of_more_failures__waits_longer_and_never_over_four_hours() -> None:
    waits = [next_try(NOON, attempts) - NOON for attempts in range(1, 12)]
    assert waits[:3] == [timedelta(minutes=1), timedelta(minutes=2), timedelta(minutes=4)]
    assert max(waits) == timedelta(hours=4)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\r\nBcc: all@x.example", "a Bcc: [left out]"),
        ("call +49 30 1234 5678 now", "call [left out] now"),
        ("spend_365d >= 3000", "spend_365d >= 3000"),
        ("\u202egnp.exe\x00", "gnp.exe"),
        ("{{ settings.SECRET_KEY }} {0.__class__}", "{{ settings.SECRET_KEY }} {0.__class__}"),
    ],
)
def test_words_for_outside__of_any_text__are_one_plain_line(text: str, expected: str) -> None:
    assert one_line(without_personal_data(text), 200) == expected


@pytest.mark.django_db
def test_notify__twice_under_one_key__tells_once(people: SimpleNamespace) -> None:
    assert tell(people.owner) == 1
    assert tell(people.owner) == 0
    assert tell(people.deactivated) == 0
    assert Notification.objects.get().mail_state == Delivery.WAITING


@pytest.mark.django_db
def test_mails__of_several_things__are_one_without_bodies_and_go_out_once(people: SimpleNamespace) -> None:
    tell(people.owner, title="Vote\r\nBcc: thief@x.example", body="hh-01 called about hh-02")
    tell(people.owner, "decided:1", kind=Kind.DECIDED, title="Anchors was approved")
    tell(people.sales_member, kind=Kind.APPLIED, title="In the digest")
    assert send_due_mails() == 1
    assert send_due_mails() == 0
    (sent,) = mail.outbox
    assert sent.to == ["owner@grocer.example"]
    assert sent.subject.startswith("2 things on Segportal")
    assert "\n" not in sent.subject and "thief" not in sent.subject + sent.body
    assert "hh-01" not in sent.body
    assert "http://127.0.0.1:8000/requests/1/" in sent.body
    assert set(sent.message().keys()) >= {"Subject", "To", "Auto-Submitted"}
    assert "Bcc" not in sent.message()


@pytest.mark.django_db
def test_mails__of_what_was_read_meanwhile__are_not_sent(people: SimpleNamespace) -> None:
    tell(people.owner)
    mark_read(actor=people.owner, notification_id=Notification.objects.get().pk)
    assert send_due_mails() == 0
    assert mail.outbox == []


@pytest.mark.django_db
def test_mails__while_the_server_fails__wait_longer_and_are_given_up_visibly(
    people: SimpleNamespace, settings: Any
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", 1, 1
    tell(people.owner)
    for attempt in range(1, 9):
        Notification.objects.update(mail_due_at=now())
        assert send_due_mails() == 0
        told = Notification.objects.get()
        assert told.mail_attempts == attempt
    assert told.mail_state == Delivery.GIVEN_UP
    assert told.mail_error == "ConnectionRefusedError"
    with pytest.raises(NotAllowed):
        retry_mail(actor=people.viewer, notification_id=told.pk)
    retry_mail(actor=people.steward, notification_id=told.pk)
    with pytest.raises(NotFound):
        retry_mail(actor=people.steward, notification_id=told.pk)
    told.refresh_from_db()
    assert (told.mail_state, told.mail_attempts) == (Delivery.WAITING, 0)


@pytest.mark.django_db
def test_preferences__of_a_person__hold_for_what_follows(people: SimpleNamespace) -> None:
    hours = {"zone": "Europe/Berlin", "digest_hour": 9}
    set_preferences(actor=people.owner, modes={Kind.VOTE_WANTED: MailMode.NEVER}, **hours)
    tell(people.owner)
    assert Notification.objects.get().mail_state == Delivery.NONE
    for wrong in (
        {"zone": "Mars/Base"},
        {"digest_hour": 24},
        {"quiet_from": 3},
        {"modes": {"gossip": "daily"}},
        {"modes": {Kind.ALERT: "by_pigeon"}},
    ):
        with pytest.raises(Invalid):
            set_preferences(actor=people.owner, **{"modes": {}, **hours, **wrong})


@pytest.mark.django_db
def test_reading_all__and_taking_it_back__leaves_what_was_read_before(people: SimpleNamespace) -> None:
    tell(people.owner)
    tell(people.owner, "vote:2")
    tell(people.sales_member)
    mark_read(actor=people.owner, notification_id=Notification.objects.filter(person=people.owner).first().pk)
    count, moment = mark_all_read(actor=people.owner)
    assert count == 1
    assert undo_all_read(actor=people.sales_member, moment=moment) == 0
    assert undo_all_read(actor=people.owner, moment=moment) == 1
    assert Notification.objects.filter(person=people.owner, read_at__isnull=False).count() == 1


@pytest.mark.parametrize("platform", ["slack", "teams"])
def test_room_message__with_markup_and_mentions__is_plain_text(platform: str) -> None:
    said = room_body(
        platform, Kind.DECIDED, "<!channel> *bold* [x](http://evil.example) bob@x.example", "//evil.example/"
    )
    text = str(said)
    assert "bob@" not in text and "//evil.example/'" not in text
    if platform == "slack":
        assert said["text"].startswith("Decided: &lt;!channel&gt;")
        assert said["blocks"][0]["text"]["type"] == "plain_text"
    else:
        assert said["attachments"][0]["content"]["body"][0]["type"] == "RichTextBlock"


@pytest.mark.django_db
def test_room__opened_and_closed__follows_its_board_and_kinds_alone(people: SimpleNamespace) -> None:
    room = {"board_key": "board", "name": "#segments", "platform": "slack", "address": HOOK, "kinds": [Kind.DECIDED]}
    with pytest.raises(NotAllowed):
        open_room(actor=people.steward, **room)
    opened = open_room(actor=people.administrator, **room)
    entry = Entry.objects.get(event="notifications.room.opened")
    assert HOOK not in str(entry.payload)
    told = {"title": "Anchors was approved", "url": "/requests/1/"}
    assert tell_rooms(board_key="board", kind=Kind.DECIDED, key="d:1", **told) == 1
    assert tell_rooms(board_key="board", kind=Kind.DECIDED, key="d:1", **told) == 0
    assert tell_rooms(board_key="other", kind=Kind.DECIDED, key="d:1", **told) == 0
    assert tell_rooms(board_key="board", kind=Kind.STALE, key="d:2", **told) == 0
    close_room(actor=people.administrator, room_id=opened.pk)
    assert tell_rooms(board_key="board", kind=Kind.DECIDED, key="d:3", **told) == 0
    assert Room.objects.get().address == ""
    assert Entry.objects.filter(event="notifications.room.closed").count() == 1
    assert Post.objects.count() == 1
