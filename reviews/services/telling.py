"""Tells people what happened to a request or a seat: one fact of the ledger, those whom it concerns, once."""

from collections.abc import Callable, Iterable
from typing import Any

from django.urls import reverse

from accounts.selectors import people
from notifications.choices import Kind
from notifications.services import notify, tell_rooms
from reviews.choices import State
from reviews.models import Board, ChangeRequest
from reviews.selectors.attention import (
    administrators,
    boards_above,
    deciders_of,
    members_of,
    voters_of,
    writers_of,
)
from reviews.selectors.desk import impact_lines

Entry = Any


def tell_of(entry: Entry) -> int:
    """Afterwards everybody whom the fact concerns is told of it, and the rooms of its board.

    Told late, after the request has moved on, it says nothing that is no longer so. Part of the caller's transaction.

    Refuses: nothing.
    Announces: nothing; returns how many people were told.
    """
    teller = _ABOUT_REQUESTS.get(entry.event)
    if teller is not None:
        request = ChangeRequest.objects.filter(pk=entry.payload["request_id"]).select_related("board", "author").first()
        return teller(request, entry) if request is not None else 0
    return _seat_changed(entry) if entry.event == "reviews.seat.changed" else 0


def _tell(
    request: ChangeRequest,
    entry: Entry,
    *,
    to: Iterable[int],
    kind: str,
    title: str,
    body: str = "",
    tab: str = "",
    is_urgent: bool = False,
    board_key: str = "",
) -> int:
    url = reverse("reviews:request", args=[request.pk]) + (f"?tab={tab}" if tab else "")
    key = f"{entry.event}:{entry.pk}"
    tell_rooms(board_key=board_key or request.board.key, kind=kind, title=title, url=url, key=key)
    # Nobody is told of their own deed.
    others = set(to) - {entry.actor_id}
    about = f"request:{request.pk}"
    return notify(to=others, kind=kind, title=title, url=url, body=body, about=about, key=key, urgent=is_urgent)


def _submitted(request: ChangeRequest, entry: Entry) -> int:
    if request.state != State.IN_REVIEW or request.revision != entry.payload["revision"]:
        return 0
    to = [person.pk for person in deciders_of(request)]
    body = impact_lines([request]).get(request.pk, "")
    title = f"{request.board}: {request.title}"
    return _tell(request, entry, to=to, kind=Kind.VOTE_WANTED, title=title, body=body)


def _rewritten(request: ChangeRequest, entry: Entry) -> int:
    """A new wording voided votes: those who gave them are told, with what to do."""
    if not entry.payload.get("voided"):
        return 0
    to = voters_of(request, entry.payload["revision"] - 1)
    why = entry.payload.get("cause") or "another wording"
    title = f"Your vote no longer counts: {request.title}"
    return _tell(request, entry, to=to, kind=Kind.CHANGED, title=title, body=why, tab="changes")


def _decided(words: str) -> Callable[[ChangeRequest, Entry], int]:
    def tell(request: ChangeRequest, entry: Entry) -> int:
        title = f"{words}: {request.title}"
        return _tell(request, entry, to=writers_of(request), kind=Kind.DECIDED, title=title, body=request.state_reason)

    return tell


def _ended(words: str) -> Callable[[ChangeRequest, Entry], int]:
    def tell(request: ChangeRequest, entry: Entry) -> int:
        to = writers_of(request) | voters_of(request)
        return _tell(request, entry, to=to, kind=Kind.DECIDED, title=f"{words}: {request.title}")

    return tell


def _approved(request: ChangeRequest, entry: Entry) -> int:
    words = "Approved and in effect" if request.state == State.APPLIED else "Approved"
    to = writers_of(request)
    return _tell(request, entry, to=to, kind=Kind.DECIDED, title=f"{words}: {request.title}", body=request.state_reason)


def _applied(request: ChangeRequest, entry: Entry) -> int:
    """What takes effect with the deciding vote was told with it; what waited for its date is told to all who voted."""
    if request.effective_at is None:
        return 0
    to = voters_of(request) | writers_of(request)
    return _tell(request, entry, to=to, kind=Kind.APPLIED, title=f"In effect: {request.title}")


def _staled(request: ChangeRequest, entry: Entry) -> int:
    if request.state != State.STALE:
        return 0
    to = writers_of(request) | voters_of(request, request.revision)
    title = f"Turned stale: {request.title}"
    return _tell(request, entry, to=to, kind=Kind.STALE, title=title, body=entry.payload.get("cause", ""))


def _reminded(request: ChangeRequest, entry: Entry) -> int:
    if request.state != State.IN_REVIEW:
        return 0
    to = [person.pk for person in deciders_of(request)]
    words = "Soon due" if entry.payload["stage"] == "before" else "Overdue"
    return _tell(request, entry, to=to, kind=Kind.REMINDER, title=f"{words}: {request.title}")


def _escalated(request: ChangeRequest, entry: Entry) -> int:
    """The members of the board above, and those who can seat or lend; they are told, they do not decide."""
    board = next((each for each in boards_above(request.board) if each.key == entry.payload["board_key"]), None)
    if board is None or request.state != State.IN_REVIEW:
        return 0
    return _tell(
        request,
        entry,
        to=members_of(board) | administrators(),
        kind=Kind.ESCALATED,
        title=f"{request.board} has not decided: {request.title}",
        body="You do not decide it. Speak to its members, or have somebody seated or a seat lent.",
        board_key=board.key,
    )


def _offered(request: ChangeRequest, entry: Entry) -> int:
    person = people().filter(username=entry.payload["username"]).first()
    if person is None or request.state != State.IN_REVIEW:
        return 0
    return notify(
        to=administrators() | {person.pk},
        kind=Kind.DELEGATION,
        title=f"{person} has not been here; the seat in {request.board} can be lent",
        url=reverse("reviews:board", args=[request.board.key]),
        body=f"Request #{request.pk} is overdue and waits for this vote among others.",
        about=f"board:{request.board.key}",
        key=f"{entry.event}:{entry.pk}",
    )


def _seat_changed(entry: Entry) -> int:
    person = people().filter(username=entry.payload["username"]).first()
    board = Board.objects.filter(key=entry.payload["board_key"]).first()
    if person is None or board is None:
        return 0
    return notify(
        to={person.pk} - {entry.actor_id},
        kind=Kind.DELEGATION,
        title=f"Your seat in {board} changed",
        url=reverse("reviews:board", args=[board.key]),
        about=f"board:{board.key}",
        key=f"{entry.event}:{entry.pk}",
    )


_ABOUT_REQUESTS: dict[str, Callable[[ChangeRequest, Entry], int]] = {
    "reviews.request.submitted": _submitted,
    "reviews.request.edited": _rewritten,
    "reviews.request.rebased": _rewritten,
    "reviews.request.scheduled": _rewritten,
    "reviews.request.returned": _decided("Changes are asked for"),
    "reviews.request.approved": _approved,
    "reviews.request.rejected": _decided("Rejected"),
    "reviews.request.expired": _ended("Expired undecided"),
    "reviews.request.withdrawn": _ended("Withdrawn"),
    "reviews.request.applied": _applied,
    "reviews.request.staled": _staled,
    "reviews.request.reminded": _reminded,
    "reviews.request.escalated": _escalated,
    "reviews.delegation.offered": _offered,
}
