"""Locks the request that a decision is about, and says when the live version has moved under it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import transaction

from common import correlation
from common.actors import SYSTEM
from common.errors import Stale
from reviews.choices import SubjectType
from reviews.errors import BaseMoved, RequestUnknown
from reviews.models import Board, ChangeRequest
from reviews.policies import RequestPolicy
from reviews.selectors.requests import current_impact
from reviews.services.grounding import ground_moved
from reviews.subjects import Live, subject_for
from reviews.subjects.board_writing import hold_boards


@contextmanager
def locked(*, actor: Any, request_id: int) -> Iterator[ChangeRequest]:
    """One transaction that holds the request's row, within the request's own story (correlation).

    Refuses: RequestUnknown when the actor may not see it.
    """
    with transaction.atomic():
        rows = ChangeRequest.objects.all() if actor is SYSTEM else RequestPolicy().visible(actor)
        subject_type = rows.filter(pk=request_id).values_list("subject_type", flat=True).first()
        if subject_type is None:
            raise RequestUnknown(f"There is no request {request_id}.")
        if subject_type == SubjectType.BOARD:
            hold_boards()
        request = ChangeRequest.objects.select_for_update(of=("self",)).select_related("author").get(pk=request_id)
        # Read after the wait for the lock: a policy that changed meanwhile is the one that counts.
        request.board = Board.objects.get(pk=request.board_id)
        with correlation.bind(request.correlation_id):
            yield request


def check_lock_version(request: ChangeRequest, lock_version: int | None) -> None:
    """Refuse when the client's copy is not the current one."""
    if lock_version is not None and lock_version != request.version:
        raise Stale("The request was changed since you read it. Read it again and repeat your change.")


def live_version(request: ChangeRequest) -> int | None:
    """The number of the version in force now, None when nothing is."""
    live: Live | None = subject_for(request.subject_type).live(request.subject_key)
    return live.version if live else None


def base_moved(request: ChangeRequest) -> str | None:
    """Why the request no longer fits what is live or what it rests on, in a sentence; None when it does."""
    return version_moved(request) or ground_moved(request, current_impact(request))


def version_moved(request: ChangeRequest) -> str | None:
    """Why the request no longer fits the live version of its own subject; None when it does."""
    current = live_version(request)
    if current == request.base_version:
        return None
    if request.base_version is None:
        return f"{request.subject_key} exists meanwhile, in version {current}"
    if current is None:
        return f"{request.subject_key} is no longer live"
    written = f"this was written against version {request.base_version}"
    return f"version {current} of {request.subject_key} is live now, and {written}"


def refuse_moved_base(request: ChangeRequest) -> None:
    """Refuse when the live version is not the one that the request was written against."""
    cause = version_moved(request)
    if cause is not None:
        raise BaseMoved(
            f"The live version moved: {cause}. Bring the request up to date first.",
            extra={"state": str(request.state)},
        )
