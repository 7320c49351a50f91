"""The suggestions on one request, each against what it would replace, and what taking it would do."""

from dataclasses import dataclass
from typing import Any

from reviews.choices import SuggestionState
from reviews.content import plain
from reviews.models import ChangeRequest, Revision, Suggestion
from reviews.policies import Place, RequestPolicy
from reviews.states import may

WORDING_LABELS = {"title": "Title", "rationale": "Why", "expected": "Expected"}


@dataclass(frozen=True)
class Offer:
    """One suggestion as a reader sees it; `old` is what it would take the place of, `new` what would stand."""

    suggestion: Suggestion
    label: str
    old: str
    new: str
    may_close: bool

    @property
    def is_open(self) -> bool:
        """Whether somebody can still answer it."""
        return self.suggestion.state == SuggestionState.OPEN


def label_of_part(field: str) -> str:
    """The part's name as pages show it."""
    return WORDING_LABELS.get(field) or field.replace("_", " ").capitalize()


def said_in(row: ChangeRequest | Revision, field: str) -> Any:
    """What a request or one of its revisions says in one part."""
    return getattr(row, field) if field in WORDING_LABELS else dict(row.proposed).get(field)


def offers_on(viewer: Any, request: ChangeRequest, may_edit: bool) -> list[Offer]:
    """All suggestions, open ones first, then the newest; one query."""
    rows = (
        Suggestion.objects.filter(request_id=request.pk)
        .select_related("author", "closed_by", "revision")
        .order_by("-pk")
    )
    found = [
        Offer(
            row,
            label_of_part(row.field),
            plain(said_in(row.revision, row.field)),
            plain(row.proposed),
            may_edit or row.author_id == viewer.pk,
        )
        for row in rows
    ]
    return sorted(found, key=lambda offer: not offer.is_open)


def suggestion_refusal(viewer: Any, request: ChangeRequest) -> str | None:
    """Why the viewer cannot suggest another wording now, and what they can do instead; None when they can."""
    if viewer.pk == request.author_id:
        return "You wrote this request: edit it instead."
    if not may(request.state, "edit"):
        return (
            f"Suggestions are taken while a request can be edited; this one is {request.get_state_display().lower()}."
        )
    reason = RequestPolicy().reason(viewer, "propose", Place(request.path, request.subject_type))
    return f"{reason} You can comment." if reason else None


def parts_to_suggest(request: ChangeRequest) -> list[tuple[str, str, str]]:
    """The parts that are plain text: name, label and what stands now."""
    content = [(name, value) for name, value in request.proposed.items() if isinstance(value, str)]
    wording = [(name, getattr(request, name)) for name in ("rationale", "expected")]
    return [(name, label_of_part(name), value) for name, value in [*content, *wording]]
