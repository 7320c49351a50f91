"""The doors of the tracking API: whose key, which bodies, what is answered; nothing is stored twice or lost."""

import base64
import gzip
import json
import threading
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import OperationalError, connection, transaction
from django.test import Client, override_settings

from accounts.services import create_token, revoke_token
from common.actors import SYSTEM
from common.clock import now
from customers.models import Event, EventProblem, ReceivedMessage, Source, SourceLoad
from customers.rows.tracking import MAX_BATCH, Message
from customers.services import tracking_calls
from customers.services.receiving_events import receive_events
from customers.services.sources import define_source
from ledger.models import Entry

pytestmark = pytest.mark.django_db
Send = Callable[..., Any]


def basic(key: str) -> str:
    return "Basic " + base64.b64encode(f"{key}:".encode()).decode()


@pytest.fixture
def write_key(cast: SimpleNamespace) -> str:
    """A write key of the source `till`."""
    who = cast.steward
    define_source(actor=who, key="till", content={"name": "Tills", "kind": "product"})
    return create_token(actor=who, user_id=who.pk, name="till", scopes=["ingest"], source_key="till")[1]


@pytest.fixture
def send(write_key: str) -> Send:
    """Posts to the tracking API as a client program does."""

    def post(kind: str, body: Any, *, key: str | None = write_key, **headers: str) -> Any:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        given = {"Authorization": basic(key), **headers} if key is not None else headers
        given = {name.replace("_", "-"): value for name, value in given.items()}
        content_type = given.pop("Content-Type", "application/json")
        return Client().post(f"/v1/{kind}", data=raw, content_type=content_type, headers=given)

    return post


def track(message_id: str = "m1", **fields: Any) -> dict[str, Any]:
    return {"type": "track", "userId": "u1", "event": "Bought", "messageId": message_id, **fields}


@pytest.mark.parametrize("slash", ["", "/"])
@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("identify", {"traits": {"city": "Porto"}}),
        ("track", {"event": "Bought", "properties": {"total": 3}}),
        ("page", {"name": "Prices"}),
        ("screen", {"name": "Start"}),
        ("group", {"groupId": "acme", "traits": {"city": "Porto"}}),
        ("alias", {"previousId": "u0"}),
        ("batch", {"batch": [track()]}),
    ],
)
def test_call__of_each_kind__is_answered_200_and_stored(
    send: Send, kind: str, fields: dict[str, Any], slash: str
) -> None:
    answer = send(f"{kind}{slash}", {"userId": "u1", **fields})
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/json")
    assert answer.json() == {"success": True, "accepted": 1, "repeated": 0, "refused": 0}
    stored = Event.objects.get()
    assert (stored.type, stored.user_id, stored.source_key) == (kind if kind != "batch" else "track", "u1", "till")
    assert stored.applied_at is None


