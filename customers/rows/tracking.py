"""The envelope of the Segment HTTP tracking API: reads one call or a batch, checks each message, says what is wrong."""

import json
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from customers.rows.ids import checked_external_id
from customers.rows.instants import happened_at, instant_of
from customers.rows.soundness import Unsound, read_json, refuse_unsound, safe_example
from customers.rows.values import ValueRefused

TYPES: Final = ("identify", "track", "page", "screen", "group", "alias")
MAX_EVENT: Final = 32 * 1024
MAX_BATCH: Final = 500 * 1024
MAX_EVENTS: Final = 5_000
_MAX_NAME: Final = 200
_MAX_CONTEXT: Final = 4 * 1024


@dataclass(frozen=True, slots=True)
class Message:
    """One sound message. `at` is by our clock; ids not given are empty; `content` holds traits or properties."""

    type: str
    message_id: str
    at: datetime
    name: str
    user_id: str
    anonymous_id: str
    group_id: str
    previous_id: str
    content: dict[str, Any]
    context: dict[str, Any]


@dataclass(frozen=True, slots=True)
class RefusedMessage:
    """One message that cannot be kept: a stable code, a sentence, the field at fault, the message as a short text."""

    code: str
    detail: str
    key: str
    example: str


@dataclass(frozen=True, slots=True)
class Envelope:
    """What one call brings: messages as they came, and what is said once for all of them."""

    write_key: str
    events: list[Any]
    sent_at: datetime | None
    context: dict[str, Any]


def read_envelope(body: bytes, kind: str) -> Envelope:
    """One call (`kind` is its type) or a batch (`kind` is "batch"). Raises `Unsound` or `ValueRefused` where the call
    as a whole makes no sense; its messages are not looked at.
    """
    whole = read_json(body)
    if not isinstance(whole, dict):
        raise Unsound("not_an_object", "The body must be a JSON object.")
    write_key = whole.get("writeKey")
    write_key = write_key if isinstance(write_key, str) else ""
    if kind != "batch":
        return Envelope(write_key, [whole], _sent_at(whole), {})
    events = whole.get("batch")
    if not isinstance(events, list):
        raise Unsound("no_batch", "The body must have a list “batch” of messages.")
    if len(events) > MAX_EVENTS:
        raise Unsound("too_many", f"The batch has {len(events):,} messages; at most {MAX_EVENTS:,} are taken at once.")
    return Envelope(write_key, events, _sent_at(whole), _shared_context(whole))


def _shared_context(whole: Mapping[str, Any]) -> dict[str, Any]:
    """The context said once for a batch. It is stored with each message, so it must be small."""
    context = whole.get("context")
    if not context or not isinstance(context, dict):
        return {}
    refuse_unsound(context)
    if _size(context) > _MAX_CONTEXT:
        raise Unsound("too_large", f"The context of a batch may have {_MAX_CONTEXT:,} bytes at most.")
    return context


def _size(value: Any) -> int:
    return len(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())


def _sent_at(whole: Mapping[str, Any]) -> datetime | None:
    # Only used to correct clocks: one that cannot be read corrects nothing, and spoils no message.
    try:
        return instant_of(whole.get("sentAt"), "sentAt")
    except ValueRefused:
        return None


def checked_message(
    raw: Any,
    *,
    kind: str,
    envelope: Envelope,
    received_at: datetime,
    new_id: str,
) -> Message | RefusedMessage:
    """The message, or why it cannot be kept. `new_id` is taken where it has no messageId of its own."""
    try:
        if not isinstance(raw, dict):
            raise Unsound("not_an_object", "A message must be a JSON object.")
        refuse_unsound(raw)
        # In one call also the key and the moment of sending count; they are short.
        size = _size(raw)
        if size > MAX_EVENT:
            raise Unsound("too_large", f"The message has {size:,} bytes; at most {MAX_EVENT:,} are taken.")
        return _message(raw, kind, envelope, received_at, new_id)
    except _Misplaced as refused:
        return _refused(raw, refused.code, refused.detail, refused.key)
    except (Unsound, ValueRefused) as refused:
        return _refused(raw, refused.code, refused.detail, "")


class _Misplaced(ValueRefused):
    """A refusal that knows its field."""

    def __init__(self, key: str, code: str, detail: str) -> None:
        super().__init__(code, detail)
        self.key = key


def _refused(raw: Any, code: str, detail: str, key: str) -> RefusedMessage:
    return RefusedMessage(code, detail[:500], key, safe_example(raw))


