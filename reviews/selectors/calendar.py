"""What the calendar of governance shows: effective dates, blackouts, due dates and expiries."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q
from django.urls import reverse

from reviews.choices import State
from reviews.models import Board, ChangeRequest, Seat
from reviews.selectors.blackouts import blackouts_between
from reviews.selectors.requests import requests_for
from reviews.selectors.standing import expires_days


@dataclass(frozen=True)
class Entry:
    """One thing that happens at an instant, or from `at` to `until`. `kind`: effective, blackout, due or expiry."""

    kind: str
    at: datetime
    until: datetime | None
    title: str
    note: str
    url: str
    board: str


def entries(viewer: Any, since: datetime, until: datetime) -> list[Entry]:
    """What happens between the two instants, as far as the viewer may see it, in order of time."""
    found = [*_of_requests(viewer, since, until), *_of_blackouts(since, until)]
    return sorted(found, key=lambda entry: (entry.at, entry.kind, entry.title))


def seated_in(board: Board | None) -> list[int]:
    """The people who hold a seat in the board now; without a board, in any."""
    rows = Seat.objects.filter(until__isnull=True, user__is_active=True)
    return sorted(set((rows.filter(board=board) if board else rows).values_list("user_id", flat=True)))


def _of_requests(viewer: Any, since: datetime, until: datetime) -> Iterator[Entry]:
    waiting = Q(state__in=[State.IN_REVIEW, State.APPROVED])
    # An expiry is not stored: the longest that a board may wait bounds where to look.
    near = Q(effective_at__range=(since, until)) | Q(due_at__range=(since, until)) | Q(submitted_at__lt=until)
    for request in requests_for(viewer=viewer).filter(waiting & near):
        yield from (entry for entry in _of_request(request) if since <= entry.at < until)


def _of_request(request: ChangeRequest) -> Iterator[Entry]:
    url = reverse("reviews:request", args=[request.pk])
    if request.effective_at is not None:
        note = "Approved" if request.state == State.APPROVED else "If it is approved"
        yield Entry("effective", request.effective_at, None, request.title, note, url, request.board.name)
    if request.state != State.IN_REVIEW:
        return
    if request.due_at is not None:
        yield Entry("due", request.due_at, None, request.title, "To be decided by now", url, request.board.name)
    if request.submitted_at is not None:
        ends = request.submitted_at + timedelta(days=expires_days(request))
        yield Entry("expiry", ends, None, request.title, "Expires undecided", url, request.board.name)


def _of_blackouts(since: datetime, until: datetime) -> Iterator[Entry]:
    for row in blackouts_between(since, until):
        where = row.board.name if row.board else "Everything"
        yield Entry("blackout", row.starts_at, row.ends_at, row.name, row.reason, reverse("reviews:blackouts"), where)
