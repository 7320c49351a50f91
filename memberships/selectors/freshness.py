"""How old an answer about members can be at most."""

import math
import threading
from collections.abc import Callable, Iterable
from time import monotonic

from django.db.models import Min

from common.clock import now
from customers.selectors.waiting import oldest_waiting
from memberships.models import Current
from memberships.selectors.stamps import Ground

# A question of every call: within this time it is asked of the database once.
KEPT_SECONDS = 1.0
_MOST_KEPT = 500
_lock = threading.Lock()
_known: dict[str, tuple[float, int | None]] = {}


def fresh_within(watermarks: Iterable[int | None]) -> int | None:
    """Seconds: whatever reached the portal longer ago than this is in the answer. 0 when nothing waits.

    `watermarks` of the states that were read; None when there are none, as for instants of the past, which do not age.
    """
    lowest = min((each for each in watermarks if each is not None), default=None)
    return None if lowest is None else _kept(f"through {lowest}", lambda: _waited(lowest))


def fresh_within_of(grounds: Iterable[Ground]) -> int | None:
    """The same for an answer that stands on these."""
    return fresh_within(ground.watermark for ground in grounds)


def fresh_within_now(key: str | None = None) -> int | None:
    """The same for one segment as it stands now, or for all of them; None while nothing is computed."""

    def found() -> int | None:
        rows = Current.objects.filter(snapshot__isnull=False)
        rows = rows if key is None else rows.filter(segment__key=key)
        lowest = rows.aggregate(lowest=Min("watermark"))["lowest"]
        return None if lowest is None else _waited(lowest)

    return _kept(f"segment {key or ''}", found)


def _waited(watermark: int) -> int:
    oldest = oldest_waiting(after=watermark)
    return 0 if oldest is None else max(1, math.ceil((now() - oldest).total_seconds()))


def _kept(name: str, ask: Callable[[], int | None]) -> int | None:
    with _lock:
        known = _known.get(name)
        if known is not None and known[0] > monotonic():
            return known[1]
    found = ask()
    with _lock:
        if len(_known) >= _MOST_KEPT:
            _known.clear()
        _known[name] = (monotonic() + KEPT_SECONDS, found)
    return found
