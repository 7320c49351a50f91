"""Notifications through the API: each person's own, read, taken back, and how they want to be told."""

import json
from types import SimpleNamespace
from typing import Any

import pytest

from notifications.choices import Kind
from notifications.models import Notification
from notifications.services import notify

pytestmark = pytest.mark.django_db

HERE = "/api/v1/notifications/"
CLOCK = {"zone": "Europe/Berlin", "digest_hour": 8, "quiet_from": 22, "quiet_until": 6}


def tell(people: SimpleNamespace) -> None:
    """Two things for the viewer, one for the steward."""
    for number, (person, kind) in enumerate(
        ((people.viewer, Kind.DECIDED), (people.viewer, Kind.ALERT), (people.steward, Kind.ALERT))
    ):
        notify(to=[person.pk], kind=kind, title=f"Told {number}", url="/requests/1/", key=f"told-{number}")


def send(program: Any, path: str, body: Any = None, method: str = "post", **headers: str) -> Any:
    call = getattr(program, method)
    return call(HERE + path, json.dumps(body or {}), content_type="application/json", headers=headers)


def test_list__two_people_were_told__each_reads_their_own_newest_first(cast: SimpleNamespace, api_of: Any) -> None:
    tell(cast)
    program = api_of(cast.viewer)
    assert [row["title"] for row in program.get(HERE).json()["results"]] == ["Told 1", "Told 0"]
    first = program.get(HERE, {"limit": 1}).json()
    second = program.get(first["next"]).json()
    assert [row["title"] for row in (*first["results"], *second["results"])] == ["Told 1", "Told 0"]
    assert [row["kind"] for row in program.get(HERE, {"kind": "alert"}).json()["results"]] == ["alert"]
    assert program.get(f"{HERE}unread/").json() == {"unread": 2, "kinds": {"decided": 1, "alert": 1}}


def test_read__one_then_unread_again__the_count_follows(cast: SimpleNamespace, api_of: Any) -> None:
    tell(cast)
    program, number = api_of(cast.viewer), Notification.objects.get(key="told-0").pk
    assert send(program, f"{number}/read/").json()["read_at"] is not None
    assert program.get(f"{HERE}unread/").json()["unread"] == 1
    assert [row["id"] for row in program.get(HERE, {"unread": "true"}).json()["results"]] != [number]
    assert send(program, f"{number}/unread/").json()["read_at"] is None
    assert program.get(f"{HERE}unread/").json()["unread"] == 2


def test_read__somebody_elses__is_not_found_and_stays_unread(cast: SimpleNamespace, api_of: Any) -> None:
    tell(cast)
    theirs = Notification.objects.get(key="told-2")
    answer = send(api_of(cast.viewer), f"{theirs.pk}/read/")
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (404, "notification_unknown")
    assert Notification.objects.get(pk=theirs.pk).read_at is None


def test_read_all__of_one_kind__is_taken_back_by_its_moment(cast: SimpleNamespace, api_of: Any) -> None:
    tell(cast)
    program = api_of(cast.viewer)
    marked = send(program, "read-all/", {"kind": "alert"}).json()
    assert (marked["marked"], program.get(f"{HERE}unread/").json()["unread"]) == (1, 1)
    assert send(program, "read-all/undo/", {"moment": marked["moment"]}).json() == {"unread_again": 1}
    assert program.get(f"{HERE}unread/").json()["unread"] == 2


def test_preferences__set_with_the_tag_that_was_read__hold_and_an_older_tag_is_stale(
    cast: SimpleNamespace, api_of: Any
) -> None:
    program = api_of(cast.viewer)
    before = program.get(f"{HERE}preferences/")
    asked = {"modes": {"alert": "never"}, **CLOCK}
    after = send(program, "preferences/", asked, "put", **{"If-Match": before["ETag"]})
    assert after.status_code == 200, after.content
    assert after.json()["modes"] == {**before.json()["modes"], "alert": "never"}
    assert {name: after.json()[name] for name in CLOCK} == CLOCK
    stale = send(program, "preferences/", asked, "put", **{"If-Match": before["ETag"]})
    assert stale.status_code == 412


@pytest.mark.parametrize(
    ("path", "method", "body", "pointer"),
    [
        ("preferences/", "put", {**CLOCK, "zone": "Moon/Base"}, "/zone"),
        ("preferences/", "put", {**CLOCK, "digest_hour": 24}, "/digest_hour"),
        ("preferences/", "put", {**CLOCK, "quiet_until": None}, "/quiet_until"),
        ("preferences/", "put", {**CLOCK, "modes": {"nonsense": "never"}}, "/modes/nonsense"),
        ("preferences/", "put", {**CLOCK, "more": 1}, "/more"),
        ("read-all/", "post", {"kind": "nonsense"}, "/kind"),
        ("read-all/undo/", "post", {"moment": "soon"}, "/moment"),
    ],
)
def test_odd_input__is_refused_where_it_is_odd(
    cast: SimpleNamespace, api_of: Any, path: str, method: str, body: dict[str, Any], pointer: str
) -> None:
    answer = send(api_of(cast.viewer), path, body, method)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, pointer)


@pytest.mark.parametrize("query", [{"kind": "nonsense"}, {"unread": "perhaps"}])
def test_list__filter_of_no_known_value__is_refused(cast: SimpleNamespace, api_of: Any, query: dict[str, str]) -> None:
    answer = api_of(cast.viewer).get(HERE, query)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "unknown_choice")
