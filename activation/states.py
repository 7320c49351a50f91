"""How a step of an announcement moves: one table of (state, move) to the next state."""

from typing import Final

WAITING, SENT, SEEN, ACKNOWLEDGED, NOBODY = "waiting", "sent", "seen", "acknowledged", "nobody"
MOVES: Final[dict[tuple[str, str], str]] = {
    (WAITING, "send"): SENT,
    (WAITING, "pass"): NOBODY,
    (SENT, "see"): SEEN,
    (SENT, "acknowledge"): ACKNOWLEDGED,
    (SEEN, "acknowledge"): ACKNOWLEDGED,
}


def states_before(move: str) -> list[str]:
    """The states from which the move is open."""
    return [state for state, known in MOVES if known == move]


def next_state(state: str, move: str) -> str | None:
    """The state after `move`, or None where the move is not open."""
    return MOVES.get((state, move))


# Somebody of the function still has to acknowledge.
OPEN: Final = frozenset(states_before("acknowledge"))
