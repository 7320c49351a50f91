"""Other wordings offered to the author of a request, and what becomes of them; never a way round the board."""

import copy
from typing import Any

from common.clock import now
from common.errors import Conflict, Invalid, NotAllowed, NotFound
from common.texts import clean_text
from ledger.services import announce
from reviews.choices import SuggestionState
from reviews.events import RequestEdited, SuggestionClosed, SuggestionMade
from reviews.models import ChangeRequest, Suggestion
from reviews.policies import RequestPolicy
from reviews.selectors.requests import current_revision
from reviews.selectors.suggestions import WORDING_LABELS, said_in
from reviews.services.editing import revise, take_over
from reviews.services.locking import check_lock_version, locked
from reviews.services.revising import about
from reviews.states import next_state

MOST_OPEN = 50
"""Open suggestions on one request; more are no conversation."""


def suggest_wording(*, actor: Any, request_id: int, field: str, proposed: Any, note: str = "") -> Suggestion:
    """Afterwards another wording of one part stands open, as it would be written; the request is as it was.

    Whoever suggests may vote as long as nobody takes the suggestion; once it is taken they have written part of the
    request and may not.

    Refuses: RequestUnknown, NotAllowed (its author; who could not propose here), IllegalMove, BaseMoved, Invalid (no
    such part, a wording that could not be submitted, the wording that stands), Conflict (too many are open).
    Announces: SuggestionMade.
    """
    words = clean_text(note, pointer="/note", max_length=5000, required=False, lines=True)
    with locked(actor=actor, request_id=request_id) as request:
        RequestPolicy().require(actor, "comment", request)
        if actor.pk == request.author_id:
            raise NotAllowed("You wrote this request: edit it instead of suggesting to yourself.")
        next_state(request.state, "edit")
        if Suggestion.objects.filter(request=request, state=SuggestionState.OPEN).count() >= MOST_OPEN:
            raise Conflict(f"{MOST_OPEN} suggestions are open here. Wait until the author has answered some.")
        made = Suggestion.objects.create(
            request=request,
            revision=current_revision(request),
            author=actor,
            field=field,
            proposed=_as_written(request, actor, field, proposed),
            note=words,
            created_at=now(),
        )
        announce(SuggestionMade(**about(request), suggestion_id=made.pk, part=field), actor=actor)
        return made


def _as_written(request: ChangeRequest, actor: Any, field: str, proposed: Any) -> Any:
    """The part in its one written form, examined as an edit by the actor would be; nothing is kept of that."""
    if field not in WORDING_LABELS and field not in request.proposed:
        known = ", ".join([*WORDING_LABELS, *request.proposed])
        raise Invalid(
            f"This request has no part {field[:60]}. It has: {known}.", code="unknown_field", pointer="/field"
        )
    tried = copy.copy(request)
    take_over(tried, actor, _changes(field, proposed))
    found = said_in(tried, field)
    if found == said_in(request, field):
        raise Invalid("This is what the request says already.", code="nothing_changed", pointer="/proposed")
    return found


def _changes(field: str, proposed: Any) -> dict[str, Any]:
    return {field: proposed} if field in WORDING_LABELS else {"proposed": {field: proposed}}


def take_suggestion(
    *, actor: Any, request_id: int, suggestion_id: int, lock_version: int | None = None
) -> ChangeRequest:
    """Afterwards the request says what was suggested, in a new revision; votes on the old one are void.

    The revision names the suggestion's writer, who may not vote on the request any more.

    Refuses: RequestUnknown, NotFound, NotAllowed, Stale (lock_version), IllegalMove, BaseMoved, Conflict (closed
    already, or the part reads otherwise now), Invalid.
    Announces: RequestEdited, SuggestionClosed.
    """
    with locked(actor=actor, request_id=request_id) as request:
        RequestPolicy().require(actor, "edit", request)
        state = next_state(request.state, "edit")
        check_lock_version(request, lock_version)
        row = _open_one(request, suggestion_id)
        if said_in(row.revision, row.field) != said_in(request, row.field):
            raise Conflict("The request says something else there by now, so this no longer fits.", code="outdated")
        found = take_over(request, actor, _changes(row.field, row.proposed))
        _close(row, actor, SuggestionState.TAKEN)
        cause = f"took {row.author}'s suggestion"
        voided = revise(request, actor, cause[:200], state, found.checks, found.differences, suggested_by=row.author)
        announce(RequestEdited(**about(request), cause=cause[:200], voided=voided), actor=actor)
        _tell(request, row, actor)
        return request


def decline_suggestion(*, actor: Any, request_id: int, suggestion_id: int) -> Suggestion:
    """Afterwards the suggestion is closed and the request is as it was; its writer may take it back likewise.

    Refuses: RequestUnknown, NotFound, NotAllowed, Conflict (closed already).
    Announces: SuggestionClosed.
    """
    with locked(actor=actor, request_id=request_id) as request:
        row = _open_one(request, suggestion_id)
        if actor.pk != row.author_id:
            RequestPolicy().require(actor, "edit", request)
        _close(row, actor, SuggestionState.DECLINED)
        _tell(request, row, actor)
        return row


def _open_one(request: ChangeRequest, suggestion_id: int) -> Suggestion:
    rows = Suggestion.objects.select_for_update(of=("self",)).select_related("revision", "author")
    row = rows.filter(request_id=request.pk, pk=suggestion_id).first()
    if row is None:
        raise NotFound(f"There is no suggestion {suggestion_id} on this request.")
    if row.state != SuggestionState.OPEN:
        raise Conflict(f"This suggestion is closed: {row.get_state_display().lower()}.", code="closed")
    return row


def _close(row: Suggestion, actor: Any, state: SuggestionState) -> None:
    row.state, row.closed_by, row.closed_at = state, actor, now()
    row.save(update_fields=["state", "closed_by", "closed_at"])


def _tell(request: ChangeRequest, row: Suggestion, actor: Any) -> None:
    announce(
        SuggestionClosed(**about(request), suggestion_id=row.pk, part=row.field, outcome=str(row.state)), actor=actor
    )
