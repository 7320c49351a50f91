"""How much moved lately in every segment."""

from dataclasses import dataclass
from datetime import datetime

from memberships.choices import Cause
from memberships.models import Current
from memberships.selectors.deltas import moves_since


@dataclass(frozen=True)
class Recent:
    """How many entered and left one segment since an instant, and when somebody last did. Who moved twice counts twice;
    the first computation moves nobody, since it tells who was in already."""

    entered: int
    left: int
    at: datetime


def moved_since(at: datetime) -> dict[str, Recent]:
    """What moved in each segment that has members now after the instant, by key, without those in which nobody did."""
    known = dict(Current.objects.order_by().values_list("segment_id", "segment__key"))
    found = moves_since(at, but=Cause.FIRST)
    return {
        known[segment_id]: Recent(moves.entered, moves.left, last_at)
        for segment_id, (moves, last_at) in found.items()
        if segment_id in known
    }
