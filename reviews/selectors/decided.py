"""The history of requests in figures: what reflection reads. One row per request, with the moments of its life."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Min, Q

from reviews.choices import State, Verdict
from reviews.models import ChangeRequest, Impact, Vote
from reviews.policies import RequestPolicy


@dataclass(frozen=True)
class Course:
    """How one request went. Moments that did not come are None; `rewritten` counts submissions after the first."""

    request_id: int
    title: str
    kind: str
    subject_type: str
    subject_key: str
    board_key: str
    board_name: str
    author: str
    state: str
    created_at: datetime
    first_submitted_at: datetime | None
    decided_at: datetime | None
    applied_at: datetime | None
    rewritten: int
    was_returned: bool
    was_rolled_back: bool
    is_emergency: bool
    correlation_id: str


@dataclass(frozen=True)
class Decider:
    """One vote that counted towards a decision."""

    person: str
    function: str
    verdict: str
    reason: str
    cast_at: datetime
    digest: str


def courses(*, viewer: Any, since: datetime | None = None, board: str = "", author: str = "") -> list[Course]:
    """The requests that were submitted and that the viewer may see, newest first; bounded by `since`."""
    rows = RequestPolicy().visible(viewer).filter(submitted_at__isnull=False)
    if since is not None:
        rows = rows.filter(created_at__gte=since)
    if board:
        rows = rows.filter(board__key=board)
    if author:
        rows = rows.filter(author__username=author)
    found = list(rows.select_related("board", "author").order_by("-pk"))
    numbers = [row.pk for row in found]
    firsts = _first_submissions(numbers)
    returned = set(
        Vote.objects.filter(request_id__in=numbers, verdict=Verdict.REQUEST_CHANGES).values_list(
            "request_id", flat=True
        )
    )
    undone = set(
        ChangeRequest.objects.filter(rolls_back_id__in=numbers, state=State.APPLIED).values_list(
            "rolls_back_id", flat=True
        )
    )
    return [_course(row, firsts.get(row.pk), row.pk in returned, row.pk in undone) for row in found]


def _first_submissions(numbers: Iterable[int]) -> dict[int, tuple[datetime, int]]:
    rows = Impact.objects.filter(request_id__in=list(numbers)).order_by().values("request_id")
    counted = rows.annotate(first=Min("created_at"), times=Count("pk", filter=Q(revision__editor__isnull=False)))
    return {row["request_id"]: (row["first"], row["times"]) for row in counted}


def _course(row: ChangeRequest, first: tuple[datetime, int] | None, returned: bool, undone: bool) -> Course:
    return Course(
        request_id=row.pk,
        title=row.title,
        kind=row.kind,
        subject_type=row.subject_type,
        subject_key=row.subject_key,
        board_key=row.board.key,
        board_name=row.board.name,
        author=row.author.get_username(),
        state=row.state,
        created_at=row.created_at,
        first_submitted_at=first[0] if first else row.submitted_at,
        decided_at=row.decided_at,
        applied_at=row.applied_at,
        rewritten=max(0, first[1] - 1) if first else 0,
        was_returned=returned,
        was_rolled_back=undone,
        is_emergency=row.is_emergency,
        correlation_id=str(row.correlation_id),
    )


def prediction_of(request_id: int) -> dict[str, Any]:
    """What the proposer of an applied request committed to, with what it is about; empty without a prediction."""
    row = ChangeRequest.objects.select_related("board", "author").filter(pk=request_id).first()
    if row is None or row.applied_at is None or not row.statement.get("prediction"):
        return {}
    return {
        "prediction": row.statement["prediction"],
        "subject_type": row.subject_type,
        "subject_key": row.subject_key,
        "version": row.applied_version,
        "board": row.board.key,
        "author_id": row.author_id,
        "applied_at": row.applied_at,
        "title": row.title,
        "quick_win": bool(row.statement.get("quick_win")),
    }


def deciders(request_id: int) -> list[Decider]:
    """The votes that decided a request: those that were not voided, oldest first."""
    rows = Vote.objects.filter(request_id=request_id, voided_at__isnull=True).select_related("voter").order_by("pk")
    return [Decider(str(row.voter), row.function, row.verdict, row.reason, row.cast_at, row.digest) for row in rows]
