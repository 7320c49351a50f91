"""Whom of the boards a freeze concerns."""

from collections.abc import Sequence

from reviews.models import Board, Seat
from safeguards.choices import Scope


def freeze_watchers(scope: str, path: Sequence[str]) -> set[int]:
    """The people who sit in a board that decides about the segment at the end of the path; for a source or all
    activation those of the boards that decide about everything."""
    boards = [
        board.pk
        for board in Board.objects.order_by("pk")
        if not board.branches or (scope == Scope.SEGMENT and set(path) & set(board.branches))
    ]
    return set(Seat.objects.filter(board__in=boards, until__isnull=True).values_list("user_id", flat=True))
