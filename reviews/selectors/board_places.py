"""Which board decides about each of many things, and who sits in it."""

from collections.abc import Mapping, Sequence

from reviews.models import Board, Seat


def boards_of(paths: Mapping[str, Sequence[str]], subject_type: str) -> dict[str, Board | None]:
    """Key -> the board that decides about it; `paths` go from the root to each. One query, however many there are."""
    boards = [board for board in Board.objects.order_by("pk") if subject_type in board.subject_types]
    return {key: _deepest(boards, path) for key, path in paths.items()}


def _deepest(boards: Sequence[Board], path: Sequence[str]) -> Board | None:
    depth = {key: number for number, key in enumerate(path, start=1)}
    best: tuple[int, Board] | None = None
    for board in boards:
        reached = max((depth.get(branch, 0) for branch in board.branches), default=0)
        if (not board.branches or reached) and (best is None or reached > best[0]):
            best = (reached, board)
    return best[1] if best else None


def seat_holders(board_key: str) -> set[int]:
    """The people who sit in the board now."""
    return set(Seat.objects.filter(board__key=board_key, until__isnull=True).values_list("user_id", flat=True))
