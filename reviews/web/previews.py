"""What an operation would do, shown while it is written: examined as a request is, and nothing of it is kept."""

from dataclasses import dataclass
from typing import Any

from common.errors import DomainError
from reviews.models import Board
from reviews.services.examining import examined
from reviews.web.operations import LOOK, OperationForm
from reviews.web.pens import Pen


@dataclass(frozen=True)
class Preview:
    """The checks and differences of a proposal that is not written down, who would decide, and the tree it makes."""

    board: Board
    checks: list[dict[str, str]]
    differences: list[dict[str, str]]
    tree: list[Any]
    notes: list[str]


def preview_of(viewer: Any, pen: Pen) -> Preview | None:
    """The preview that was asked for; nothing where none was, or where what was typed is refused beside its field."""
    form = pen.form
    if not isinstance(form, OperationForm) or form.ask != LOOK or not form.is_valid():
        return None
    try:
        key = pen.key or form.new_key()
        live = pen.subject.live(key)
        content = pen.subject.full_content(pen.kind, key, form.content(), live)
        found = examined(viewer=viewer, subject=pen.subject, kind=pen.kind, key=key, content=content, base=live)
    except DomainError as refused:
        pen.refuse(refused)
        return None
    return Preview(found.board, found.checks, found.differences, form.tree(), form.notes())
