"""The pages of notifications: one's own alone, with undo, preferences, and rooms for administrators."""

from types import SimpleNamespace
from typing import Any

import pytest

from notifications.choices import Kind
from notifications.models import Hours, Notification, Post, Room
from notifications.services import notify

pytestmark = pytest.mark.django_db


@pytest.fixture
def told(cast: SimpleNamespace) -> Notification:
    for number, title in enumerate(("Vote on “Anchors” <b>", "Anchors took effect")):
        kind = Kind.APPLIED if number else Kind.VOTE_WANTED
        notify(to=[cast.owner.pk], kind=kind, title=title, url="/taxonomy/", key=f"k:{number}")
    return Notification.objects.get(kind=Kind.VOTE_WANTED)


def test_list__of_ones_own__shows_kinds_and_count(cast: SimpleNamespace, told: Notification, client_of: Any) -> None:
    page = client_of(cast.owner).get("/notifications/").content.decode()
    assert "Vote on “Anchors” &lt;b&gt;" in page
    assert page.count("unread notifications") == 1
    assert "Vote on" not in client_of(cast.viewer).get("/notifications/").content.decode()
    narrowed = client_of(cast.owner).get("/notifications/?kind=applied").content.decode()
    assert "Anchors took effect" in narrowed and "Vote on" not in narrowed


def test_reading__by_following_marking_and_undoing__counts(
    cast: SimpleNamespace, told: Notification, client_of: Any
) -> None:
    browser = client_of(cast.owner)
    assert browser.get(f"/notifications/{told.pk}/")["Location"] == "/taxonomy/"
    assert Notification.objects.filter(read_at__isnull=True).count() == 1
    assert client_of(cast.viewer).get(f"/notifications/{told.pk}/").status_code == 404
    row = browser.post(f"/notifications/{told.pk}/unread/", headers={"HX-Request": "true"}).content.decode()
    assert "Mark read" in row
    answer = browser.post("/notifications/read-all/")
    page = browser.get(answer["Location"]).content.decode()
    assert "Undo" in page
    moment = Notification.objects.first().read_at.isoformat()
    browser.post("/notifications/read-all/undo/", {"moment": moment})
    assert Notification.objects.filter(read_at__isnull=True).count() == 2
    assert browser.post("/notifications/read-all/undo/", {"moment": "then"}).status_code == 400


def test_following__to_an_address_of_others__stays_here(cast: SimpleNamespace, client_of: Any) -> None:
    notify(to=[cast.owner.pk], kind=Kind.ALERT, title="x", url="//evil.example/", key="e")
    number = Notification.objects.get().pk
    assert client_of(cast.owner).get(f"/notifications/{number}/")["Location"] == "/notifications/"


def test_preferences__kept_on_the_page__hold(cast: SimpleNamespace, client_of: Any) -> None:
    browser = client_of(cast.owner)
    assert browser.get("/notifications/preferences/").status_code == 200
    modes = {f"mode_{kind}": "daily" for kind in Kind.values}
    given = {"zone": "Europe/Berlin", "digest_hour": "8", "quiet_from": "22", "quiet_until": "6", **modes}
    assert browser.post("/notifications/preferences/", given).status_code == 302
    hours = Hours.objects.get(person=cast.owner)
    assert (hours.zone, hours.digest_hour, hours.quiet_from, hours.quiet_until) == ("Europe/Berlin", 8, 22, 6)
    assert browser.post("/notifications/preferences/", {**given, "quiet_until": ""}).status_code == 422


def test_rooms__set_up_by_an_administrator__never_show_their_address(grocer: SimpleNamespace, client_of: Any) -> None:
    browser = client_of(grocer.administrator)
    given = {
        "board_key": "board",
        "name": "#trials",
        "platform": "teams",
        "address": "https://hooks.example.com/secret",
        "kinds": ["decided", "meeting"],
    }
    assert client_of(grocer.steward).post("/notifications/rooms/", given).status_code == 403
    assert browser.post("/notifications/rooms/", {**given, "address": "http://10.0.0.1/"}).status_code == 422
    assert browser.post("/notifications/rooms/", given).status_code == 302
    page = browser.get("/notifications/rooms/").content.decode()
    assert "#trials" in page and "hooks.example.com" not in page
    number = Room.objects.get().pk
    browser.post(f"/notifications/rooms/{number}/try/")
    assert Post.objects.count() == 1
    browser.post(f"/notifications/rooms/{number}/close/")
    assert "No room follows a board yet" in browser.get("/notifications/rooms/").content.decode()
