"""Adds to the conversation of a request."""

from typing import Any

from common.clock import now
from common.errors import Invalid
from common.texts import clean_text
from ledger.services import announce
from reviews.events import CommentAdded
from reviews.models import ChangeRequest, Comment
from reviews.policies import RequestPolicy
from reviews.selectors.clause_paths import clause_at
from reviews.selectors.clauses import path_of_clause, rule_in
from reviews.services.locking import locked
from reviews.services.revising import about
from taxonomy.selectors import stored_catalogue


def add_comment(*, actor: Any, request_id: int, body: str, field: str = "", clause: str = "") -> Comment:
    """Afterwards the remark stands in the conversation; it voids nothing and changes nothing else.

    With `clause` (a path like 0 or 1.2, or all) it also stands beside that clause of the rule as proposed now.

    Refuses: RequestUnknown, NotAllowed, Invalid (empty or too long; no such clause).
    Announces: CommentAdded.
    """
    words = clean_text(body, pointer="/body", max_length=10_000, lines=True)
    place = clean_text(field, pointer="/field", max_length=63, required=False)
    path = clean_text(clause, pointer="/clause", max_length=120, required=False)
    with locked(actor=actor, request_id=request_id) as request:
        RequestPolicy().require(actor, "comment", request)
        if path:
            _refuse_no_clause(request, path)
        comment = Comment.objects.create(
            request=request,
            author=actor,
            field=place,
            clause=path,
            revision=request.revision,
            body=words,
            created_at=now(),
        )
        announce(CommentAdded(**about(request), comment_id=comment.pk), actor=actor)
        return comment


def _refuse_no_clause(request: ChangeRequest, path: str) -> None:
    rule = rule_in(request.proposed, stored_catalogue())
    if rule is None or clause_at(rule, path_of_clause(path)) is None:
        raise Invalid(
            "The rule has no such clause now. Open the changes and comment on one that stands there.",
            code="unknown_clause",
            pointer="/clause",
        )
