"""Closes the suggestions that another wording has overtaken."""

from typing import Any

from common.clock import now
from reviews.choices import SuggestionState
from reviews.models import ChangeRequest, Revision, Suggestion

WORDING = ("title", "rationale", "expected")
"""Parts of a request that are not of its content, and that somebody may suggest."""


def part_of(row: ChangeRequest | Revision, field: str) -> Any:
    """What the request or one of its revisions says in one part."""
    return getattr(row, field) if field in WORDING else dict(row.proposed).get(field)


def outdate_suggestions(request: ChangeRequest, editor: Any) -> int:
    """Afterwards no open suggestion speaks of a part that now reads otherwise than when it was made.

    `request` holds the new wording already. Refuses and announces nothing; returns how many were closed.
    """
    rows = Suggestion.objects.filter(request_id=request.pk, state=SuggestionState.OPEN).select_related("revision")
    overtaken = [row.pk for row in rows if part_of(row.revision, row.field) != part_of(request, row.field)]
    return Suggestion.objects.filter(pk__in=overtaken).update(
        state=SuggestionState.OUTDATED, closed_by=editor, closed_at=now()
    )
