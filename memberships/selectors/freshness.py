"""How old an answer about members can be at most."""

import math
import threading
from collections.abc import Iterable
from time import monotonic

from common.clock import now
from customers.selectors.waiting import oldest_waiting
from memberships.models import Current
from memberships.selectors.stamps import Ground

# A question of every call: within this time it is asked of the database once.
_KEPT_SECONDS = 1.0
_lock = threading.Lock()
_known: dict[int, tuple[float, int]] = {}


def fresh_within(watermarks: Iterable[int | None]) -> int | None:
    """Seconds: whatever reached the portal longer ago than this is in the answer. 0 when nothing waits.

    `watermarks` of the states that were read; None when there are none, as for instants of the past, which do not age.
    """
    lowest = min((each for each in watermarks if each is not None), default=None)
    if lowest is None:
        return None
    with _lock:
        kept = _known.get(lowest)
        if kept is not None and kept[0] > monotonic():
            return kept[1]
    oldest = oldest_waiting(after=lowest)
    found = 0 if oldest is None else max(1, math.ceil((now() - oldest).total_seconds()))
    with _lock:
        _known.clear()
        _known[lowest] = (monotonic() + _KEPT_SECONDS, found)
    return found


def fresh_within_of(grounds: Iterable[Ground]) -> int | None:
    """The same for an answer that stands on these."""
    return fresh_within(ground.watermark for ground in grounds)


def fresh_within_now(key: str | None = None) -> int | None:
    """The same for one segment as it stands now, or for all of them."""
    rows = Current.objects.filter(snapshot__isnull=False)
    if key is not None:
        rows = rows.filter(segment__key=key)
    return fresh_within(rows.order_by("watermark").values_list("watermark", flat=True)[:1])
