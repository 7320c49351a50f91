"""How long items take."""

from common.clock import now
from meetings.models import Item


def seconds_of(item: Item) -> int:
    """How long the item has taken until now."""
    running = int((now() - item.taken_up_at).total_seconds()) if item.taken_up_at else 0
    return item.seconds + max(0, running)
