"""Lends seats for a time, and takes them back."""

import contextlib
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.urls import reverse

from accounts.choices import Role
from accounts.policies import has_role, has_role_anywhere
from common.clock import now
from common.errors import Conflict, Invalid, NotAllowed, NotFound
from common.texts import clean_text
from ledger.services import announce
from notifications.services import notify
from reviews.errors import BoardUnknown, NoSeat
from reviews.events import SeatLent, SeatTakenBack
from reviews.models import Board, Delegation, Seat
from reviews.policies import READERS, holds_a_seat
from reviews.selectors.board_content import checked_person
from reviews.selectors.rights import lent_now
from reviews.services.voiding import requests_under, void_under, voted_under
from reviews.subjects.board_writing import hold_boards

LONGEST = timedelta(days=92)
TRIES = 5


@transaction.atomic
def lend_seat(
    *,
    actor: Any,
    board_key: str,
    delegate: str,
    ends_at: datetime,
    reason: str,
    starts_at: datetime | None = None,
    holder: str | None = None,
) -> Delegation:
    """Afterwards `delegate` may vote from the seat between the two instants: once per revision, instead of its holder.

    The holder of a seat lends their own; an administrator lends the one of somebody who is away (`holder`), never to
    themselves. A seat is lent to one person at a time, for three months at most.

    Refuses: NotAllowed, BoardUnknown, NoSeat, Invalid (person, times, reason), Conflict (lent already).
    Announces: SeatLent; tells holder and delegate.
    """
    board = Board.objects.filter(key=board_key).first()
    if board is None:
        raise BoardUnknown(f"There is no board with the key {board_key}.")
    words = clean_text(reason, pointer="/reason", max_length=300)
    begins = starts_at or now()
    _refuse_times(begins, ends_at)
    seat = _lendable(actor, board, holder)
    person = _borrower(actor, seat, delegate)
    if _overlapping(seat, begins, ends_at):
        raise Conflict("The seat is lent at that time already. Take it back first, or choose another time.")
    lent = Delegation(
        seat=seat,
        delegate=person,
        starts_at=begins,
        ends_at=ends_at,
        reason=words,
        granted_by=actor,
        created_at=now(),
    )
    lent._history_user = actor  # type: ignore[attr-defined]
    lent.save(force_insert=True)
    _tell(lent, board, actor)
    fact = SeatLent(
        board_key=board.key,
        delegation_id=lent.pk,
        holder=seat.user.get_username(),
        username=person.get_username(),
        function=seat.function,
        until=ends_at.date().isoformat(),
    )
    announce(fact, actor=actor)
    return lent


def _refuse_times(begins: datetime, ends_at: datetime) -> None:
    if begins.tzinfo is None or ends_at.tzinfo is None:
        raise Invalid("Give the times with their time zone.", code="no_time_zone", pointer="/ends_at")
    if ends_at <= begins or ends_at <= now():
        raise Invalid("It ends after it begins, and not in the past.", code="wrong_order", pointer="/ends_at")
    if ends_at - begins > LONGEST:
        raise Invalid(
            "A seat is lent for 92 days at most. For longer somebody else should be seated.",
            code="too_long",
            pointer="/ends_at",
        )


def _lendable(actor: Any, board: Board, holder: str | None) -> Seat:
    """The seat, locked: the actor's own, or the one of somebody who is away."""
    seats = Seat.objects.select_for_update(of=("self",)).filter(board=board, until__isnull=True, user__is_active=True)
    if holder is None or holder == actor.get_username():
        own = seats.filter(user_id=actor.pk).select_related("user").first()
        if own is None and lent_now(board.pk).filter(delegate_id=actor.pk).exists():
            raise NoSeat("A borrowed seat is not lent on. Whoever holds it can lend it to somebody else.")
        if own is None:
            raise NoSeat(f"You hold no seat in {board.name} that you could lend.")
        return own
    if not has_role(actor, Role.ADMINISTRATOR):
        raise NotAllowed("You lend your own seat; an administrator lends the seat of somebody who is away.")
    theirs = seats.filter(user__username=holder).select_related("user").first()
    if theirs is None:
        raise Invalid(f"{holder} holds no seat in {board.name}.", code="no_seat", pointer="/holder")
    return theirs


