"""Waking the applier: one message waits at a time, and a broker that is away holds up nobody."""

import io
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import RequestFactory
from kombu.exceptions import OperationalError

from customers.api.bodies import MOST, read_body
from customers.errors import CallTooLarge
from customers.services import nudging
from segportal.celery import app


@pytest.fixture
def waiting(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """How many messages wait in the queue of the stream; it is empty before and after."""
    monkeypatch.setattr(nudging._Broker, "away_until", 0.0)
    with app.connection_for_write() as broker:
        channel: Any = broker.default_channel
        channel = channel.client
        channel.delete("stream")
        yield lambda: channel.llen("stream")
        channel.delete("stream")


def test_nudge__many_times__lets_one_message_wait(waiting: Any) -> None:
    for _ in range(5):
        nudging.nudge_applier()
    assert waiting() == 1
    nudging.note_waking()
    nudging.nudge_applier()
    assert waiting() == 2


def test_nudge__with_the_broker_away__is_no_error_and_is_not_tried_for_each_call(
    waiting: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries = []

    def away(*_args: Any, **_options: Any) -> None:
        tries.append(1)
        raise OperationalError("gone")

    monkeypatch.setattr(app, "send_task", away)
    for _ in range(5):
        nudging.nudge_applier()
        nudging.note_waking()
    assert len(tries) == 1
    assert waiting() == 0


def chunked(body: bytes) -> Any:
    """A request as gunicorn gives it when the client states no length."""
    request = RequestFactory().post("/v1/batch", data=body, content_type="application/json")
    request.META.pop("CONTENT_LENGTH")
    request.META |= {"wsgi.input_terminated": True, "wsgi.input": io.BytesIO(body)}
    return request


def test_body__without_a_stated_length__is_read_to_its_end_and_not_beyond_the_limit() -> None:
    assert read_body(chunked(b'{"batch": []}')) == b'{"batch": []}'
    with pytest.raises(CallTooLarge):
        read_body(chunked(b" " * (MOST + 1)))
