"""How an import moves: one table of (state, move) to the next state."""

from typing import Final

MOVES: Final[dict[tuple[str, str], str]] = {
    ("planned", "start"): "queued",
    ("planned", "cancel"): "cancelled",
    ("queued", "claim"): "running",
    ("queued", "cancel"): "cancelled",
    ("queued", "fail"): "failed",
    ("running", "claim"): "running",
    ("running", "finish"): "done",
    ("running", "fail"): "failed",
    ("running", "cancel"): "cancelled",
    ("failed", "start"): "queued",
    ("cancelled", "start"): "queued",
}


def next_state(state: str, move: str) -> str | None:
    """The state after `move`, or None where the move is not open."""
    return MOVES.get((state, move))
