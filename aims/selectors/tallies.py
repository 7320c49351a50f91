"""Tallies of use in Valkey: hashes that requests add to, and that are taken away whole when they are written down."""

from functools import cache as once

import redis
import structlog
from django.conf import settings

from common.clock import now

log = structlog.get_logger(__name__)
OPEN = "segportal:usage:open"
TAKEN = "segportal:usage:taken"


@once
def tally_store() -> redis.Redis:
    """The connection on which uses are counted."""
    return redis.Redis.from_url(settings.REDIS_URL, socket_timeout=2, socket_connect_timeout=2)


def field_of(on: str, segment_key: str, kind: str) -> str:
    """The name under which uses are tallied."""
    return f"{on} {kind} {segment_key}"


def read_tallies(name: str) -> dict[tuple[str, str, str], int]:
    """(day, segment, kind) -> how often, of what waits to be written down."""
    stored: dict[bytes, bytes] = tally_store().hgetall(name)  # type: ignore[assignment]  # typed for both clients
    found = {}
    for field, count in stored.items():
        on, kind, key = field.decode().split(" ", 2)
        found[on, key, kind] = int(count)
    return found


def counted_today() -> dict[tuple[str, str], int]:
    """(kind, segment) -> how often, of what was counted and is not written down yet; nothing while Valkey is away."""
    found: dict[tuple[str, str], int] = {}
    try:
        for name in (OPEN, TAKEN):
            for (_, key, kind), count in read_tallies(name).items():
                found[kind, key] = found.get((kind, key), 0) + count
    except redis.RedisError as error:
        log.warning("usage.unread", error=type(error).__name__, at=now().isoformat())
    return found
