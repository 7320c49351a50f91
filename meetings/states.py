"""The moves that a meeting and its items may make."""

from common.errors import Conflict
from meetings.choices import ItemState, MeetingState

MEETING_MOVES: dict[tuple[str, str], str] = {
    (MeetingState.PLANNED, "open"): MeetingState.OPEN,
    (MeetingState.PLANNED, "cancel"): MeetingState.CANCELLED,
    (MeetingState.OPEN, "close"): MeetingState.CLOSED,
}
ITEM_MOVES: dict[tuple[str, str], str] = {
    (ItemState.PENDING, "take_up"): ItemState.DISCUSSED,
    (ItemState.LEFT_OPEN, "take_up"): ItemState.DISCUSSED,
    (ItemState.PENDING, "skip"): ItemState.SKIPPED,
    (ItemState.DISCUSSED, "skip"): ItemState.SKIPPED,
    (ItemState.SKIPPED, "restore"): ItemState.PENDING,
    (ItemState.PENDING, "decide"): ItemState.DECIDED,
    (ItemState.DISCUSSED, "decide"): ItemState.DECIDED,
    (ItemState.LEFT_OPEN, "decide"): ItemState.DECIDED,
    (ItemState.SKIPPED, "decide"): ItemState.DECIDED,
    (ItemState.DISCUSSED, "leave"): ItemState.LEFT_OPEN,
    (ItemState.PENDING, "note"): ItemState.NOTED,
    (ItemState.DISCUSSED, "note"): ItemState.NOTED,
}


def next_meeting_state(state: str, move: str) -> str:
    """The state of the meeting after the move; refuses what the table does not list."""
    there = MEETING_MOVES.get((state, move))
    if there is None:
        raise Conflict(f"The meeting is {MeetingState(state).label.lower()}; it cannot {move} now.", code="not_now")
    return str(there)


def next_item_state(state: str, move: str) -> str:
    """The state of an item after the move; refuses what the table does not list."""
    there = ITEM_MOVES.get((state, move))
    if there is None:
        words = f"The item is {ItemState(state).label.lower()}; look at the agenda as it is now."
        raise Conflict(words, code="not_now")
    return str(there)
