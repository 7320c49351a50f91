"""Adds to the conversation of a request."""

from typing import Any

from common.clock import now
from common.texts import clean_text
from ledger.services import announce
from reviews.events import CommentAdded
from reviews.models import Comment
from reviews.policies import RequestPolicy
from reviews.services.locking import locked
from reviews.services.revising import about


def add_comment(*, actor: Any, request_id: int, body: str, field: str = "") -> Comment:
    """Afterwards the remark stands in the conversation; it voids nothing and changes nothing else.

    Refuses: RequestUnknown, NotAllowed, Invalid (empty or too long).
    Announces: CommentAdded.
    """
    words = clean_text(body, pointer="/body", max_length=10_000, lines=True)
    place = clean_text(field, pointer="/field", max_length=63, required=False)
    with locked(actor=actor, request_id=request_id) as request:
        RequestPolicy().require(actor, "comment", request)
        comment = Comment.objects.create(request=request, author=actor, field=place, body=words, created_at=now())
        announce(CommentAdded(**about(request), comment_id=comment.pk), actor=actor)
        return comment
