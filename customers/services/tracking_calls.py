"""Carries out one call of the tracking API: whose key it is, which messages are sound, what is stored."""

import threading
import time
import uuid
from typing import Final

from django.conf import settings

from accounts.choices import Scope
from accounts.services import open_token
from common.clock import now
from customers.choices import DEFAULT_SOURCE
from customers.errors import CannotSend, TooManyCalls, UnknownWriteKey, UnsoundCall
from customers.rows.soundness import Unsound
from customers.rows.tracking import MAX_BATCH, Envelope, Message, RefusedMessage, checked_message, read_envelope
from customers.rows.values import ValueRefused
from customers.services.receiving_events import Received, receive_events

_MINUTE: Final = 60
_counts: dict[int, tuple[int, int]] = {}
_counting = threading.Lock()


def receive_call(*, kind: str, body: bytes, write_key: str) -> Received:
    """Afterwards the sound messages of the call are stored, once each, and will survive a crash. `write_key` is what
    the header gave; where it gave none, the body's counts.

    Refuses: `UnknownWriteKey`, `CannotSend`, `TooManyCalls`; `UnsoundCall` for a body that makes no sense, and for a
    single message that cannot be kept. Of a batch only the unsound messages are left out, and counted as problems.
    """
    received_at = now()
    source_key = _source_of(write_key) if write_key else ""
    try:
        envelope = _envelope(body, kind)
    except (Unsound, ValueRefused) as refused:
        raise UnsoundCall(refused.detail, code=refused.code) from None
    source_key = source_key or _source_of(envelope.write_key)
    checked = [
        checked_message(raw, kind=kind, envelope=envelope, received_at=received_at, new_id=str(uuid.uuid4()))
        for raw in envelope.events
    ]
    sound = [one for one in checked if isinstance(one, Message)]
    refused_ones = [one for one in checked if isinstance(one, RefusedMessage)]
    result = receive_events(source_key=source_key, messages=sound, received_at=received_at, refused=refused_ones)
    if kind != "batch" and refused_ones:
        only = refused_ones[0]
        raise UnsoundCall(only.detail, code=only.code, pointer=f"/{only.key}" if only.key else None)
    return result


def _envelope(body: bytes, kind: str) -> Envelope:
    if len(body) > MAX_BATCH:
        raise Unsound("too_large", f"The body has {len(body):,} bytes; at most {MAX_BATCH:,} are taken at once.")
    return read_envelope(body, kind)


def _source_of(write_key: str) -> str:
    """The source that the key sends for."""
    token = open_token(write_key)
    if token is None:
        raise UnknownWriteKey("This write key opens nothing. Make one on the page of the source.")
    if Scope.INGEST not in token.scopes:
        raise CannotSend("This token may not send customer data. Use a write key, made on the page of the source.")
    _count_call(token.pk)
    return token.source_key or DEFAULT_SOURCE


def _count_call(token_id: int) -> None:
    """Counted in this process: a counter that all processes share would be asked for each call."""
    minute, second = divmod(int(time.time()), _MINUTE)
    with _counting:
        at, count = _counts.get(token_id, (minute, 0))
        count = count + 1 if at == minute else 1
        _counts[token_id] = (minute, count)
    if count > settings.SEGPORTAL_INGEST_CALLS:
        wait = _MINUTE - second
        raise TooManyCalls(f"This write key sends too many calls; go on in {wait} seconds.", extra={"wait": wait})
