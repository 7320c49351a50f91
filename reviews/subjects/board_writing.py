"""Writes boards and their seats, for whoever may: an administrator while nothing governs boards, else a request."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import QuerySet

from common.clock import now
from common.errors import Conflict
from ledger.services import announce
from reviews.choices import State
from reviews.events import BoardDefined, SeatChanged
from reviews.models import Board, ChangeRequest, Seat
from reviews.selectors.board_content import checked_person

MEANING_FIELDS = ("branches", "subject_types", "policy")
OPEN_TO_BOARD = (State.IN_REVIEW, State.APPROVED)
_BOARDS = 7_208_303


def hold_boards() -> None:
    """Until the commit nobody else writes boards or decides about one; taken before any row is locked.

    A decision about a board locks its own request and then those that stand before the board; two of them, each a
    part of what the other one locks, would wait for each other.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_BOARDS])


def fields_of(content: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of a board for its checked content; its seats are rows of their own."""
    above = content["escalates_to"]
    fields = {name: value for name, value in content.items() if name != "seats"}
    return {**fields, "escalates_to": Board.objects.get(key=above) if above else None}


def hold_votes(board: Board) -> None:
    """Lock all that a vote before the board locks, in its order, before the first announcement takes the chain."""
    open_requests = ChangeRequest.objects.filter(board=board, state__in=OPEN_TO_BOARD)
    list(open_requests.select_for_update().order_by("pk").values_list("pk"))
    list(held_seats(board))


def held_seats(board: Board) -> QuerySet[Seat]:
    """The seats held now, locked: a vote that is being taken from one of them ends first."""
    return (
        Seat.objects.select_for_update(of=("self",))
        .filter(board=board, until__isnull=True)
        .select_related("user", "board")
        .order_by("pk")
    )


def write_board(
    actor: Any, board: Board | None, key: str, fields: Mapping[str, Any], seats: Mapping[str, Sequence[str]] | None
) -> tuple[Board, bool]:
    """The board with its fields and, where `seats` is given, exactly those people in it; whether its policy's meaning
    changed, so that requests before it must be renewed. Announced when it is new or changed."""
    is_new = board is None
    changed = [] if board is None else [name for name, value in fields.items() if getattr(board, name) != value]
    means_other = any(name in MEANING_FIELDS for name in changed)
    if board is None:
        board = Board(key=key, created_at=now(), **fields)
        _save(actor, board, None)
    elif changed:
        for name in changed:
            setattr(board, name, fields[name])
        board.version += 1
        board.policy_version += 1 if means_other else 0
        # Never the key: writing it, though it stays the same, would lock out every row that points at the board.
        _save(actor, board, [*changed, "version", "policy_version"])
    if is_new or changed:
        _announce_board(actor, board, "set up" if is_new else "changed")
    if seats is not None:
        seat_all(actor, board, seats)
    return board, means_other


def _announce_board(actor: Any, board: Board, change: str) -> None:
    fact = BoardDefined(
        board_key=board.key,
        change=change,
        board_version=board.version,
        policy_version=board.policy_version,
        quorum=board.policy["quorum"],
    )
    announce(fact, actor=actor)


def _save(actor: Any, board: Board, written: list[str] | None) -> None:
    board._history_user = _person(actor)  # type: ignore[attr-defined]
    try:
        with transaction.atomic():
            board.save(update_fields=written)
    except IntegrityError as taken:
        raise Conflict(f"Somebody has just set up the board {board.key}. Read it first.", code="key_taken") from taken


def seat_all(actor: Any, board: Board, seats: Mapping[str, Sequence[str]]) -> None:
    """Seat exactly these people."""
    wanted = {username: function for function, usernames in seats.items() for username in usernames}
    for held in held_seats(board).exclude(user__username__in=list(wanted)):
        end_seat(actor, held)
    for username, function in wanted.items():
        seat_person(actor, board, username, function)


def seat_person(actor: Any, board: Board, username: str, function: str) -> tuple[Seat, bool]:
    """The person's seat for that function, and whether it is new; a seat for another function has ended."""
    person = checked_person(username, "/username")
    held = held_seats(board).filter(user=person).first()
    if held is not None and held.function == function:
        return held, False
    if held is not None:
        end_seat(actor, held)
    seat = Seat(board=board, user=person, function=function, since=now())
    seat._history_user = _person(actor)  # type: ignore[attr-defined]
    seat.save()
    _tell(actor, seat, "seated")
    return seat, True


def end_seat(actor: Any, seat: Seat) -> None:
    """End the seat; votes from it on undecided requests no longer count."""
    seat.until = now()
    seat._history_user = _person(actor)  # type: ignore[attr-defined]
    seat.save(update_fields=["until"])
    _tell(actor, seat, "ended the seat of")


def _tell(actor: Any, seat: Seat, change: str) -> None:
    fact = SeatChanged(
        board_key=seat.board.key, username=seat.user.get_username(), function=seat.function, change=change
    )
    announce(fact, actor=actor)


def _person(actor: Any) -> Any:
    return actor if actor.pk is not None else None
