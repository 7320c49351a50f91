"""The moves that segments, governed words and versions may make; a check constraint guards each column."""

from taxonomy.choices import SegmentStatus, VersionState
from taxonomy.errors import IllegalMove

SEGMENT_MOVES: dict[tuple[str, str], str] = {
    (SegmentStatus.PROPOSED, "enact"): SegmentStatus.ACTIVE,
    (SegmentStatus.PROPOSED, "try_out"): SegmentStatus.PILOT,
    (SegmentStatus.PILOT, "try_out"): SegmentStatus.PILOT,
    (SegmentStatus.PILOT, "enact"): SegmentStatus.ACTIVE,
    (SegmentStatus.PILOT, "retire"): SegmentStatus.RETIRED,
    (SegmentStatus.ACTIVE, "enact"): SegmentStatus.ACTIVE,
    (SegmentStatus.ACTIVE, "revert"): SegmentStatus.ACTIVE,
    (SegmentStatus.ACTIVE, "deprecate"): SegmentStatus.DEPRECATED,
    (SegmentStatus.ACTIVE, "retire"): SegmentStatus.RETIRED,
    (SegmentStatus.DEPRECATED, "enact"): SegmentStatus.DEPRECATED,
    (SegmentStatus.DEPRECATED, "revert"): SegmentStatus.ACTIVE,
    (SegmentStatus.DEPRECATED, "retire"): SegmentStatus.RETIRED,
}

DEFINITION_MOVES: dict[tuple[str, str], str] = {
    (SegmentStatus.ACTIVE, "enact"): SegmentStatus.ACTIVE,
    (SegmentStatus.DEPRECATED, "enact"): SegmentStatus.ACTIVE,
    (SegmentStatus.ACTIVE, "deprecate"): SegmentStatus.DEPRECATED,
    (SegmentStatus.ACTIVE, "retire"): SegmentStatus.RETIRED,
    (SegmentStatus.DEPRECATED, "retire"): SegmentStatus.RETIRED,
}

VERSION_MOVES: dict[tuple[str, str], str] = {
    (VersionState.ACTIVE, "supersede"): VersionState.SUPERSEDED,
    (VersionState.ACTIVE, "retire"): VersionState.RETIRED,
}


def next_status(status: str, move: str) -> str:
    """The status of a segment after the move; refuses a move that the table does not list."""
    return _next(SEGMENT_MOVES, status, move, "segment")


def next_definition_status(status: str, move: str) -> str:
    """The status of a governed word after the move; refuses a move that the table does not list."""
    return _next(DEFINITION_MOVES, status, move, "word")


def next_state(state: str, move: str) -> str:
    """The state of a version after the move; refuses a move that the table does not list."""
    return _next(VERSION_MOVES, state, move, "version")


def _next(table: dict[tuple[str, str], str], here: str, move: str, subject: str) -> str:
    there = table.get((here, move))
    if there is None:
        raise IllegalMove(f"A {subject} that is {here} cannot {move}.")
    return there
