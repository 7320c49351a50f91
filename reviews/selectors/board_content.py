"""What a board is, as content: read from its row and seats, and checked before it is written."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Count

from accounts.choices import Function
from accounts.selectors import user_by_username
from common.errors import DomainError, Invalid
from common.keys import check_key
from common.texts import clean_text
from reviews.choices import USUAL_TYPES, SubjectType
from reviews.errors import BoardOverlap
from reviews.models import Board, Seat
from reviews.selectors.board_policy import checked_function, checked_policy

Content = dict[str, Any]
FIELDS = ("name", "description", "branches", "subject_types", "policy", "escalates_to", "seats")


def content_of_board(board: Board) -> Content:
    """The board as it stands: what it governs and asks for, and who sits in it (function -> user names)."""
    seats: dict[str, list[str]] = {}
    held = Seat.objects.filter(board=board, until__isnull=True, user__is_active=True)
    for function, username in held.order_by("user__username").values_list("function", "user__username"):
        seats.setdefault(function, []).append(username)
    return {
        "name": board.name,
        "description": board.description,
        "branches": list(board.branches),
        "subject_types": list(board.subject_types),
        "policy": dict(board.policy),
        "escalates_to": board.escalates_to.key if board.escalates_to else None,
        "seats": {name: seats[name] for name in Function.values if name in seats},
    }


def edition_of(board: Board) -> int:
    """A number that grows with every change of the board or of its seats: the version that a request is written
    against."""
    counted = Seat.objects.filter(board=board).aggregate(begun=Count("pk"), ended=Count("until"))
    return int(board.version + counted["begun"] + counted["ended"])


def checked_board(content: Mapping[str, Any], *, key: str) -> Content:
    """The content of a board in its one form.

    Raises Invalid (unsound policy, unknown function, person, type or board) and BoardOverlap.
    """
    check_key(key)
    branches = _keys(content.get("branches") or ())
    subject_types = _types(content.get("subject_types", USUAL_TYPES))
    refuse_overlap(key, branches, subject_types)
    return {
        "name": clean_text(content.get("name", ""), pointer="/name", max_length=120),
        "description": clean_text(
            content.get("description", ""), pointer="/description", max_length=5000, required=False, lines=True
        ),
        "branches": branches,
        "subject_types": subject_types,
        "policy": checked_policy(content.get("policy") or {}),
        "escalates_to": _board_above(content.get("escalates_to"), key),
        "seats": checked_seats(content.get("seats") or {}),
    }


def checked_seats(seats: Any) -> dict[str, list[str]]:
    """Function -> user names as they are written, each person once."""
    if not isinstance(seats, Mapping):
        raise Invalid("Seats are an object: function -> user names.", code="wrong_type", pointer="/seats")
    found: dict[str, list[str]] = {}
    seated: dict[str, str] = {}
    for function, usernames in seats.items():
        checked_function(function, f"/seats/{function}")
        for number, username in enumerate(usernames):
            person = checked_person(username, f"/seats/{function}/{number}")
            if seated.setdefault(person.get_username(), function) != function:
                detail = f"{person} cannot hold two seats in one board: one person gives one function's approval."
                raise Invalid(detail, code="two_seats", pointer=f"/seats/{function}/{number}")
            found.setdefault(function, []).append(person.get_username())
    return {name: sorted(set(found[name])) for name in Function.values if name in found}


def checked_person(username: Any, pointer: str) -> Any:
    """The active person of that name; `Invalid` where there is none."""
    try:
        return user_by_username(str(username))
    except DomainError as unknown:
        raise Invalid(unknown.detail, code="unknown_person", pointer=pointer) from unknown


def refuse_overlap(key: str, branches: Sequence[str], subject_types: Sequence[str]) -> None:
    """Refuse a second board for the same branch and type."""
    for other in Board.objects.exclude(key=key):
        shared_types = set(other.subject_types) & set(subject_types)
        shared = set(other.branches) & set(branches) if branches else set()
        if shared_types and (shared or not (branches or other.branches)):
            where = ", ".join(sorted(shared)) or "everything"
            raise BoardOverlap(
                f"{other.name} governs {where} for {', '.join(sorted(shared_types))} already. "
                "Give this board other branches, or take them from that one first."
            )


def _board_above(value: Any, key: str) -> str | None:
    if not value:
        return None
    above = Board.objects.filter(key=str(value)).first()
    if above is None or above.key == key:
        raise Invalid(
            f"There is no other board {value} that it could go up to.", code="unknown_board", pointer="/escalates_to"
        )
    seen = {key}
    step: Board | None = above
    while step is not None:
        if step.key in seen:
            raise Invalid("The boards would send it round in a circle.", code="circle", pointer="/escalates_to")
        seen.add(step.key)
        step = step.escalates_to
    return above.key


def _keys(branches: Any) -> list[str]:
    if isinstance(branches, str) or not isinstance(branches, Sequence):
        raise Invalid("Branches are a list of segment keys.", code="wrong_type", pointer="/branches")
    return sorted({check_key(branch, f"/branches/{number}") for number, branch in enumerate(branches)})


def _types(subject_types: Any) -> list[str]:
    listed = list(subject_types) if isinstance(subject_types, list | tuple) else []
    if not listed or [value for value in listed if value not in SubjectType.values]:
        known = ", ".join(SubjectType.values)
        raise Invalid(f"Name what the board decides about: {known}.", code="unknown_type", pointer="/subject_types")
    return sorted({str(value) for value in listed})