def test_call__stored__notes_the_load_of_its_source_once_a_day(
    send: Send, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        send("batch", {"batch": [track("m1"), track("m2")]})
        send("track", track("m3"))
        send("track", track("m3"))
    load = SourceLoad.objects.get(source__key="till")
    assert (load.row_count, load.job) == (3, None)


def test_call__with_a_key_of_no_source__counts_for_one_made_on_demand(
    cast: SimpleNamespace, send: Send, django_capture_on_commit_callbacks: Any
) -> None:
    who = cast.steward
    _, plain = create_token(actor=who, user_id=who.pk, name="n", scopes=["ingest", "read"])
    with django_capture_on_commit_callbacks(execute=True):
        assert send("track", track("m1"), key=plain).status_code == 200
        assert send("track", track("m2"), key=plain).status_code == 200
    assert Event.objects.values_list("source_key", flat=True).distinct().get() == "events"
    assert Source.objects.get(key="events").kind == "product"
    assert SourceLoad.objects.get(source__key="events").row_count == 2
    assert Entry.objects.filter(event="customers.source.defined", object_key="events").count() == 1


def test_call__with_the_key_in_the_body__is_taken(send: Send, write_key: str) -> None:
    assert send("track", {**track(), "writeKey": write_key}, key=None).status_code == 200
    assert send("batch", {"batch": [track("m2")], "writeKey": write_key}, key=None).status_code == 200
    assert send("track", track("m3"), key=None, Authorization=f"Bearer {write_key}").status_code == 200


@pytest.mark.parametrize("key", ["nonsense", "", "sgp_00000000_no", "sgp_a\x00b_c", "sgp_\u0661_x", "a" * 9000])
def test_call__with_an_unknown_key__is_answered_401(send: Send, key: str) -> None:
    answer = send("track", track(), key=key)
    assert answer.status_code == 401
    assert (answer.json()["code"], bool(answer.json()["message"])) == ("unknown_write_key", True)
    assert not Event.objects.exists()


@pytest.mark.parametrize("header", ["Basic", "Basic ???", "Basic /w==", "Digest x", "basic", "Bearer"])
def test_call__with_a_header_that_nobody_reads__is_answered_401(send: Send, header: str) -> None:
    assert send("track", track(), key=None, Authorization=header).status_code == 401


def test_call__with_a_key_that_was_revoked__is_answered_401(cast: SimpleNamespace, send: Send) -> None:
    who = cast.steward
    token, plain = create_token(actor=who, user_id=who.pk, name="n", scopes=["ingest"])
    revoke_token(actor=who, token_id=token.pk)
    assert send("track", track(), key=plain).status_code == 401


def test_call__with_a_token_that_reads__is_answered_403(cast: SimpleNamespace, send: Send) -> None:
    _, plain = create_token(actor=SYSTEM, user_id=cast.administrator.pk, name="n", scopes=["read", "write", "admin"])
    answer = send("track", track(), key=plain)
    assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing")
    assert not Event.objects.exists()


def test_write_key__asked_to_read__is_refused(write_key: str) -> None:
    reader = Client(headers={"Authorization": f"Bearer {write_key}"})
    assert reader.get("/api/v1/segments/").status_code == 403
    assert reader.get("/api/v1/attributes/").status_code == 403


@pytest.mark.parametrize("method", ["get", "put", "delete", "patch", "options"])
def test_call__by_another_method__is_answered_405_as_json(method: str) -> None:
    answer = getattr(Client(), method)("/v1/batch")
    assert (answer.status_code, answer.json()["code"], answer["Allow"]) == (405, "method_not_allowed", "POST")


@pytest.mark.parametrize("path", ["/v1/", "/v1/delete", "/v1/batch/x", "/v1/Batch", "/v1/import"])
def test_address__unknown__is_answered_404_as_json(path: str) -> None:
    answer = Client().post(path, data=b"{}", content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


@pytest.mark.parametrize("content_type", ["application/json", "application/x-www-form-urlencoded", "text/plain", "a/b"])
@pytest.mark.parametrize("header", [{"Content_Encoding": "gzip"}, {}])
def test_body__gzip_of_any_content_type__is_read(send: Send, content_type: str, header: dict[str, str]) -> None:
    packed = gzip.compress(json.dumps({"batch": [track()]}).encode())
    answer = send("batch", packed, **header, **{"Content-Type": content_type})
    assert (answer.status_code, answer.json()["accepted"]) == (200, 1)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"[]", 400),
        (b"{", 400),
        (b'"x"', 400),
        (b"\xff", 400),
        (b"[" * 100_000, 400),
        (b'{"batch": 1}', 400),
        (b"\x1f\x8b\x08 not gzip", 400),
        (gzip.compress(b'{"batch": []}')[:-9], 400),
        (b'{"batch": [], "a": "' + b"x" * MAX_BATCH + b'"}', 400),
        (gzip.compress(b" " * (MAX_BATCH + 1)), 400),
        (gzip.compress(b" " * 50_000_000), 413),
        (gzip.compress(b" " * 1_000_000) * 20, 413),
        (b" " * 3_000_000, 413),
    ],
    ids=range(14),
)
def test_body__that_cannot_be_taken__is_refused_as_json(send: Send, body: bytes, status: int) -> None:
    answer = send("batch", body)
    assert answer.status_code == status
    assert set(answer.json()) == {"success", "code", "message"}
    assert not Event.objects.exists()


@pytest.mark.parametrize("encoding", ["br", "deflate", "gzip, gzip", "gzip"])
def test_body__said_to_be_packed_otherwise__is_refused(send: Send, encoding: str) -> None:
    assert send("track", track(), Content_Encoding=encoding).status_code == 400


def test_batch__with_unsound_messages__stores_the_others_and_says_why(send: Send) -> None:
    unsound = [
        {"type": "identify"},
        "text",
        track("n1", properties={"a": "\x00"}),
        track("n2", properties={"a": "\ud800"}),
        track("n3", timestamp="2026-02-31"),
        track("n4", properties={"a": float("inf")}),
        track("n5", properties={"a": "x" * 33_000}),
        track("n6", timestamp="10000-01-01T00:00:00Z"),
    ]
    answer = send("batch", {"batch": [track("m1"), *unsound, track("m2", timestamp="2015-2-02")]})
    assert answer.status_code == 200
    assert answer.json() == {"success": True, "accepted": 2, "repeated": 0, "refused": 8}
    assert set(Event.objects.values_list("message_id", flat=True)) == {"m1", "m2"}
    kept = {(one.key, one.code): one.count for one in EventProblem.objects.filter(source_key="till")}
    assert kept == {
        ("userId", "no_id"): 1,
        ("", "not_an_object"): 1,
        ("", "nul"): 1,
        ("", "half_pair"): 1,
        ("timestamp", "odd_time"): 2,
        ("", "not_finite"): 1,
        ("", "too_large"): 1,
    }
    long = EventProblem.objects.get(code="too_large")
    assert long.example.startswith('{"')
    assert long.example_message_id == "", "no event was stored that it could lead to"


