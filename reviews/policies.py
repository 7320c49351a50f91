"""Who may propose, edit, submit, vote and set up boards; each refusal says why and who can."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from accounts.choices import Role
from accounts.policies import has_role, has_role_anywhere
from common.once import by_person, once_per_page
from common.policies import Policy
from customers.policies import AttributePolicy
from reviews.choices import AsideKind, SubjectType, SuggestionState
from reviews.errors import NoSeat, Recused, StandsAside
from reviews.models import Board, ChangeRequest, Declaration, Revision, Seat, Suggestion

READERS = (
    Role.ADMINISTRATOR,
    Role.STEWARD,
    Role.OWNER,
    Role.REP,
    Role.LEARNER,
    Role.VIEWER,
    Role.AUDITOR,
)


@dataclass(frozen=True)
class Place:
    """Where something is proposed: the segment keys from the root to the subject, and the type of subject."""

    path: Sequence[str]
    subject_type: str


@once_per_page(by_person)
def seats_of(user: Any) -> dict[int, str]:
    """Board id -> function of the seats that a person holds now; remembered no longer than a page is made, so that a
    seat ends at once."""
    if getattr(user, "pk", None) is None or not getattr(user, "is_active", False):
        return {}
    return dict(Seat.objects.filter(user_id=user.pk, until__isnull=True).values_list("board_id", "function"))


def holds_a_seat(user: Any) -> bool:
    """Whether the person sits in any board now; such people read the whole ledger."""
    return bool(getattr(user, "is_active", False)) and bool(seats_of(user))


@once_per_page(lambda request: request.pk)
def hands_of(request: ChangeRequest) -> dict[int, str]:
    """Person -> what they did to the request: wrote, edited or worded a part of it. None of them may vote on it."""
    found = {request.author_id: "wrote"}
    for editor, writer in Revision.objects.filter(request_id=request.pk).values_list("editor_id", "suggested_by_id"):
        if editor is not None:
            found.setdefault(editor, "edited")
        if writer is not None:
            found.setdefault(writer, "worded a part of")
    taken = Suggestion.objects.filter(request_id=request.pk, state=SuggestionState.TAKEN)
    for writer in taken.values_list("author_id", flat=True):
        found.setdefault(writer, "worded a part of")
    return found


@once_per_page(lambda request: request.pk)
def aside_of(request: ChangeRequest) -> dict[int, Declaration]:
    """Person -> the standing declaration by which they do not decide about the request."""
    rows = Declaration.objects.filter(request_id=request.pk, withdrawn_at__isnull=True)
    return {row.person_id: row for row in rows.order_by("pk")}


def barred_voters(request: ChangeRequest) -> frozenset[int]:
    """Everybody who shaped the request or stands aside from it: they may not vote, whatever else they are."""
    return frozenset(hands_of(request)) | frozenset(aside_of(request))


def vote_refusal(
    user: Any,
    request: ChangeRequest,
    seat_function: str | None,
    hands: Mapping[int, str],
    aside: Mapping[int, Declaration],
    holder: Any = None,
) -> Exception | None:
    """Why the person may not vote, as the error to raise; None when they may. Roles and superusers do not matter.

    `holder` is the person whose seat it is, where it is lent to `user`: nobody votes in the place of somebody who may
    not vote.
    """
    others = f"Another member of {request.board.name} can."
    if not getattr(user, "is_active", False):
        return NoSeat("Sign in with an active account.")
    if user.pk in hands:
        return Recused(f"You {hands[user.pk]} this request, so you cannot vote on it. {others}")
    if user.pk in aside:
        return StandsAside(f"{_aside_in_words(aside[user.pk])} so you do not vote on it. {others}")
    if seat_function is None:
        return NoSeat(f"You hold no seat in {request.board.name}, which decides here. Its members can vote.")
    if holder is not None and holder.pk in hands:
        deed = hands[holder.pk]
        return Recused(
            f"{holder}, who lent you the seat, {deed} this request, so nobody votes in their place. {others}"
        )
    if holder is not None and holder.pk in aside:
        return StandsAside(
            f"{holder}, who lent you the seat, stands aside here, so nobody votes in their place. {others}"
        )
    return None


def _aside_in_words(row: Declaration) -> str:
    if row.kind == AsideKind.CONFLICT:
        return "A conflict of interest of yours is declared for this request,"
    return "You stand aside from this request,"


def _propose(user: Any, place: Place) -> str | None:
    if place.subject_type == "attribute":
        allowed = has_role_anywhere(user, Role.STEWARD, Role.ADMINISTRATOR, Role.OWNER)
    else:
        allowed = has_role(user, Role.OWNER, Role.STEWARD, Role.ADMINISTRATOR, path=place.path)
    if allowed or holds_a_seat(user):
        return None
    return "Owners of this branch, stewards, administrators and board members can propose a change."


def never_proposes(user: Any) -> str | None:
    """Why the person can propose nothing at all, wherever it stands; None where there is something they can."""
    if has_role_anywhere(user, Role.OWNER, Role.STEWARD, Role.ADMINISTRATOR) or holds_a_seat(user):
        return None
    return "Owners, stewards, administrators and board members can propose. Tell one of them what you would change."


def _edit(user: Any, request: ChangeRequest) -> str | None:
    if user.pk == request.author_id:
        return None
    if has_role(user, Role.OWNER, Role.STEWARD, Role.ADMINISTRATOR, path=request.path):
        return None
    return f"Only {request.author}, owners of this branch, stewards and administrators can edit this request."


def _submit(user: Any, request: ChangeRequest) -> str | None:
    if user.pk == request.author_id or has_role(user, Role.STEWARD, Role.ADMINISTRATOR, path=request.path):
        return None
    return f"Only {request.author}, a steward or an administrator can submit this request."


def _withdraw(user: Any, request: ChangeRequest) -> str | None:
    if user.pk == request.author_id or has_role(user, Role.ADMINISTRATOR):
        return None
    return f"Only {request.author} or an administrator can withdraw this request."


def _apply(user: Any, request: ChangeRequest) -> str | None:
    if user.pk == request.author_id or has_role(user, Role.ADMINISTRATOR) or request.board_id in seats_of(user):
        return None
    return f"Only {request.author}, members of {request.board.name} and administrators can put it into effect."


def _view(user: Any, request: ChangeRequest) -> str | None:
    return None if RequestPolicy().visible(user).filter(pk=request.pk).exists() else "There is no such request."


class RequestPolicy(Policy):
    """Drafts are private to those who write them; submitted requests are open to everybody who sees segments.

    Voting is no matter of roles: `vote_refusal` asks for a seat and for clean hands.
    """

    table = {
        "propose": _propose,
        "view": _view,
        "edit": _edit,
        "submit": _submit,
        "withdraw": _withdraw,
        "rebase": _edit,
        "schedule": _edit,
        "apply": _apply,
        "comment": lambda user, request: None,
    }

    def visible(self, user: Any) -> QuerySet[ChangeRequest]:
        """The requests that `user` may see."""
        rows = ChangeRequest.objects.all()
        if not getattr(user, "is_active", False):
            return rows.none()
        if has_role(user, Role.ADMINISTRATOR, Role.AUDITOR):
            return rows
        mine = Q(author_id=user.pk) | Q(pk__in=Revision.objects.filter(editor_id=user.pk).values("request_id"))
        if has_role_anywhere(user, *READERS) or holds_a_seat(user):
            # A draft that was withdrawn unseen stays as private as it was.
            submitted = Q(submitted_at__isnull=False)
            # A request tells what an attribute means: who may not see the attribute reads it only to decide on it.
            told = ~Q(subject_type=SubjectType.ATTRIBUTE, subject_key__in=AttributePolicy().hidden(user).values("key"))
            deciding = Q(board__in=Seat.objects.filter(user_id=user.pk, until__isnull=True).values("board"))
            return rows.filter((submitted & (told | deciding)) | mine)
        return rows.filter(mine)


def _administers(user: Any, _obj: Any) -> str | None:
    return None if has_role(user, Role.ADMINISTRATOR) else "Only an administrator sets up boards and seats."


class BoardPolicy(Policy):
    """Administrators set up boards and seats; everybody with a role or a seat sees who decides."""

    table = {"define": _administers, "seat": _administers, "view": lambda user, board: None}

    def visible(self, user: Any) -> QuerySet[Board]:
        """The boards that `user` may see."""
        if has_role_anywhere(user, *READERS) or holds_a_seat(user):
            return Board.objects.all()
        return Board.objects.none()


def _announces(user: Any, board: Board | None) -> str | None:
    if has_role(user, Role.ADMINISTRATOR) or (board is not None and board.pk in seats_of(user)):
        return None
    if board is None:
        return "Only an administrator announces a blackout of everything; members announce one of their board."
    return f"Only members of {board.name} and administrators announce a blackout of it."


class BlackoutPolicy(Policy):
    """Administrators stop everything, members their board; everybody who sees boards sees when nothing takes effect."""

    table = {"announce": _announces, "view": lambda user, blackout: None}