def _message(raw: dict[str, Any], kind: str, envelope: Envelope, received_at: datetime, new_id: str) -> Message:
    type_ = raw.get("type") if kind == "batch" else kind
    if type_ not in TYPES:
        raise _Misplaced("type", "unknown_type", f"The type must be one of: {', '.join(TYPES)}.")
    said = raw.get("timestamp")
    said = said if said is not None else raw.get("originalTimestamp")
    sent = _sent_at(raw) or envelope.sent_at
    own = _object(raw, "context")
    message = Message(
        type=type_,
        message_id=_short(raw, "messageId") or new_id,
        at=happened_at(_instant(said), sent, received_at),
        name=_name(raw, type_),
        user_id=_customer_id(raw, "userId"),
        anonymous_id=_short(raw, "anonymousId"),
        group_id=_customer_id(raw, "groupId"),
        previous_id=_short(raw, "previousId"),
        content=_content(raw, type_),
        context={**envelope.context, **own} if envelope.context else own,
    )
    _require_ids(message)
    return message


def _require_ids(message: Message) -> None:
    if message.type == "alias":
        if not message.user_id:
            raise _Misplaced("userId", "no_id", "An alias needs the userId that is the customer from now on.")
        if not message.previous_id:
            raise _Misplaced("previousId", "no_previous", "An alias needs the previousId that was the customer so far.")
    elif not message.user_id and not message.anonymous_id:
        raise _Misplaced("userId", "no_id", "Every message needs a userId or an anonymousId.")
    if message.type == "group" and not message.group_id:
        raise _Misplaced("groupId", "no_group", "A group call needs the groupId of the account.")


def _instant(said: Any) -> datetime | None:
    try:
        return instant_of(said, "The timestamp")
    except ValueRefused as refused:
        raise _Misplaced("timestamp", refused.code, refused.detail) from None


def _customer_id(raw: dict[str, Any], field: str) -> str:
    value = raw.get(field)
    if value is None or value == "":
        return ""
    try:
        return checked_external_id(value)
    except ValueRefused as refused:
        raise _Misplaced(field, refused.code, refused.detail) from None


def _short(raw: dict[str, Any], field: str) -> str:
    """An id that names no customer by itself: at most 200 characters, nothing invisible."""
    value = raw.get(field)
    if value is None or value == "":
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise _Misplaced(field, "odd_id", f"{field} must be a text.")
    text = unicodedata.normalize("NFC", str(value)).strip()
    if len(text) > _MAX_NAME:
        raise _Misplaced(field, "id_too_long", f"{field} has {len(text):,} characters; at most {_MAX_NAME} are kept.")
    if not text.isprintable():
        raise _Misplaced(field, "odd_id", f"{field} contains an invisible character.")
    return text


def _name(raw: dict[str, Any], type_: str) -> str:
    field = "event" if type_ == "track" else "name" if type_ in ("page", "screen") else ""
    value = raw.get(field) if field else None
    if value is None or (value == "" and type_ != "track"):
        if type_ == "track":
            raise _Misplaced("event", "no_name", "A track call needs the name of the event.")
        return ""
    if not isinstance(value, str) or not value.strip():
        raise _Misplaced(field, "no_name", "The name must be a text that is not empty.")
    text = unicodedata.normalize("NFC", value).strip()
    if len(text) > _MAX_NAME:
        raise _Misplaced(
            field, "name_too_long", f"The name has {len(text):,} characters; at most {_MAX_NAME} are kept."
        )
    if not text.isprintable():
        raise _Misplaced(field, "odd_name", "The name contains an invisible character.")
    return text


def _object(raw: dict[str, Any], field: str) -> dict[str, Any]:
    value = raw.get(field)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise _Misplaced(field, "not_an_object", f"{field} must be an object of keys and values.")
    return value


def _content(raw: dict[str, Any], type_: str) -> dict[str, Any]:
    """Traits or properties. Some clients put the traits of an identify into its context, and a category beside."""
    if type_ == "alias":
        return {}
    if type_ not in ("identify", "group"):
        properties = _object(raw, "properties")
        category = raw.get("category")
        return {"category": category, **properties} if isinstance(category, str) and category else properties
    traits = _object(raw, "traits")
    if type_ == "identify" and isinstance(raw.get("context"), dict):
        return {**_object(raw["context"], "traits"), **traits}
    return traits