@pytest.mark.parametrize(
    ("fields", "code"),
    [({"userId": None}, "no_id"), ({"event": ""}, "no_name"), ({"timestamp": "2026-01-01T24:00"}, "odd_time")],
)
def test_call__unsound__is_answered_400_and_stores_nothing(send: Send, fields: dict[str, Any], code: str) -> None:
    answer = send("track", {**track(), **fields})
    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert not Event.objects.exists()
    assert not ReceivedMessage.objects.exists()


def test_message__sent_again__is_stored_once(send: Send) -> None:
    assert send("track", track()).json()["accepted"] == 1
    assert send("track", track()).json() == {"success": True, "accepted": 0, "repeated": 1, "refused": 0}
    again = send("batch", {"batch": [track("m1"), track("m2"), track("m2", event="Second")]})
    assert again.json() == {"success": True, "accepted": 1, "repeated": 2, "refused": 0}
    assert sorted(Event.objects.values_list("message_id", "name")) == [("m1", "Bought"), ("m2", "Bought")]


def test_message__of_the_same_id_from_another_source__is_another(cast: SimpleNamespace, send: Send) -> None:
    who = cast.steward
    _, other = create_token(actor=who, user_id=who.pk, name="n", scopes=["ingest"])
    assert [send("track", track()).json()["accepted"], send("track", track(), key=other).json()["accepted"]] == [1, 1]


def test_message__without_id__is_stored_each_time(send: Send) -> None:
    for _ in range(2):
        assert send("track", track(None)).json()["accepted"] == 1  # type: ignore[arg-type]


def test_batch__in_order__keeps_it(send: Send) -> None:
    names = [f"m{number}" for number in (5, 3, 9, 1, 7)]
    send("batch", {"batch": [track(name) for name in names]})
    assert list(Event.objects.order_by("id").values_list("message_id", flat=True)) == names


def test_event__of_this_month__lies_in_the_partition_of_the_month(send: Send) -> None:
    send("track", track())
    with connection.cursor() as cursor:
        cursor.execute("SELECT tableoid::regclass::text FROM customers_event")
        (table,) = cursor.fetchone()
    assert table in (f"customers_event_{now():%Y_%m}", "customers_event_other")


def test_calls__beyond_the_limit__are_answered_429_with_when_to_come_back(send: Send) -> None:
    tracking_calls._counts.clear()
    with override_settings(SEGPORTAL_INGEST_CALLS=2):
        answers = [send("track", track(f"m{number}")) for number in range(5)]
    limited = [answer for answer in answers if answer.status_code == 429]
    # A new minute may begin in between.
    assert 1 <= len(limited) <= 3
    assert 1 <= int(limited[0]["Retry-After"]) <= 60
    assert limited[0].json()["code"] == "too_many_calls"
    assert Event.objects.count() == 5 - len(limited)


def test_call__with_the_database_away__is_answered_503_and_may_be_sent_again(send: Send) -> None:
    def away(*_args: Any) -> Any:
        raise OperationalError("gone")

    with connection.execute_wrapper(away):
        answer = send("track", track())
    assert (answer.status_code, answer.json()["code"], answer["Retry-After"]) == (503, "unavailable", "2")


def test_call__asks__few_questions(send: Send, django_assert_max_num_queries: Any) -> None:
    send("track", track("m0"))
    # The key, the transaction's bounds, and one statement that stores.
    with django_assert_max_num_queries(5):
        send("batch", {"batch": [track(f"m{number}") for number in range(1, 50)]})


def message(message_id: str) -> Message:
    return Message("track", message_id, now(), "Bought", "u1", "", "", "", {}, {})


def test_receipt__rolled_back__leaves_nothing(cast: SimpleNamespace) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        assert receive_events(source_key="till", messages=[message("m1")], received_at=now()).accepted == 1
        raise RuntimeError
    assert not Event.objects.exists()
    assert not ReceivedMessage.objects.exists()
    assert receive_events(source_key="till", messages=[message("m1")], received_at=now()).accepted == 1


@pytest.mark.django_db(transaction=True)
def test_receipt__of_the_same_messages_at_the_same_time__stores_each_once() -> None:
    messages = [message(f"m{number}") for number in range(40)]
    orders = [messages, messages[::-1], messages[20:] + messages[:20], messages[::2] + messages[1::2]]
    start, accepted, failed = threading.Barrier(len(orders)), [], []

    def deliver(order: list[Message]) -> None:
        try:
            start.wait()
            for part in range(0, 40, 10):
                given = order[part : part + 10]
                accepted.append(receive_events(source_key="s", messages=given, received_at=now()).accepted)
        except Exception as error:  # noqa: BLE001
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=deliver, args=(order,)) for order in orders]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
    assert sum(accepted) == 40
    assert Event.objects.count() == Event.objects.values("message_id").distinct().count() == 40
