"""Takes changed fields over into a request and writes them as its next revision, for every deed that edits."""

from typing import Any

from common.errors import Conflict
from common.texts import clean_text
from reviews.choices import CheckStatus, Kind
from reviews.models import ChangeRequest
from reviews.services.examining import Proposal, checked_effective_at, examined, with_default_owners
from reviews.services.locking import refuse_moved_base
from reviews.services.revising import OPEN_TO_BOARD, next_revision, put_before_board, saved
from reviews.statements import merged_statement
from reviews.subjects import Live, subject_for

EDITABLE = ("title", "proposed", "rationale", "expected", "effective_at", "statement")


def texts(rationale: Any, expected: Any, title: Any) -> tuple[str, str, str]:
    """Rationale, expectation and title as they are kept; `Invalid` with a pointer where they cannot be."""
    return (
        clean_text(rationale, pointer="/rationale", max_length=10_000, lines=True),
        clean_text(expected, pointer="/expected", max_length=10_000, required=False, lines=True),
        clean_text(title, pointer="/title", max_length=200, required=False),
    )


def take_over(request: ChangeRequest, actor: Any, changes: dict[str, Any]) -> Proposal:
    """Set the changed fields on the request and examine the whole anew."""
    subject = subject_for(request.subject_type, request.kind)
    content = dict(request.proposed)
    if "proposed" in changes:
        shown = Live(request.base_version or 0, content)
        given = changes["proposed"]
        if request.kind == Kind.CREATE and isinstance(given, dict):
            given = {**content, **given}
        content = subject.full_content(request.kind, request.subject_key, given, shown)
        content = with_default_owners(request.kind, request.subject_type, content, request.author)
    rationale, expected, title = texts(
        changes.get("rationale", request.rationale),
        changes.get("expected", request.expected),
        changes.get("title", request.title),
    )
    if "effective_at" in changes and changes["effective_at"] != request.effective_at:
        request.effective_at = checked_effective_at(changes["effective_at"])
    if "statement" in changes:
        request.statement = merged_statement(request.statement, changes["statement"])
    refuse_moved_base(request)
    base = Live(request.base_version, request.base_content) if request.base_version and request.base_content else None
    found = examined(
        viewer=actor, subject=subject, kind=request.kind, key=request.subject_key, content=content, base=base
    )
    request.proposed, request.rationale, request.expected = found.content, rationale, expected
    request.title = title or found.title
    request.path, request.board = found.path, found.board
    return found


def refuse_failed(checks: list[Any]) -> None:
    """Refuse to put before a board what fails a check, whether it is submitted or edited there."""
    first = next((check for check in checks if check["status"] == CheckStatus.FAIL), None)
    if first is not None:
        raise Conflict(f"{first['name']}: {first['reason']} {first['remedy']}".strip(), code="check_failed")


def revise(
    request: ChangeRequest,
    actor: Any,
    cause: str,
    state: str,
    checks: list[Any],
    differences: list[Any],
    suggested_by: Any = None,
) -> int:
    """Write the next revision and the request; before the board again where it was. How many votes it voided."""
    was_before_board = request.state in OPEN_TO_BOARD
    if was_before_board:
        refuse_failed(checks)
    revision, voided = next_revision(
        request, editor=actor, cause=cause, checks=checks, differences=differences, suggested_by=suggested_by
    )
    if was_before_board:
        put_before_board(request, revision, checks)
    saved(request, state=state, decided_at=None)
    return voided
