"""Freezes through the API: each scope, undone and entered in the ledger; two people at one instant."""

import json
import threading
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection

from ledger.models import Entry
from safeguards.models import Freeze

HERE = "/api/v1/freezes/"


def send(program: Any, path: str = "", **body: Any) -> Any:
    return program.post(f"{HERE}{path}", json.dumps(body), content_type="application/json")


@pytest.mark.django_db
@pytest.mark.parametrize(("scope", "key"), [("segment", "anchors"), ("source", "pos"), ("activation", "")])
def test_freeze__each_scope__stops_is_undone_and_both_are_entered(
    grocer: SimpleNamespace, api_of: Any, scope: str, key: str
) -> None:
    program = api_of(grocer.administrator)
    made = send(program, scope=scope, key=key, reason="The till sends nonsense.")
    assert made.status_code == 201, made.content
    assert program.get(HERE, {"state": "in_force"}).json()["results"] == [made.json()]
    lifted = send(program, f"{made.json()['id']}/lift/", reason="Mended.")
    assert (lifted.status_code, lifted.json()["lift_reason"]) == (200, "Mended.")
    again = send(program, f"{made.json()['id']}/lift/", reason="Mended.")
    assert (again.status_code, again.json()["errors"][0]["code"]) == (409, "lifted_already")
    told = Entry.objects.filter(event__startswith="safeguards.freeze.").order_by("pk")
    assert [(each.event, each.actor_name) for each in told] == [
        ("safeguards.freeze.begun", "administrator"),
        ("safeguards.freeze.lifted", "administrator"),
    ]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "body",
    [
        {"scope": "segment", "key": "anchors", "reason": " "},
        {"scope": "everything", "reason": "x"},
        {"scope": "segment", "key": "anchors", "reason": "x", "until": "2020-01-01T00:00:00Z"},
        {"scope": "segment", "key": "anchors", "reason": "x", "by": "steward"},
    ],
)
def test_freeze__odd_input__is_refused_and_nothing_stands_still(
    grocer: SimpleNamespace, api_of: Any, body: dict[str, Any]
) -> None:
    answer = send(api_of(grocer.steward), **body)
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")
    assert not Freeze.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_freeze__two_programs_at_one_instant__one_stops_it_and_the_other_is_told(
    grocer: SimpleNamespace, api_of: Any
) -> None:
    programs = [api_of(person) for person in (grocer.steward, grocer.administrator)]
    barrier, statuses = threading.Barrier(2), []

    def stop(program: Any) -> None:
        barrier.wait()
        statuses.append(send(program, scope="segment", key="anchors", reason="Wait.").status_code)
        connection.close()

    threads = [threading.Thread(target=stop, args=(program,)) for program in programs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [201, 409]
    assert Freeze.objects.get().lifted_at is None
