"""What the request page shows besides the facts: talk, clauses, suggestions, checks by result, your own approval."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from reviews.choices import CheckStatus
from reviews.models import Assumption, ChangeRequest
from reviews.policies import Place, RequestPolicy
from reviews.selectors import Detail
from reviews.selectors.assuming import watched
from reviews.selectors.clauses import ClauseBoard, ClauseRemark
from reviews.selectors.since import approval_of
from reviews.selectors.suggestions import Offer, offers_on, parts_to_suggest, suggestion_refusal
from reviews.selectors.timeline import Moment
from reviews.web.statement_names import StatementNames

SHOWN = {"": "Everything", "talk": "Talk", "votes": "Votes", "wording": "Wordings"}
"""What the story can be narrowed to."""

_WORDING = frozenset(
    f"reviews.{name}"
    for name in (
        "request.created", "request.edited", "request.submitted", "request.rebased", "request.scheduled",
        "request.staled", "suggestion.made", "suggestion.closed",
    )
)  # fmt: skip
_RESULTS = (
    (CheckStatus.FAIL, "Failed", "It cannot be submitted or take effect like this."),
    (CheckStatus.WARN, "Look at these", "Nothing stops because of them; whoever votes should know."),
    (CheckStatus.NOT_RUN, "Not run", "Nobody knows the answer. This is no pass."),
    (CheckStatus.PASS, "Passed", ""),
)


@dataclass(frozen=True)
class CheckGroup:
    """The checks that ended alike."""

    status: str
    title: str
    note: str
    checks: list[dict[str, str]]


def check_groups(checks: list[dict[str, str]]) -> list[CheckGroup]:
    """The checks by result, worst first; groups without checks are left out."""
    found = [
        CheckGroup(status.value, title, note, [check for check in checks if check["status"] == status])
        for status, title, note in _RESULTS
    ]
    return [group for group in found if group.checks]


class Talk:
    """Suggestions and what may be suggested, read when the page asks for them."""

    def __init__(self, viewer: Any, detail: Detail) -> None:
        self.viewer = viewer
        self.request: ChangeRequest = detail.request
        self.may_edit = detail.deeds["edit"] is None

    @cached_property
    def offers(self) -> list[Offer]:
        """The suggestions, open ones first."""
        return offers_on(self.viewer, self.request, self.may_edit)

    @property
    def open_offers(self) -> list[Offer]:
        """Those that wait for an answer."""
        return [offer for offer in self.offers if offer.is_open]

    @cached_property
    def refusal(self) -> str | None:
        """Why the viewer cannot suggest; None when they can."""
        return suggestion_refusal(self.viewer, self.request)

    @property
    def parts(self) -> list[tuple[str, str, str]]:
        """What can be suggested otherwise."""
        return parts_to_suggest(self.request)


def conversation_part(viewer: Any, detail: Detail) -> dict[str, Any]:
    """The viewer's approval, the clauses, the suggestions and the grouped checks."""
    return {
        "approval": approval_of(viewer, detail.request) if detail.request.submitted_at else None,
        "clauses": ClauseBoard(detail.request),
        "talk": Talk(viewer, detail),
        "said_names": StatementNames(viewer, detail.request.statement),
        "check_groups": check_groups(detail.checks),
        **_assumptions(viewer, detail),
    }


def _assumptions(viewer: Any, detail: Detail) -> dict[str, Any]:
    """What the change rests on, once it is in force, and why the viewer may not answer for it."""
    request = detail.request
    if not request.statement.get("assumptions"):
        return {}
    rows = list(Assumption.objects.filter(request_id=request.pk).select_related("reviewed_by"))
    refusal = RequestPolicy().reason(viewer, "propose", Place(request.path, request.subject_type))
    return {"assumptions": watched(viewer, rows), "rests_refusal": refusal}


def story(moments: list[Moment], clauses: ClauseBoard, show: str) -> list[tuple[Moment, ClauseRemark | None]]:
    """The moments that `show` asks for, each comment about a clause with that clause."""
    kept = [moment for moment in moments if _is_shown(moment, show)]
    about = clauses.by_comment
    return [(moment, about.get(moment.comment_id)) for moment in kept]


def _is_shown(moment: Moment, show: str) -> bool:
    if show == "talk":
        return moment.kind == "comment" or moment.event.startswith("reviews.suggestion.")
    if show == "votes":
        return moment.kind == "vote"
    return moment.event in _WORDING if show == "wording" else True
