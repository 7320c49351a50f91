"""Reminds those who can decide, and tells the board above when nobody did; by the clock, each once."""

from datetime import datetime
from typing import Any

from django.db import transaction

from common import correlation
from common.actors import SYSTEM
from common.clock import now
from ledger.services import announce
from reviews.choices import State
from reviews.events import DelegationOffered, RequestEscalated, RequestReminded
from reviews.measures import levels_due, reminder_stage
from reviews.models import Board, ChangeRequest
from reviews.selectors.attention import absent_of, boards_above, offered_names
from reviews.services.revising import about

BATCH = 500


def remind_and_hand_on() -> int:
    """Afterwards everybody who can decide what is due was reminded, and what is overdue has gone up in time.

    A request that is being decided at this moment is left for the next time. Called twice, the second does nothing.

    Refuses: nothing.
    Announces: RequestReminded, DelegationOffered, RequestEscalated; returns how many requests were taken up.
    """
    waiting = ChangeRequest.objects.filter(state=State.IN_REVIEW, due_at__isnull=False).order_by("due_at", "pk")
    return sum(_take_up(number) for number in list(waiting.values_list("pk", flat=True)[:BATCH]))


@transaction.atomic
def _take_up(number: int) -> int:
    request = (
        ChangeRequest.objects.select_for_update(of=("self",), skip_locked=True)
        .filter(pk=number, state=State.IN_REVIEW, due_at__isnull=False)
        .select_related("board", "author")
        .first()
    )
    if request is None or request.due_at is None:
        return 0
    moment = now()
    stage = reminder_stage(request.due_at, request.reminded_at, moment)
    upper = _boards_to_tell(request, moment)
    if stage is None and not upper:
        return 0
    # The version of the row stays: nobody's copy of the request is out of date because the board was reminded.
    ChangeRequest.objects.filter(pk=request.pk).update(
        reminded_at=moment if stage else request.reminded_at, escalation=request.escalation + len(upper)
    )
    with correlation.bind(request.correlation_id):
        _announce(request, stage, upper)
    return 1


def _boards_to_tell(request: ChangeRequest, moment: datetime) -> list[Board]:
    """The boards above that should know by now and do not."""
    due = levels_due(request.due_at, moment) if request.due_at else 0
    return boards_above(request.board)[request.escalation : due] if due > request.escalation else []


def _announce(request: ChangeRequest, stage: str | None, upper: list[Board]) -> None:
    common: dict[str, Any] = about(request)
    if stage is not None and request.due_at is not None:
        announce(RequestReminded(**common, stage=stage, due_at=request.due_at.isoformat()), actor=SYSTEM)
    if stage == "after":
        known = offered_names(request)
        for person in absent_of(request):
            if person.get_username() not in known:
                announce(DelegationOffered(**common, username=person.get_username()), actor=SYSTEM)
    for level, board in enumerate(upper, start=request.escalation + 1):
        announce(RequestEscalated(**common, board_key=board.key, level=level), actor=SYSTEM)