def _borrower(actor: Any, seat: Seat, delegate: str) -> Any:
    person = checked_person(delegate, "/delegate")
    if person.pk in (actor.pk, seat.user_id):
        detail = "Nobody lends a seat to themselves: choose somebody else."
        raise Invalid(detail, code="own_seat", pointer="/delegate")
    if not (has_role_anywhere(person, *READERS) or holds_a_seat(person)):
        raise Invalid(
            f"{person} has no role in the portal and could not read what they would decide about.",
            code="no_role",
            pointer="/delegate",
        )
    return person


def _overlapping(seat: Seat, begins: datetime, ends_at: datetime) -> bool:
    standing = Delegation.objects.filter(seat=seat, revoked_at__isnull=True)
    return standing.filter(starts_at__lt=ends_at, ends_at__gt=begins).exists()


def take_back_seat(*, actor: Any, delegation_id: int) -> Delegation:
    """Afterwards nobody votes from the seat but its holder; votes given under the delegation are void on requests in
    review, and the holder may give theirs. What was decided with them stays decided.

    Refuses: NotFound, NotAllowed (not the holder, the delegate, who granted it, or an administrator), Conflict (over).
    Announces: VoteVoided for each of them, SeatTakenBack; tells holder and delegate.
    """
    for _ in range(TRIES):
        with contextlib.suppress(_VotedMeanwhile):
            return _taken_back(actor, delegation_id)
    raise Conflict("Votes are being cast from the seat at this moment. Try again.", code="busy")


class _VotedMeanwhile(Exception):
    """Between the lock on the requests and the lock on the delegation another vote was cast under it."""


@transaction.atomic
def _taken_back(actor: Any, delegation_id: int) -> Delegation:
    # Requests about boards are locked in another order, by decisions that hold this.
    hold_boards()
    rows = Delegation.objects.select_related("seat__board", "seat__user", "delegate")
    lent = rows.filter(pk=delegation_id).first()
    if lent is None:
        raise NotFound("There is no such delegation.")
    _refuse_ending(actor, lent)
    voted = requests_under(lent)
    lent = rows.select_for_update(of=("self",)).get(pk=delegation_id)
    if voted_under(lent) - {request.pk for request in voted}:
        raise _VotedMeanwhile
    _refuse_ending(actor, lent)
    lent.revoked_at = now()
    lent._history_user = actor  # type: ignore[attr-defined]
    lent.save(update_fields=["revoked_at"])
    _tell_ended(lent, actor, void_under(lent, voted, actor))
    fact = SeatTakenBack(
        board_key=lent.seat.board.key,
        delegation_id=lent.pk,
        holder=lent.seat.user.get_username(),
        username=lent.delegate.get_username(),
        function=lent.seat.function,
    )
    announce(fact, actor=actor)
    return lent


def _refuse_ending(actor: Any, lent: Delegation) -> None:
    if actor.pk not in (lent.seat.user_id, lent.delegate_id, lent.granted_by_id) and not has_role(
        actor, Role.ADMINISTRATOR
    ):
        raise NotAllowed(f"{lent.seat.user}, {lent.delegate} or an administrator can end it.")
    if lent.revoked_at is not None or lent.ends_at <= now():
        raise Conflict("It has ended already.", code="over")


def _tell(lent: Delegation, board: Board, actor: Any) -> None:
    notify(
        to=[person for person in (lent.delegate_id, lent.seat.user_id) if person != actor.pk],
        kind="delegation",
        title=f"{lent.delegate} votes for {lent.seat.user} in {board.name} until {lent.ends_at:%d %B %Y}",
        body=lent.reason,
        url=reverse("reviews:board", args=[board.key]),
        about=f"board:{board.key}",
        key=f"delegation-{lent.pk}",
    )


def _tell_ended(lent: Delegation, actor: Any, voided: int) -> None:
    gave = "A vote that was given from it is" if voided == 1 else f"{voided} votes that were given from it are"
    again = f" {gave} void; {lent.seat.user} may vote there."
    notify(
        to=[person for person in (lent.delegate_id, lent.seat.user_id) if person != actor.pk],
        kind="delegation",
        title=f"{lent.delegate} votes for {lent.seat.user} in {lent.seat.board.name} no longer",
        body=f"{actor} ended it.{again if voided else ''}",
        url=reverse("reviews:board", args=[lent.seat.board.key]),
        about=f"board:{lent.seat.board.key}",
        key=f"delegation-{lent.pk}-ended",
    )
