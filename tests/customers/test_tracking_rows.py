"""Messages of the tracking API: what is read from them, what is refused, when things happened."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from customers.rows.instants import happened_at, instant_of
from customers.rows.soundness import MAX_DEPTH, Unsound, read_json
from customers.rows.tracking import (
    MAX_EVENT,
    MAX_EVENTS,
    Envelope,
    Message,
    RefusedMessage,
    checked_message,
    read_envelope,
)
from customers.rows.values import ValueRefused

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
ALONE = Envelope("", [], None, {})


def checked(raw: Any, kind: str = "batch", envelope: Envelope = ALONE) -> Message | RefusedMessage:
    return checked_message(raw, kind=kind, envelope=envelope, received_at=NOW, new_id="fresh")


def message(kind: str = "track", **fields: Any) -> Message:
    found = checked({"userId": "u1", "event": "Bought", **fields}, kind)
    assert isinstance(found, Message), found
    return found


def refusal(raw: Any, kind: str = "batch") -> RefusedMessage:
    found = checked(raw, kind)
    assert isinstance(found, RefusedMessage), found
    return found


def test_message__track__holds_what_was_said() -> None:
    found = message(messageId="m1", properties={"total": 3}, context={"ip": "::1"}, anonymousId=None)
    assert found == Message("track", "m1", NOW, "Bought", "u1", "", "", "", {"total": 3}, {"ip": "::1"})


def test_message__without_id__gets_one() -> None:
    assert message().message_id == "fresh"
    assert message(messageId=None).message_id == "fresh"


def test_message__number_as_id__becomes_its_digits() -> None:
    assert message(userId=42).user_id == "42"


def test_message__traits_in_the_context__count_below_traits_beside() -> None:
    found = message("identify", context={"traits": {"plan": "a", "city": "b"}}, traits={"plan": "c"})
    assert found.content == {"plan": "c", "city": "b"}


def test_message__category_of_a_page__stands_with_its_properties() -> None:
    assert message("page", name="Prices", category="Docs").content == {"category": "Docs"}


def test_message__shared_context_of_a_batch__stands_below_its_own() -> None:
    shared = Envelope("", [], None, {"app": "a", "ip": "1"})
    found = checked({"type": "track", "userId": "u", "event": "e", "context": {"ip": "2"}}, envelope=shared)
    assert isinstance(found, Message)
    assert found.context == {"app": "a", "ip": "2"}


@pytest.mark.parametrize(
    ("raw", "code", "key"),
    [
        ([], "not_an_object", ""),
        ("text", "not_an_object", ""),
        ({"userId": "u"}, "unknown_type", "type"),
        ({"type": "delete", "userId": "u"}, "unknown_type", "type"),
        ({"type": ["track"], "userId": "u"}, "unknown_type", "type"),
        ({"type": "identify"}, "no_id", "userId"),
        ({"type": "identify", "userId": "", "anonymousId": None}, "no_id", "userId"),
        ({"type": "track", "userId": "u"}, "no_name", "event"),
        ({"type": "track", "userId": "u", "event": " "}, "no_name", "event"),
        ({"type": "track", "userId": "u", "event": "e" * 201}, "name_too_long", "event"),
        ({"type": "track", "userId": "u", "event": 7}, "no_name", "event"),
        ({"type": "track", "userId": "u", "event": "a\u202eb"}, "odd_name", "event"),
        ({"type": "track", "userId": "u", "event": "e", "properties": [1]}, "not_an_object", "properties"),
        ({"type": "track", "userId": "u", "event": "e", "context": "c"}, "not_an_object", "context"),
        ({"type": "identify", "userId": "u", "traits": "t"}, "not_an_object", "traits"),
        ({"type": "identify", "userId": "a/b"}, "odd_id", "userId"),
        ({"type": "identify", "userId": True}, "no_external_id", "userId"),
        ({"type": "identify", "userId": {"a": 1}}, "no_external_id", "userId"),
        ({"type": "identify", "userId": "u" * 201}, "id_too_long", "userId"),
        ({"type": "identify", "anonymousId": [1]}, "odd_id", "anonymousId"),
        ({"type": "identify", "anonymousId": "a\u200bb"}, "odd_id", "anonymousId"),
        ({"type": "identify", "userId": "u", "messageId": "m" * 201}, "id_too_long", "messageId"),
        ({"type": "group", "userId": "u"}, "no_group", "groupId"),
        ({"type": "alias", "userId": "u"}, "no_previous", "previousId"),
        ({"type": "alias", "previousId": "u"}, "no_id", "userId"),
        ({"type": "identify", "userId": "u", "timestamp": "31 Feb"}, "odd_time", "timestamp"),
        ({"type": "identify", "userId": "u", "traits": {"a": "x\x00y"}}, "nul", ""),
        ({"type": "identify", "userId": "u", "traits": {"x\x00y": 1}}, "nul", ""),
        ({"type": "identify", "userId": "u", "traits": {"a": "\ud800"}}, "half_pair", ""),
        ({"type": "identify", "userId": "u", "traits": {"a": float("nan")}}, "not_finite", ""),
        ({"type": "identify", "userId": "u", "traits": {"a": [float("-inf")]}}, "not_finite", ""),
        ({"type": "identify", "userId": "u", "traits": {"a": "x" * MAX_EVENT}}, "too_large", ""),
    ],
)
def test_message__unsound__is_refused_with_its_reason(raw: Any, code: str, key: str) -> None:
    found = refusal(raw)
    assert (found.code, found.key) == (code, key)
    assert found.detail.endswith(".") or "?" in found.detail
    # What is shown of it can be stored: no NUL, no half pair, no NaN that JSON lacks.
    json.dumps(found.example).encode()
    assert "\x00" not in found.example


def test_message__nested_deeply__is_refused_without_recursion() -> None:
    deep: Any = 1
    for _ in range(100_000):
        deep = [deep]
    assert refusal({"type": "identify", "userId": "u", "traits": {"a": deep}}).code == "too_deep"
    fits: Any = 1
    for _ in range(MAX_DEPTH - 2):
        fits = [fits]
    assert message("identify", traits={"a": fits}).content == {"a": fits}


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "not_json"),
        (b"{", "not_json"),
        (b"\xff\xfe{}", "not_json"),
        (b"[]", "not_an_object"),
        (b"{}", "no_batch"),
        (b'{"batch": {}}', "no_batch"),
        (b"[" * 200_000, "too_deep"),
        (json.dumps({"batch": [0] * (MAX_EVENTS + 1)}).encode(), "too_many"),
        (json.dumps({"batch": [], "context": {"a": "x" * 5000}}).encode(), "too_large"),
        (b'{"batch": [], "context": {"a": NaN}}', "not_finite"),
    ],
)
def test_envelope__no_batch_at_all__is_refused_as_a_whole(body: bytes, code: str) -> None:
    with pytest.raises(Unsound) as refused:
        read_envelope(body, "batch")
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("text", "code"),
    [("1e9999", "not_finite"), ("NaN", "not_finite"), ('{"a": 1, "a": 2}', "key_twice"), ("9" * 5000, "not_finite")],
)
def test_envelope__one_unsound_message__leaves_the_others(text: str, code: str) -> None:
    body = (
        '\ufeff{"batch": [{"type": "identify", "userId": "u", "traits": {"x": %s}}, {"type": "page", "userId": "u"}]}'
    )
    envelope = read_envelope((body % text).encode(), "batch")
    assert [type(checked(raw)) for raw in envelope.events] == [RefusedMessage, Message]
    assert refusal(envelope.events[0]).code == code


def test_envelope__one_call__brings_its_key_and_itself() -> None:
    envelope = read_envelope(b'{"writeKey": "k", "userId": "u", "sentAt": "nonsense"}', "identify")
    assert (envelope.write_key, len(envelope.events), envelope.sent_at) == ("k", 1, None)
    assert read_json(b'{"a": 1}') == {"a": 1}


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("2026-01-31T14:05:00Z", "2026-01-31T14:05:00"),
        ("2026-01-31T14:05:00.5+02:00", "2026-01-31T12:05:00.500000"),
        ("2026-01-31T14:05:00.123456789-0330", "2026-01-31T17:35:00.123456"),
        ("2026-01-31 14:05", "2026-01-31T14:05:00"),
        ("2026-01-31", "2026-01-31T00:00:00"),
        ("2015-2-02T00:00:00.000Z", "2015-02-02T00:00:00"),
        ("2015-2-02", "2015-02-02T00:00:00"),
    ],
)
def test_instant__as_programs_write_it__is_read_as_utc(text: str, iso: str) -> None:
    assert instant_of(text, "It") == datetime.fromisoformat(iso).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    "raw",
    ["0000-01-01", "10000-01-01", "2026-02-31", "2026-01-01T24:00:00Z", "2026-01-01T12:60:00Z", "yesterday", 1767225600,
     True, "0001-01-01T00:00:00+02:00", "9999-12-31T23:59:59-02:00", "2026-01-01T00:00:00+99:00", "٢٠٢٦-01-01", {}],
)  # fmt: skip
def test_instant__that_nobody_has__is_refused(raw: Any) -> None:
    with pytest.raises(ValueRefused) as refused:
        instant_of(raw, "The timestamp")
    assert refused.value.code == "odd_time"


@pytest.mark.parametrize(
    ("said", "sent", "happened"),
    [
        (None, None, 0),
        (-60, None, -60),
        (60, None, 0),  # a clock ahead, nothing to correct it by
        (-60, -1, -60),  # a second on the way is no wrong clock
        (-3660, -3600, -60),  # an hour behind
        (3540, 3600, -60),  # an hour ahead
        (1, 2, -1),  # two seconds ahead: else it would lie in the future
        (7200, 3600, 0),  # in the future even by its own clock
    ],
)
def test_happened_at__by_the_clock_of_a_program__is_corrected_and_never_in_the_future(
    said: int | None, sent: int | None, happened: int
) -> None:
    def at(seconds: int | None) -> datetime | None:
        return None if seconds is None else NOW + timedelta(seconds=seconds)

    assert happened_at(at(said), at(sent), NOW) == at(happened)


def test_happened_at__sent_in_another_age__is_the_receipt_at_the_latest() -> None:
    first, last = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
    assert happened_at(last, first, NOW) == NOW
    assert happened_at(first, last, NOW) == NOW
