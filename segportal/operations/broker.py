"""What waits in the broker and who takes it."""

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache as once
from typing import Any

import redis
from django.conf import settings

from segportal.presence import Sign
from segportal.queues import KINDS

# Where Celery's transport keeps the messages that a worker has taken and not yet acknowledged.
_IN_HAND = "unacked"
_WORDS = {
    "celery": "Runs, imports, files and reactions",
    "shards": "Parts of runs",
    "stream": "Events, and short runs over changed customers",
}


@dataclass(frozen=True)
class QueueLine:
    """One queue: messages that wait, for how long the oldest does (None: it does not say), workers that take them."""

    name: str
    kind: str
    words: str
    length: int
    oldest_seconds: float | None
    consumers: int


@dataclass(frozen=True)
class Broker:
    """The broker as a whole."""

    queues: tuple[QueueLine, ...]
    in_hand: int
    memory_bytes: int
    version: str


@once
def _client() -> redis.Redis:
    # Celery and its client spell the address of a socket differently.
    url = settings.BROKER_URL.replace("redis+socket://", "unix://").replace("virtual_host=", "db=")
    return redis.Redis.from_url(url, socket_timeout=2, socket_connect_timeout=2)


def broker_figures(signs: Sequence[Sign]) -> Broker:
    """Every queue with its length and the age of its oldest message. Raises what the client raises when it is away."""
    names = [(kind, name) for kind, queues in KINDS.items() for name in queues]
    asked = _client().pipeline(transaction=False)
    for _, name in names:
        asked.llen(name)
        asked.lindex(name, -1)
    asked.hlen(_IN_HAND)
    asked.info("memory")
    asked.info("server")
    *answers, in_hand, memory, server = asked.execute()
    alive = [sign for sign in signs if sign.is_alive]
    lines = tuple(
        QueueLine(
            name=name,
            kind=kind,
            words=_WORDS[name],
            length=answers[2 * place],
            oldest_seconds=_age(answers[2 * place + 1]),
            consumers=sum(name in sign.queues for sign in alive),
        )
        for place, (kind, name) in enumerate(names)
    )
    version = str(server.get("valkey_version") or server.get("redis_version") or "")
    return Broker(lines, in_hand, int(memory["used_memory"]), version)


def _age(message: Any) -> float | None:
    if message is None:
        return None
    sent = json.loads(message).get("headers", {}).get("sent")
    return max(0.0, time.time() - sent) if isinstance(sent, int | float) else None
