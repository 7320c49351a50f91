"""Reading boards: who decides about what."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from reviews.choices import OPEN, State
from reviews.errors import BoardUnknown
from reviews.models import Board, ChangeRequest, Seat
from reviews.policies import BoardPolicy, seats_of


def boards_for(*, viewer: Any) -> QuerySet[Board]:
    """The boards that the viewer may see, with `seat_count`, `open_count` and `waiting_count`."""
    requests = ChangeRequest.objects.filter(board=OuterRef("pk"))
    return (
        BoardPolicy()
        .visible(viewer)
        .annotate(
            seat_count=_counted(Seat.objects.filter(board=OuterRef("pk"), until__isnull=True)),
            open_count=_counted(requests.filter(state__in=OPEN).exclude(state=State.DRAFT)),
            waiting_count=_counted(requests.filter(state=State.IN_REVIEW)),
        )
    )


def _counted(rows: QuerySet[Any]) -> Coalesce:
    """How many of the board's rows there are, counted for themselves: joined they would be multiplied."""
    found = rows.order_by().values("board").annotate(count=Count("pk")).values("count")
    return Coalesce(Subquery(found, output_field=IntegerField()), 0)


def names_for(*, viewer: Any) -> list[tuple[str, str]]:
    """(key, name) of the boards that the viewer may see."""
    return list(BoardPolicy().visible(viewer).values_list("key", "name"))


def board_for(*, viewer: Any, key: str) -> Board:
    """The board with that key, as far as the viewer may see it."""
    found = boards_for(viewer=viewer).filter(key=key).first()
    if found is None:
        raise BoardUnknown(f"There is no board with the key {key}.")
    return found


def open_seats(board: Board) -> QuerySet[Seat]:
    """The seats that are held now, by function and name."""
    return (
        Seat.objects.filter(board=board, until__isnull=True)
        .select_related("user")
        .order_by("function", "user__display_name", "user__username")
    )


def past_seats(board: Board) -> QuerySet[Seat]:
    """The seats that were held, newest end first."""
    return Seat.objects.filter(board=board, until__isnull=False).select_related("user").order_by("-until", "-pk")


def governing_board(path: Sequence[str], subject_type: str) -> Board | None:
    """The board of the deepest branch on the path that a board governs for this type; None when no board does.

    `path` runs from the root to the subject. A board without branches governs everything that no other one does.
    """
    depth = {key: number for number, key in enumerate(path, start=1)}
    best: tuple[int, Board] | None = None
    for board in Board.objects.order_by("pk"):
        if subject_type not in board.subject_types:
            continue
        reached = max((depth.get(branch, 0) for branch in board.branches), default=0)
        if board.branches and reached == 0:
            continue
        if best is None or reached > best[0]:
            best = (reached, board)
    return best[1] if best else None


def governing_name(subject_type: str) -> str | None:
    """The name of the board that decides about what belongs to no branch; None when no board does."""
    board = governing_board((), subject_type)
    return board.name if board else None


def functions_held(user: Any) -> frozenset[str]:
    """The functions of the seats that the person holds now."""
    return frozenset(seats_of(user).values())


def board_names() -> list[tuple[str, str]]:
    """(key, name) of every board, by name."""
    return list(Board.objects.order_by("name").values_list("key", "name"))
