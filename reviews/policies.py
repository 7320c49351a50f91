"""Who may propose, edit, submit, vote and set up boards; each refusal says why and who can."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from accounts.choices import Role
from accounts.policies import has_role, has_role_anywhere
from common.policies import Policy
from customers.policies import AttributePolicy
from reviews.choices import SubjectType
from reviews.errors import NoSeat, Recused
from reviews.models import Board, ChangeRequest, Revision, Seat

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


def seats_of(user: Any) -> dict[int, str]:
    """Board id -> function of the seats that a person holds now; never remembered, so that a seat ends at once."""
    if getattr(user, "pk", None) is None or not getattr(user, "is_active", False):
        return {}
    return dict(Seat.objects.filter(user_id=user.pk, until__isnull=True).values_list("board_id", "function"))


def holds_a_seat(user: Any) -> bool:
    """Whether the person sits in any board now; such people read the whole ledger."""
    return bool(getattr(user, "is_active", False)) and bool(seats_of(user))


def barred_voters(request: ChangeRequest) -> frozenset[int]:
    """The author and everybody who edited any revision: they may not vote, whatever else they are."""
    editors = Revision.objects.filter(request_id=request.pk, editor__isnull=False).values_list("editor_id", flat=True)
    return frozenset({request.author_id, *editors})


def vote_refusal(
    user: Any, request: ChangeRequest, seat_function: str | None, barred: frozenset[int]
) -> Exception | None:
    """Why the person may not vote, as the error to raise; None when they may. Roles and superusers do not matter."""
    if not getattr(user, "is_active", False):
        return NoSeat("Sign in with an active account.")
    if user.pk in barred:
        deed = "wrote" if user.pk == request.author_id else "edited"
        return Recused(
            f"You {deed} this request, so you cannot vote on it. Another member of {request.board.name} can."
        )
    if seat_function is None:
        return NoSeat(f"You hold no seat in {request.board.name}, which decides here. Its members can vote.")
    return None


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
