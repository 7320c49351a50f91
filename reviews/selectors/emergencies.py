"""Reading emergencies: what was done past a board, who owes a look at it, and who may look."""

from typing import Any

from django.db.models import QuerySet

from accounts.choices import Role
from accounts.policies import has_role
from accounts.selectors import holders_of
from reviews.choices import RetroState, SubjectType
from reviews.models import Board, ChangeRequest, Emergency, Seat
from reviews.policies import barred_voters


def emergency_of(request: ChangeRequest) -> Emergency | None:
    """The use of the way past the board for this request, armed or used."""
    return Emergency.objects.filter(request_id=request.pk).select_related("person", "retro_by").first()


def owed() -> QuerySet[Emergency]:
    """The emergencies whose review is owed, the oldest first."""
    rows = Emergency.objects.filter(used_at__isnull=False, retro_state=RetroState.OWED)
    return rows.select_related("person", "request__board", "request__author").order_by("used_at")


def owed_about(subject_key: str) -> list[Emergency]:
    """The same for what took effect on one subject."""
    return list(owed().filter(request__subject_key=subject_key))


def boards_up(board: Board, level: int) -> list[Board]:
    """The board and the ones that it escalates to, as many as `level` says; a circle ends where it closes."""
    found = [board]
    while len(found) <= level and found[-1].escalates_to is not None and found[-1].escalates_to not in found:
        found.append(found[-1].escalates_to)
    return found


def reviewers(emergency: Emergency) -> set[int]:
    """Who may hold the review: members of the boards it has reached, and once these are spent, administrators; nobody
    who did it, wrote it, worded a part of it or stands aside."""
    reached = boards_up(emergency.request.board, emergency.retro_level)
    seats = Seat.objects.filter(board__in=reached, until__isnull=True, user__is_active=True)
    found = set(seats.values_list("user_id", flat=True))
    if emergency.retro_level >= len(reached):
        found |= set(holders_of(Role.ADMINISTRATOR).values_list("pk", flat=True))
    return found - _hands(emergency)


def review_refusal(user: Any, emergency: Emergency) -> str | None:
    """Why the person may not hold the review; None when they may."""
    if user.pk in _hands(emergency):
        return "You wrote this change, put it into effect or stand aside from it; somebody else has to review that."
    if user.pk in reviewers(emergency):
        return None
    return f"Members of {emergency.request.board.name}, or of the board that it escalated to, hold this review."


def glass_refusal(user: Any, request: ChangeRequest) -> str | None:
    """Why the person may not put the request into effect past the board; None when they may."""
    if request.subject_type == SubjectType.BOARD:
        return "Who decides is never changed past the board that decides about boards, in no emergency."
    if has_role(user, Role.OWNER, Role.STEWARD, path=request.path):
        return None
    return "Only owners of this branch and stewards may put a change into effect before its board has decided."


def told_of(emergency: Emergency) -> set[int]:
    """Who learns of it at once: the whole board, the author and every auditor and administrator."""
    seats = Seat.objects.filter(board=emergency.request.board_id, until__isnull=True, user__is_active=True)
    others = holders_of(Role.AUDITOR, Role.ADMINISTRATOR).values_list("pk", flat=True)
    return {*seats.values_list("user_id", flat=True), *others, emergency.request.author_id} - {emergency.person_id}


def _hands(emergency: Emergency) -> set[int]:
    return {emergency.person_id, *barred_voters(emergency.request)}
