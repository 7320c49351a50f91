"""The moves of a report of a misclassification."""

from typing import Final

OPEN, ACCEPTED, REFUSED, FIXED = "open", "accepted", "refused", "fixed"
MOVES: Final[dict[tuple[str, str], str]] = {
    (OPEN, "accept"): ACCEPTED,
    (OPEN, "refuse"): REFUSED,
    (OPEN, "fix"): FIXED,
    (ACCEPTED, "refuse"): REFUSED,
    (ACCEPTED, "fix"): FIXED,
    (REFUSED, "reopen"): OPEN,
    (FIXED, "reopen"): OPEN,
}
# Somebody still has to do something.
UNSETTLED: Final = frozenset({OPEN, ACCEPTED})


def after(state: str, move: str) -> str | None:
    """The state after the move, or None where the move is not open."""
    return MOVES.get((state, move))


def moves_from(state: str) -> list[str]:
    """The moves that are open now, in the order of the table."""
    return [move for here, move in MOVES if here == state]
