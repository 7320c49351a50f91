"""Takes what programs tell: stores sound messages once, counts what cannot be kept, wakes whoever applies them."""

import json
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

import structlog
from django.db import DatabaseError, IntegrityError, connection, transaction

from common.actors import SYSTEM
from customers.choices import DEFAULT_SOURCE
from customers.errors import InvalidSource
from customers.rows.tracking import Message, RefusedMessage
from customers.services.nudging import nudge_applier
from customers.services.problems import Problem, record_problems
from customers.services.sources import define_source

log = structlog.get_logger(__name__)

_ASK_AGAIN: Final = 60.0
# One statement, so one commit: a message is new exactly where its row of `customers_receivedmessage` is. Sorted, so
# that two calls with the same messages in another order wait for each other instead of dying.
_STORE: Final = """
    WITH given AS (
        SELECT * FROM unnest(%s::text[], %s::timestamptz[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[],
                             %s::text[], %s::text[], %s::text[])
        WITH ORDINALITY AS given (message_id, at, type, name, user_id, anonymous_id, group_id, previous_id, content,
                                  context, position)
    ), fresh AS (
        INSERT INTO customers_receivedmessage (source_key, message_id, received_at)
        SELECT %s, message_id, %s FROM given ORDER BY message_id
        ON CONFLICT DO NOTHING RETURNING message_id
    )
    INSERT INTO customers_event (received_at, at, source_key, message_id, type, name, user_id, anonymous_id, group_id,
                                 previous_id, content, context)
    SELECT %s, at, %s, message_id, type, name, user_id, anonymous_id, group_id, previous_id, content::jsonb,
           context::jsonb
    FROM given JOIN fresh USING (message_id) ORDER BY position
"""
# Apart from the events and without waiting for the disk: every call of a source adds to the same row, and would stand
# in line for it while the one before it is made durable.
_NOTE_LOAD: Final = """
    INSERT INTO customers_sourceload (source_id, "on", at, row_count)
    SELECT id, (%s AT TIME ZONE 'UTC')::date, %s, %s
    FROM customers_source, (SELECT set_config('synchronous_commit', 'off', true)) AS lightly WHERE key = %s
    ON CONFLICT (source_id, "on") WHERE job_id IS NULL
    DO UPDATE SET row_count = customers_sourceload.row_count + excluded.row_count,
                  at = greatest(customers_sourceload.at, excluded.at)
"""


@dataclass(frozen=True, slots=True)
class Received:
    """How many messages of a call were stored, were stored before, and could not be kept."""

    accepted: int
    repeated: int
    refused: int


def receive_events(
    *,
    source_key: str,
    messages: Sequence[Message],
    received_at: datetime,
    refused: Sequence[RefusedMessage] = (),
) -> Received:
    """Afterwards each message is stored once, whatever was sent before or is sent at the same time, and survives a
    crash; what cannot be kept is counted by reason. Messages of one id within the call: the first is taken.

    Refuses: nothing; raises what the database raises, and then nothing of the call is stored.
    """
    ensure_event_month(received_at.date())
    unique = {message.message_id: message for message in reversed(messages)}
    given = [message for message in messages if unique[message.message_id] is message]
    with transaction.atomic():
        accepted = _store(source_key, given, received_at) if given else 0
        _count_refused(source_key, refused, received_at)
    if accepted:
        transaction.on_commit(lambda: _note(source_key, accepted, received_at), robust=True)
        transaction.on_commit(nudge_applier, robust=True)
    return Received(accepted, len(messages) - accepted, len(refused))


def _store(source_key: str, messages: Sequence[Message], received_at: datetime) -> int:
    columns: list[list[Any]] = [
        [message.message_id for message in messages],
        [message.at for message in messages],
        [message.type for message in messages],
        [message.name for message in messages],
        [message.user_id for message in messages],
        [message.anonymous_id for message in messages],
        [message.group_id for message in messages],
        [message.previous_id for message in messages],
        [json.dumps(message.content, ensure_ascii=False) for message in messages],
        [json.dumps(message.context, ensure_ascii=False) for message in messages],
    ]
    with connection.cursor() as cursor:
        cursor.execute(_STORE, [*columns, source_key, received_at, received_at, source_key])
        return int(cursor.rowcount)


def _count_refused(source_key: str, refused: Sequence[RefusedMessage], at: datetime) -> None:
    counts = Counter((one.key, one.code) for one in refused)
    examples = {(one.key, one.code): one for one in refused}
    # Without the message id: it would lead to an event, and none was stored.
    record_problems(
        Problem(source_key, key, code, example.detail, example.example, "", at, counts[key, code])
        for (key, code), example in examples.items()
    )


def _note(source_key: str, count: int, at: datetime) -> None:
    """Freshness of the source. It is made on demand: a program may send before anybody has described its source."""
    if not _noted(source_key, count, at):
        define_default_source(source_key)
        _noted(source_key, count, at)


def _noted(source_key: str, count: int, at: datetime) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(_NOTE_LOAD, [at, at, count, source_key])
        return int(cursor.rowcount) > 0


def define_default_source(key: str) -> None:
    """Afterwards there is a source of that key. Announces: `customers.source.defined` when there was none."""
    content = {
        "name": "Events" if key == DEFAULT_SOURCE else f"Events of {key}",
        "kind": "product",
        "description": "What programs send to the tracking API with a write key that names no other source.",
    }
    try:
        define_source(actor=SYSTEM, key=key, content=content, base_version=0)
    except (InvalidSource, IntegrityError):
        # Two programs sent their first event at the same time.
        log.info("source.defined_already", source=key)


# Month -> when to ask the database for its partition again, by this process's clock.
_ask_again: dict[date, float] = {}


def ensure_event_month(day: date) -> None:
    """Afterwards the month of that day has a partition of its own; where that cannot be, its events go to the default
    one and are still found. Asks the database once a month.
    """
    month = day.replace(day=1)
    if time.monotonic() < _ask_again.get(month, 0.0):
        return
    _ask_again[month] = time.monotonic() + _ASK_AGAIN
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '2s'")
            cursor.execute("SELECT customers_event_month(%s)", [month])
            cursor.execute("SET LOCAL lock_timeout TO DEFAULT")
    except DatabaseError as error:
        # Somebody reads the default partition at length, or it holds events of this month already.
        log.warning("events.no_partition", month=month.isoformat(), error=type(error).__name__)
        return
    _ask_again[month] = float("inf")
