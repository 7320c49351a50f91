"""Sets up boards directly while no board governs boards: what they govern, what they ask for, who sits in them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import transaction

from common.actors import SYSTEM
from common.errors import Stale
from ledger.services import announce
from reviews.choices import USUAL_TYPES, State, SubjectType
from reviews.errors import BoardGoverned, BoardUnknown
from reviews.events import SeatForced
from reviews.models import Board, ChangeRequest, Seat
from reviews.policies import BoardPolicy
from reviews.selectors.board_content import checked_board
from reviews.selectors.board_policy import checked_function
from reviews.selectors.boards import governing_board
from reviews.services.renewing import renew_requests_of
from reviews.subjects.board_writing import (
    end_seat,
    fields_of,
    held_seats,
    hold_boards,
    hold_votes,
    seat_person,
    write_board,
)
from taxonomy.selectors import live_content


@transaction.atomic
def define_board(
    *,
    actor: Any,
    key: str,
    name: str,
    policy: Mapping[str, Any],
    description: str = "",
    branches: Sequence[str] = (),
    subject_types: Sequence[str] = USUAL_TYPES,
    seats: Mapping[str, Iterable[str]] | None = None,
    escalates_to: str | None = None,
    lock_version: int | None = None,
) -> Board:
    """Afterwards the board stands so; with `seats` (function -> user names) exactly those people sit in it.

    A change of branches, types or policy voids the votes on requests before the board: they go on under the new
    policy, with a new digest. Without `escalates_to` what was set before stays.

    Refuses: NotAllowed, BoardGoverned (propose it instead), Invalid (unsound policy, unknown function, person, type or
    board), BoardOverlap, Stale (lock_version), Conflict (born twice at once).
    Announces: BoardDefined (nothing when nothing changed), SeatChanged per seat, RequestEdited per open request.
    """
    _require(actor, "define")
    hold_boards()
    board = Board.objects.select_for_update(no_key=True, of=("self",)).filter(key=key).first()
    _refuse_governed(actor, board, [*branches, *(board.branches if board else [])], branches)
    above = escalates_to or (board.escalates_to.key if board and board.escalates_to else None)
    given = {name: list(people) for name, people in seats.items()} if isinstance(seats, Mapping) else seats
    content = checked_board(
        {
            "name": name,
            "description": description,
            "branches": branches,
            "subject_types": subject_types,
            "policy": policy,
            "escalates_to": above,
            "seats": given,
        },
        key=key,
    )
    if board is not None and lock_version is not None and lock_version != board.version:
        raise Stale("The board was changed since you read it. Read it again and repeat your change.")
    if board is not None:
        hold_votes(board)
    fields = fields_of(content)
    written, means_other = write_board(actor, board, key, fields, content["seats"] if seats is not None else None)
    if means_other:
        renew_requests_of(written, actor)
    return written


@transaction.atomic
def seat_member(*, actor: Any, board_key: str, username: str, function: str) -> Seat:
    """Afterwards the person sits in the board for that function; a seat for another function has ended.

    The operator of the machine (SYSTEM) may do it past a board that governs boards; the ledger says so by itself.

    Refuses: NotAllowed, BoardGoverned (propose it instead), BoardUnknown, NoSuchPerson, Invalid (unknown function).
    Announces: SeatChanged; SeatForced where it was done past a board; nothing when the person sits so already.
    """
    _require(actor, "seat")
    hold_boards()
    board = _board(board_key)
    _refuse_governed(actor, board, board.branches, board.branches)
    checked_function(function, "/function")
    seat, is_new = seat_person(actor, board, username, function)
    governing = governing_board((), SubjectType.BOARD)
    if is_new and actor is SYSTEM and governing is not None:
        fact = SeatForced(
            board_key=board.key, username=seat.user.get_username(), function=function, governing=governing.key
        )
        announce(fact, actor=actor)
    return seat


@transaction.atomic
def unseat_member(*, actor: Any, board_key: str, username: str) -> Seat | None:
    """Afterwards the person holds no seat in the board; votes on undecided requests no longer count.

    Refuses: NotAllowed, BoardGoverned (propose it instead), BoardUnknown.
    Announces: SeatChanged; nothing when the person had no seat.
    """
    _require(actor, "seat")
    hold_boards()
    board = _board(board_key)
    _refuse_governed(actor, board, board.branches, board.branches)
    held = held_seats(board).filter(user__username__iexact=username).first()
    if held is not None:
        end_seat(actor, held)
    return held


def _refuse_governed(actor: Any, board: Board | None, touched: Sequence[str], wanted: Sequence[str]) -> None:
    """Refuse to write past a board that governs boards, unless nothing that lives hangs on this one."""
    governing = governing_board((), SubjectType.BOARD)
    if governing is None or actor is SYSTEM or _is_idle(board, touched, wanted):
        return
    raise BoardGoverned(
        f"{governing.name} decides about boards, their policies and their seats. Propose the change; it takes effect "
        "when that board approves it.",
        extra={"board": governing.key},
    )


def _is_idle(board: Board | None, touched: Sequence[str], wanted: Sequence[str]) -> bool:
    """Whether nothing is governed by it yet: nothing lives in its branches, and it has put nothing into effect."""
    if board is not None and (
        SubjectType.BOARD in board.subject_types
        or ChangeRequest.objects.filter(board=board, state=State.APPLIED).exists()
        or not board.branches
    ):
        return False
    return bool(wanted) and not any(live_content(key) for key in touched)


def _board(key: str) -> Board:
    # Locked, so that two administrators who seat one person at once do so one after the other.
    board = Board.objects.select_for_update(no_key=True, of=("self",)).filter(key=key).first()
    if board is None:
        raise BoardUnknown(f"There is no board with the key {key}.")
    return board


def _require(actor: Any, action: str) -> None:
    if actor is not SYSTEM:
        BoardPolicy().require(actor, action)
