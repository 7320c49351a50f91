"""The moves a run can make."""

from typing import Final

QUEUED, RUNNING, SUCCEEDED = "queued", "running", "succeeded"
FAILED, CANCELLED, SUPERSEDED = "failed", "cancelled", "superseded"

MOVES: Final[dict[tuple[str, str], str]] = {
    (QUEUED, "claim"): RUNNING,
    (QUEUED, "cancel"): CANCELLED,
    (QUEUED, "absorb"): SUPERSEDED,
    (RUNNING, "publish"): SUCCEEDED,
    (RUNNING, "supersede"): SUPERSEDED,
    (RUNNING, "requeue"): QUEUED,
    (RUNNING, "fail"): FAILED,
    (RUNNING, "cancel"): CANCELLED,
}
OPEN: Final = frozenset({QUEUED, RUNNING})
ENDED: Final = frozenset({SUCCEEDED, FAILED, CANCELLED, SUPERSEDED})


def after(state: str, move: str) -> str | None:
    """The state after the move, or None where the move is not legal."""
    return MOVES.get((state, move))


def before(move: str) -> tuple[str, ...]:
    """The states that the move may start from."""
    return tuple(state for state, name in MOVES if name == move)
