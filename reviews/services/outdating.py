"""Closes the suggestions that another wording has overtaken."""

from typing import Any

from common.clock import now
from reviews.choices import SuggestionState
from reviews.models import ChangeRequest, Suggestion
from reviews.selectors.suggestions import said_in


def outdate_suggestions(request: ChangeRequest, editor: Any) -> int:
    """Afterwards no open suggestion speaks of a part that now reads otherwise than when it was made.

    `request` holds the new wording already. Refuses and announces nothing; returns how many were closed.
    """
    rows = Suggestion.objects.filter(request_id=request.pk, state=SuggestionState.OPEN).select_related("revision")
    overtaken = [row.pk for row in rows if said_in(row.revision, row.field) != said_in(request, row.field)]
    return Suggestion.objects.filter(pk__in=overtaken).update(
        state=SuggestionState.OUTDATED, closed_by=editor, closed_at=now()
    )
