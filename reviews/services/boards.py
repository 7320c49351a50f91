"""Sets up boards: what they govern, what they ask for, and who sits in them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from accounts.choices import Function
from accounts.selectors import user_by_username
from common.actors import SYSTEM
from common.clock import now
from common.errors import Conflict, DomainError, Invalid, Stale
from common.keys import check_key
from common.texts import clean_text
from ledger.services import announce
from reviews.choices import EXPIRES_DAYS, USUAL_TYPES, RejectOn, SubjectType
from reviews.errors import BoardOverlap, BoardUnknown
from reviews.events import BoardDefined, SeatChanged
from reviews.models import Board, ChangeRequest, Seat
from reviews.policies import BoardPolicy
from reviews.services.renewing import renew_requests_of
from reviews.services.revising import OPEN_TO_BOARD

POLICY_FIELDS = ("quorum", "required", "reject_on", "expires_days", "conditions")
MEANING_FIELDS = ("branches", "subject_types", "policy")


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
    lock_version: int | None = None,
) -> Board:
    """Afterwards the board stands so; with `seats` (function -> user names) exactly those people sit in it.

    A change of branches, types or policy voids the votes on requests before the board: they go on under the new
    policy, with a new digest.

    Refuses: NotAllowed, Invalid (unsound policy, unknown function, person or type), BoardOverlap, Stale (lock_version),
    Conflict (born twice at once).
    Announces: BoardDefined (nothing when nothing changed), RequestEdited per open request, SeatChanged per seat.
    """
    _require(actor, "define")
    check_key(key)
    fields: dict[str, Any] = {
        "name": clean_text(name, pointer="/name", max_length=120),
        "description": clean_text(description, pointer="/description", max_length=5000, required=False, lines=True),
        "branches": _keys(branches),
        "subject_types": _types(subject_types),
        "policy": checked_policy(policy),
    }
    board = Board.objects.select_for_update(no_key=True).filter(key=key).first()
    if board is not None and lock_version is not None and lock_version != board.version:
        raise Stale("The board was changed since you read it. Read it again and repeat your change.")
    _refuse_overlap(key, fields["branches"], fields["subject_types"])
    if board is not None:
        _hold_votes(board)
    board = _written(actor, board, key, fields)
    if seats is not None:
        _seat_all(actor, board, seats)
    return board


def _hold_votes(board: Board) -> None:
    """Lock all that a vote before the board locks, in its order, before the first announcement takes the chain."""
    open_requests = ChangeRequest.objects.filter(board=board, state__in=OPEN_TO_BOARD)
    list(open_requests.select_for_update().order_by("pk").values_list("pk"))
    list(_held(board))


def _written(actor: Any, board: Board | None, key: str, fields: dict[str, Any]) -> Board:
    """The board with its fields, announced when it is new or changed."""
    is_new = board is None
    # Never the key: writing it, though it stays the same, would lock out every row that points at the board.
    written: list[str] | None = None
    if board is None:
        board = Board(key=key, created_at=now(), **fields)
    else:
        changed = [name for name, value in fields.items() if getattr(board, name) != value]
        if not changed:
            return board
        for name in changed:
            setattr(board, name, fields[name])
        board.version += 1
        board.policy_version += 1 if any(name in MEANING_FIELDS for name in changed) else 0
        written = [*changed, "version", "policy_version"]
    board._history_user = _person(actor)  # type: ignore[attr-defined]
    try:
        with transaction.atomic():
            board.save(update_fields=written)
    except IntegrityError as taken:
        raise Conflict(f"Somebody has just set up the board {key}. Read it first.", code="key_taken") from taken
    if not is_new:
        renew_requests_of(board, actor)
    fact = BoardDefined(
        board_key=key,
        change="set up" if is_new else "changed",
        board_version=board.version,
        policy_version=board.policy_version,
        quorum=board.policy["quorum"],
    )
    announce(fact, actor=actor)
    return board


@transaction.atomic
def seat_member(*, actor: Any, board_key: str, username: str, function: str) -> Seat:
    """Afterwards the person sits in the board for that function; a seat for another function has ended.

    Refuses: NotAllowed, BoardUnknown, NoSuchPerson, Invalid (unknown function).
    Announces: SeatChanged; nothing when the person sits so already.
    """
    _require(actor, "seat")
    return _seat(actor, _board(board_key), username, function)


@transaction.atomic
def unseat_member(*, actor: Any, board_key: str, username: str) -> Seat | None:
    """Afterwards the person holds no seat in the board; votes on undecided requests no longer count.

    Refuses: NotAllowed, BoardUnknown.
    Announces: SeatChanged; nothing when the person had no seat.
    """
    _require(actor, "seat")
    board = _board(board_key)
    held = _held(board).filter(user__username__iexact=username).first()
    if held is not None:
        _end(actor, held)
    return held


def checked_policy(policy: Mapping[str, Any]) -> dict[str, Any]:
    """The policy in its one written form; `Invalid` where it is not sound. A quorum below 1 is never accepted."""
    if not isinstance(policy, Mapping):
        raise Invalid("A policy is an object: quorum, required, ...", code="wrong_type", pointer="/policy")
    for field in policy:
        if field not in POLICY_FIELDS:
            known = ", ".join(POLICY_FIELDS)
            raise Invalid(f"A policy has no {field}. Known: {known}.", code="unknown_field", pointer=f"/policy/{field}")
    if policy.get("conditions"):
        raise Invalid(
            "Conditions are not offered yet; leave them out.", code="not_offered", pointer="/policy/conditions"
        )
    required = _required(policy.get("required") or {})
    owed = sum(required.values())
    quorum = _number(policy.get("quorum", max(1, owed)), "/policy/quorum", "The quorum")
    if quorum < owed:
        raise Invalid(
            f"The required functions ask for {owed} approvals, so the quorum cannot be {quorum}.",
            code="quorum_too_small",
            pointer="/policy/quorum",
        )
    reject_on = policy.get("reject_on", RejectOn.ANY.value)
    if reject_on not in RejectOn.values:
        raise Invalid(f"reject_on is one of: {', '.join(RejectOn.values)}.", pointer="/policy/reject_on")
    days = _number(policy.get("expires_days", EXPIRES_DAYS), "/policy/expires_days", "The days until a request expires")
    return {"quorum": quorum, "required": required, "reject_on": str(reject_on), "expires_days": days}


def _required(given: Any) -> dict[str, int]:
    if not isinstance(given, Mapping):
        raise Invalid("Required approvals are an object: function -> number.", pointer="/policy/required")
    found: dict[str, int] = {}
    for function, number in given.items():
        _function(function, f"/policy/required/{function}")
        found[str(function)] = _number(number, f"/policy/required/{function}", "The number of approvals")
    return found


def _number(value: Any, pointer: str, name: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= 1000:
        raise Invalid(f"{name} is a whole number from 1 to 1,000.", code="out_of_range", pointer=pointer)
    return value


def _function(value: Any, pointer: str) -> str:
    if value not in Function.values:
        raise Invalid(
            f"There is no function “{value}”. Known: {', '.join(Function.values)}.",
            code="unknown_function",
            pointer=pointer,
        )
    return str(value)


def _keys(branches: Sequence[str]) -> list[str]:
    if isinstance(branches, str) or not isinstance(branches, Sequence):
        raise Invalid("Branches are a list of segment keys.", code="wrong_type", pointer="/branches")
    return sorted({check_key(branch, f"/branches/{number}") for number, branch in enumerate(branches)})


def _types(subject_types: Sequence[str]) -> list[str]:
    wrong = [value for value in subject_types if value not in SubjectType.values]
    if wrong or not subject_types:
        known = ", ".join(SubjectType.values)
        raise Invalid(f"Name what the board decides about: {known}.", code="unknown_type", pointer="/subject_types")
    return sorted({str(value) for value in subject_types})


def _refuse_overlap(key: str, branches: list[str], subject_types: list[str]) -> None:
    for other in Board.objects.exclude(key=key):
        shared_types = set(other.subject_types) & set(subject_types)
        shared = set(other.branches) & set(branches) if branches else set()
        if shared_types and (shared or not (branches or other.branches)):
            where = ", ".join(sorted(shared)) or "everything"
            raise BoardOverlap(
                f"{other.name} governs {where} for {', '.join(sorted(shared_types))} already. "
                "Give this board other branches, or take them from that one first."
            )


def _seat_all(actor: Any, board: Board, seats: Mapping[str, Iterable[str]]) -> None:
    wanted: dict[str, str] = {}
    for function, usernames in seats.items():
        _function(function, f"/seats/{function}")
        for number, username in enumerate(usernames):
            person = _user(username, f"/seats/{function}/{number}")
            if wanted.setdefault(person.get_username(), function) != function:
                detail = f"{person} cannot hold two seats in one board: one person gives one function's approval."
                raise Invalid(detail, code="two_seats", pointer=f"/seats/{function}/{number}")
    for held in _held(board).exclude(user__username__in=list(wanted)):
        _end(actor, held)
    for username, function in wanted.items():
        _seat(actor, board, username, function)


def _seat(actor: Any, board: Board, username: str, function: str) -> Seat:
    _function(function, "/function")
    person = _user(username, "/username")
    held = _held(board).filter(user=person).first()
    if held is not None and held.function == function:
        return held
    if held is not None:
        _end(actor, held)
    seat = Seat(board=board, user=person, function=function, since=now())
    seat._history_user = _person(actor)  # type: ignore[attr-defined]
    seat.save()
    _tell(actor, seat, "seated")
    return seat


def _end(actor: Any, seat: Seat) -> None:
    seat.until = now()
    seat._history_user = _person(actor)  # type: ignore[attr-defined]
    seat.save(update_fields=["until"])
    _tell(actor, seat, "ended the seat of")


def _tell(actor: Any, seat: Seat, change: str) -> None:
    fact = SeatChanged(
        board_key=seat.board.key, username=seat.user.get_username(), function=seat.function, change=change
    )
    announce(fact, actor=actor)


def _held(board: Board) -> QuerySet[Seat]:
    """The seats held now, locked: a vote that is being taken from one of them ends first."""
    return (
        Seat.objects.select_for_update(of=("self",))
        .filter(board=board, until__isnull=True)
        .select_related("user", "board")
        .order_by("pk")
    )


def _user(username: Any, pointer: str) -> Any:
    try:
        return user_by_username(str(username))
    except DomainError as unknown:
        raise Invalid(unknown.detail, code="unknown_person", pointer=pointer) from unknown


def _board(key: str) -> Board:
    # Locked, so that two administrators who seat one person at once do so one after the other.
    board = Board.objects.select_for_update(no_key=True).filter(key=key).first()
    if board is None:
        raise BoardUnknown(f"There is no board with the key {key}.")
    return board


def _require(actor: Any, action: str) -> None:
    if actor is not SYSTEM:
        BoardPolicy().require(actor, action)


def _person(actor: Any) -> Any:
    return actor if actor.pk is not None else None
