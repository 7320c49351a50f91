"""The official Python clients of Segment and Rudder, as they are, against the portal."""

import logging
from collections.abc import Iterator
from datetime import datetime
from types import SimpleNamespace
from typing import Any

import pytest
import rudderstack.analytics.client as rudder
import segment.analytics.client as segment
from pytest_django.live_server_helper import LiveServer

from accounts.services import create_token
from customers.models import Event

pytestmark = pytest.mark.django_db(transaction=True)
TOLD = {
    ("identify", "", "u1", "", "", ""),
    ("track", "Order Completed", "u1", "", "", ""),
    ("page", "Prices", "", "visitor-1", "", ""),
    ("screen", "Start", "u1", "", "", ""),
    ("group", "", "u1", "", "acme", ""),
    ("alias", "", "u1", "", "", "visitor-1"),
}


@pytest.fixture
def write_key(cast: SimpleNamespace) -> str:
    who = cast.steward
    return create_token(actor=who, user_id=who.pk, name="client", scopes=["ingest"])[1]


@pytest.fixture(params=[segment.Client, rudder.Client], ids=["segment", "rudder"])
def kind(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Either client; whatever it logs as an error fails the test."""
    # A proxy of this machine is not for its own addresses.
    monkeypatch.setenv("NO_PROXY", "*")
    yield request.param


@pytest.fixture
def complaints() -> Iterator[list[Any]]:
    """What the clients report through `on_error` and their logs."""
    found: list[Any] = []

    class Listening(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            found.append(record.getMessage())

    handler = Listening(logging.ERROR)
    loggers = [logging.getLogger(name) for name in ("segment", "rudderstack")]
    for logger in loggers:
        logger.addHandler(handler)
    yield found
    for logger in loggers:
        logger.removeHandler(handler)


def tell(client: Any) -> None:
    """One call of each kind, in the ways that the clients' own documentation shows."""
    client.identify("u1", {"email": "ann@example.test", "seen": datetime(2026, 1, 2, 3, 4, 5), "plan": "pro"})
    client.track("u1", "Order Completed", {"total": 12.5, "items": ["a", "b"]})
    client.page(anonymous_id="visitor-1", name="Prices", category="Docs")
    client.screen("u1", "App", "Start", {"dark": True})
    client.group("u1", "acme", {"name": "Acme", "employees": 40})
    client.alias("visitor-1", "u1")


def told() -> set[tuple[str, ...]]:
    names = ("type", "name", "user_id", "anonymous_id", "group_id", "previous_id")
    return set(Event.objects.values_list(*names))


@pytest.mark.parametrize("packed", [True, False], ids=["gzip", "plain"])
def test_client__flushed__has_delivered_everything_without_complaint(
    kind: Any, live_server: LiveServer, write_key: str, complaints: list[Any], packed: bool
) -> None:
    def on_error(error: Exception, items: Any) -> None:
        complaints.append((error, items))

    options = {"host": live_server.url, "gzip": packed, "on_error": on_error, "upload_interval": 0.05}
    if kind is segment.Client:
        options["upload_size"] = 3
    client = kind(write_key, **options)
    tell(client)
    client.flush()
    client.join()
    assert not complaints
    assert told() == TOLD
    assert Event.objects.count() == 6
    content = dict(Event.objects.values_list("type", "content"))
    assert content["identify"] == {"email": "ann@example.test", "seen": "2026-01-02T03:04:05", "plan": "pro"}
    assert content["track"] == {"total": 12.5, "items": ["a", "b"]}
    assert content["group"] == {"name": "Acme", "employees": 40}


def test_client__in_step_with_the_program__delivers_each_call(
    kind: Any, live_server: LiveServer, write_key: str, complaints: list[Any]
) -> None:
    tell(kind(write_key, host=live_server.url, sync_mode=True))
    assert told() == TOLD
    assert not complaints


def test_client__with_a_wrong_key__is_told_so_in_its_own_words(kind: Any, live_server: LiveServer, cast: Any) -> None:
    client = kind("no-such-key", host=live_server.url, sync_mode=True, max_retries=0)
    with pytest.raises(Exception, match="write key opens nothing") as told_so:
        client.track("u1", "Order Completed")
    assert (told_so.value.status, told_so.value.code) == (401, "unknown_write_key")  # type: ignore[attr-defined]
    assert not Event.objects.exists()


def test_client__message_of_the_same_id_twice__is_stored_once(
    kind: Any, live_server: LiveServer, write_key: str
) -> None:
    client = kind(write_key, host=live_server.url, sync_mode=True)
    for _ in range(2):
        client.track("u1", "Order Completed", message_id="order-1")
    assert Event.objects.get().message_id == "order-1"
