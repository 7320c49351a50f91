"""Announces and cancels blackouts: times in which nothing takes effect."""

from datetime import datetime
from typing import Any

from django.db import transaction

from common.clock import now
from common.errors import Conflict, Invalid, NotFound
from common.texts import clean_text
from ledger.services import announce
from notifications.choices import Kind as Told
from notifications.services import notify
from reviews.events import BlackoutAnnounced, BlackoutCancelled
from reviews.models import Blackout, Board
from reviews.policies import BlackoutPolicy
from reviews.selectors.boards import board_for
from reviews.selectors.calendar import seated_in
from reviews.services.waiting import hold_blackouts, said


@transaction.atomic
def announce_blackout(
    *, actor: Any, name: str, reason: str, starts_at: datetime, ends_at: datetime, board_key: str = ""
) -> Blackout:
    """Afterwards nothing of the board (without one: nothing at all) takes effect from `starts_at` to `ends_at`.

    What is due in it waits for its end. Emergencies do not wait.

    Refuses: BoardUnknown, NotAllowed, Invalid (texts; a time zone is missing; it ends before it begins, or has ended).
    Announces: BlackoutAnnounced.
    """
    board: Board | None = board_for(viewer=actor, key=board_key) if board_key else None
    BlackoutPolicy().require(actor, "announce", board)
    for at, pointer in ((starts_at, "/starts_at"), (ends_at, "/ends_at")):
        if at.tzinfo is None:
            raise Invalid("Give the time with its time zone.", code="no_time_zone", pointer=pointer)
    if ends_at <= starts_at or ends_at <= now():
        raise Invalid("A blackout ends after it begins, and in the future.", code="odd_times", pointer="/ends_at")
    # Nothing that takes effect at this moment slips past: what began before is waited for, what comes after sees it.
    hold_blackouts()
    made = Blackout.objects.create(
        board=board,
        name=clean_text(name, pointer="/name", max_length=120),
        reason=clean_text(reason, pointer="/reason", max_length=600, lines=True),
        starts_at=starts_at,
        ends_at=ends_at,
        set_by=actor,
        created_at=now(),
    )
    where = board.name if board else "everything"
    announce(
        BlackoutAnnounced(
            blackout_id=made.pk,
            blackout_name=made.name,
            where=where,
            starts_at=made.starts_at.isoformat(),
            ends_at=made.ends_at.isoformat(),
        ),
        actor=actor,
    )
    notify(
        to=[person for person in seated_in(board) if person != actor.pk],
        kind=Told.FREEZE,
        title=f"Blackout of {where}: {made.name}",
        body=f"Nothing takes effect from {said(starts_at)} to {said(ends_at)}. {made.reason}",
        url="/blackouts/",
        about=f"blackout:{made.pk}",
        key=f"blackout:{made.pk}",
    )
    return made


@transaction.atomic
def cancel_blackout(*, actor: Any, blackout_id: int) -> Blackout:
    """Afterwards the blackout no longer keeps anything from taking effect.

    Refuses: NotFound, NotAllowed, Conflict (it has ended, or was cancelled).
    Announces: BlackoutCancelled.
    """
    found = Blackout.objects.select_for_update(of=("self",)).filter(pk=blackout_id).select_related("board").first()
    if found is None:
        raise NotFound("There is no such blackout.", code="unknown_blackout")
    BlackoutPolicy().require(actor, "announce", found.board)
    if found.cancelled_at is not None or found.ends_at <= now():
        raise Conflict("This blackout is over already.", code="blackout_over")
    hold_blackouts()
    found.cancelled_at = now()
    found.save(update_fields=["cancelled_at"])
    announce(BlackoutCancelled(blackout_id=found.pk, blackout_name=found.name), actor=actor)
    return found
