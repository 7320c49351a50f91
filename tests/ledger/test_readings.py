"""Who read what is personal stands in the ledger, sealed; what was tried and refused stands there too."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.db import InternalError, ProgrammingError, connection, transaction
from django.test import Client
from django.urls import get_resolver

from accounts.services import create_token
from common.actors import SYSTEM
from common.clock import now
from ledger.models import Entry, Lookup, Reading
from ledger.selectors import breaches, entries_for
from ledger.selectors.readings import digest_of_readings, first_broken_seal
from ledger.services import count_lookup, record_reading, seal_readings
from reviews.models import ChangeRequest
from reviews.services.requests import create_request, submit_request
from segportal.personal import READS, SHOWS_NONE

pytestmark = pytest.mark.django_db


def read(number: int) -> Reading:
    return record_reading(actor=SYSTEM, what="page of a customer", object_type="customer", object_key=f"c-{number}")


def seal_later() -> Entry | None:
    with time_machine.travel(now() + timedelta(minutes=5), tick=False):
        return seal_readings()


def test_seal_readings__settled_rows__stand_in_the_chain_by_their_digest_once() -> None:
    rows = [read(number) for number in range(3)]
    entry = seal_later()
    assert entry is not None
    assert entry.payload["count"] == 3
    assert entry.payload["digest"] == digest_of_readings(rows[0].pk, rows[-1].pk)
    assert seal_later() is None


def test_seal_readings__rows_of_this_moment__wait() -> None:
    read(1)
    assert seal_readings() is None


def test_count_lookup__a_thousand_questions_of_one_minute__become_one_reading() -> None:
    for _ in range(5):
        count_lookup(actor=SYSTEM, what="segments of a customer", object_type="customer", object_key="c-1")
    assert sum(Lookup.objects.values_list("count", flat=True)) == 5
    seal_later()
    assert not Lookup.objects.exists()
    assert sum(Reading.objects.values_list("count", flat=True)) == 5


@pytest.mark.parametrize("statement", ["UPDATE ledger_reading SET what = 'x'", "DELETE FROM ledger_reading"])
def test_reading__changed_by_sql__is_refused(statement: str) -> None:
    read(1)
    with pytest.raises((InternalError, ProgrammingError), match="append-only"), transaction.atomic():
        connection.cursor().execute(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_reading SET actor_name = 'somebody else' WHERE object_key = 'c-1'",
        "DELETE FROM ledger_reading WHERE object_key = 'c-1'",
    ],
)
def test_sealed_readings__tampered_by_the_owner__are_found(statement: str) -> None:
    for number in range(3):
        read(number)
    entry = seal_later()
    assert first_broken_seal() is None
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE ledger_reading DISABLE TRIGGER USER")
        cursor.execute(statement)
        cursor.execute("ALTER TABLE ledger_reading ENABLE TRIGGER USER")
    assert entry is not None
    assert first_broken_seal() == entry.pk
    assert breaches()
    with pytest.raises(SystemExit):
        call_command("verify_ledger")


def routes() -> set[str]:
    def walk(resolver: Any, space: str = "", before: str = "") -> Any:
        for pattern in resolver.url_patterns:
            if hasattr(pattern, "url_patterns"):
                inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
                yield from walk(pattern, inner, before + str(pattern.pattern))
            else:
                yield f"{space}{pattern.name}", before + str(pattern.pattern)

    return {name for name, path in walk(get_resolver()) if not path.startswith(("admin/", "v1/")) and _names(path)}


def _names(path: str) -> bool:
    parts = ("external_id", "/members/", "movers", "list_id", "export_id", "quarantine", "/evidence", "ofrep")
    return any(part in path for part in parts)


def test_addresses__that_name_a_customer_a_list_or_a_file__are_all_judged() -> None:
    unjudged = routes() - set(READS) - SHOWS_NONE
    assert not unjudged, f"say in segportal/personal.py whether these show personal data: {sorted(unjudged)}"


def test_addresses__judged__all_exist() -> None:
    gone = (set(READS) | SHOWS_NONE) - {name for name, _ in _all_routes()}
    assert not gone


def _all_routes() -> Any:
    def walk(resolver: Any, space: str = "") -> Any:
        for pattern in resolver.url_patterns:
            if hasattr(pattern, "url_patterns"):
                yield from walk(pattern, f"{space}{pattern.namespace}:" if pattern.namespace else space)
            else:
                yield f"{space}{pattern.name}", pattern

    return walk(get_resolver())


def test_page_of_a_customer__opened_by_a_person__is_entered(grocer: SimpleNamespace, client: Client) -> None:
    client.force_login(grocer.rep)
    assert client.get("/customers/hh-01/").status_code == 200
    row = Reading.objects.get()
    assert (row.actor_name, row.object_type, row.object_key) == (grocer.rep.username, "customer", "hh-01")


def test_lookup__by_a_program__is_counted(grocer: SimpleNamespace, client: Client) -> None:
    _, plain = create_token(actor=grocer.rep, user_id=grocer.rep.pk, name="crm", scopes=["read"])
    for _ in range(2):
        answer = client.get("/api/v1/customers/hh-01/segments/", headers={"Authorization": f"Bearer {plain}"})
        assert answer.status_code == 200
    assert not Reading.objects.exists()
    assert sum(Lookup.objects.values_list("count", flat=True)) == 2


def test_refused_deed__of_a_page_and_of_the_api__stands_in_the_trail_of_the_object_once(
    grocer: SimpleNamespace, client: Client
) -> None:
    viewer, administrator = grocer.viewer, grocer.administrator
    client.force_login(viewer)
    for _ in range(2):
        assert client.post("/api/v1/boards/council/", {}, "application/json").status_code in (403, 405)
        answer = client.put("/api/v1/boards/council/", {"name": "x", "policy": {}}, "application/json")
        assert answer.status_code == 403
    found = entries_for(viewer=administrator, object_type="board", object_key="council").filter(object_type="attempt")
    assert [entry.actor_name for entry in found] == [viewer.username]
    assert not entries_for(viewer=viewer, object_type="board", object_key="council").filter(object_type="attempt")


def test_page_of_readings__viewer__sees_only_their_own(grocer: SimpleNamespace, client: Client) -> None:
    read(7)
    client.force_login(grocer.viewer)
    assert b"c-7" not in client.get("/ledger/readings/").content
    client.force_login(grocer.auditor)
    assert b"c-7" in client.get("/ledger/readings/").content


def test_refused_vote__on_ones_own_request__is_entered_once_in_its_story(
    grocer: SimpleNamespace, client: Client
) -> None:
    made = create_request(
        actor=grocer.marketing_member,
        kind="change",
        subject_type="segment",
        subject_key="anchors",
        proposed={"meaning": "Households that come often."},
        rationale="Shorter.",
    )
    submit_request(actor=grocer.marketing_member, request_id=made.pk)
    client.force_login(grocer.marketing_member)
    answer = client.post(
        f"/api/v1/change-requests/{made.pk}/votes/",
        {"verdict": "approve", "digest": ChangeRequest.objects.get(pk=made.pk).digest},
        "application/json",
    )
    assert answer.status_code == 403
    assert [entry.event for entry in Entry.objects.filter(event__contains="refused")] == ["reviews.attempt.refused"]
