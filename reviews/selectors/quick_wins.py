"""Changes that their authors flagged as quick wins, for those who publish what came of them."""

from typing import Any

from django.urls import reverse

from aims.selectors import FlaggedWin
from reviews.choices import State, SubjectType
from reviews.selectors.requests import requests_for


def flagged_wins(viewer: Any) -> list[FlaggedWin]:
    """The requests about segments that the viewer may see and whose statement flags a quick win, newest first."""
    rows = requests_for(viewer=viewer).filter(subject_type=SubjectType.SEGMENT, statement__quick_win=True)
    kept = rows.exclude(state__in=[State.DRAFT, State.REJECTED, State.WITHDRAWN, State.EXPIRED])
    return [
        FlaggedWin(
            request_ref=str(request.pk),
            title=request.title,
            url=reverse("reviews:request", args=[request.pk]),
            segment_key=request.subject_key,
            author=str(request.author),
            state=str(request.state),
            applied_at=request.applied_at,
        )
        for request in kept.order_by("-pk")[:200]
    ]
