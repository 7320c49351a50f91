"""How a case moves: one table of (state, move) to the next state, and who comes after whom."""

from typing import Final

OPEN, TAKEN, CLOSED = "open", "taken", "closed"
MOVES: Final[dict[tuple[str, str], str]] = {
    (OPEN, "take"): TAKEN,
    (OPEN, "answer"): OPEN,
    (OPEN, "hand_on"): OPEN,
    (OPEN, "close"): CLOSED,
    (TAKEN, "take"): TAKEN,
    (TAKEN, "answer"): TAKEN,
    (TAKEN, "hand_on"): OPEN,
    (TAKEN, "close"): CLOSED,
}
_NEXT: Final[dict[str, str]] = {"steward": "owner", "owner": "board"}


def after(state: str, move: str) -> str | None:
    """The state after the move, or None where the move is not open."""
    return MOVES.get((state, move))


def moves_from(state: str) -> list[str]:
    """The moves that are open now, in the order of the table."""
    return [move for here, move in MOVES if here == state]


def next_stage(stage: str) -> str | None:
    """Who has it when this stage does not close it; None behind the board."""
    return _NEXT.get(stage)
