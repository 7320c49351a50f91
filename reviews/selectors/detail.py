"""All that a reader of one request needs, for the page and for the API."""

from dataclasses import dataclass
from typing import Any

from customers.policies import CustomerPolicy
from reviews.choices import ENDING, State
from reviews.models import ChangeRequest, Impact, Revision
from reviews.policies import RequestPolicy
from reviews.selectors.requests import competing_requests, current_impact, current_revision, request_for
from reviews.selectors.shown_impact import shown_record
from reviews.selectors.standing import Eligibility, Standing, eligibility, standing
from reviews.selectors.timeline import Moment, timeline

DEEDS = ("edit", "submit", "withdraw", "rebase", "schedule", "apply")


@dataclass(frozen=True)
class Detail:
    """One request as somebody sees it now. `deeds` maps each deed to None, or to the reason why not; `record` is the
    impact as they may read it, empty while there is none."""

    request: ChangeRequest
    revision: Revision
    impact: Impact | None
    standing: Standing
    eligibility: Eligibility
    competing: list[ChangeRequest]
    timeline: list[Moment]
    deeds: dict[str, str | None]
    samples: dict[str, list[str]]
    record: dict[str, Any]

    @property
    def differences(self) -> list[dict[str, str]]:
        """What changes, field by field."""
        return list(self.revision.differences)

    @property
    def checks(self) -> list[dict[str, str]]:
        """The checks as they were put before the board, else as of the last edit."""
        return list(self.impact.checks if self.impact else self.revision.checks)

    @property
    def warnings(self) -> list[str]:
        """What a reader should know before anything else."""
        return [
            f"Request #{other.pk} “{other.title}” by {other.author} {_relation(self.request, other)} "
            f"and is {other.get_state_display().lower()}. Whichever takes effect first makes the other stale."
            for other in self.competing
        ]


def _relation(request: ChangeRequest, other: ChangeRequest) -> str:
    """How another open request stands in the way of this one."""
    if (request.subject_type, request.subject_key) == (other.subject_type, other.subject_key):
        return f"is about the same {other.subject_type}"
    if other.kind in ENDING:
        return "would end what this is about or rests on"
    return "rests on what this would end"


def detail_for(*, viewer: Any, request_id: int) -> Detail:
    """The request with everything around it, as the viewer may see it."""
    request = request_for(viewer=viewer, request_id=request_id)
    impact = current_impact(request)
    return Detail(
        request=request,
        revision=current_revision(request),
        impact=impact,
        standing=standing(request),
        eligibility=eligibility(viewer, request),
        competing=list(competing_requests(request)) if request.state not in _CLOSED else [],
        timeline=timeline(viewer=viewer, request=request),
        deeds={deed: RequestPolicy().reason(viewer, deed, request) for deed in DEEDS},
        samples=dict(impact.samples) if impact and CustomerPolicy().can(viewer, "view") else {},
        record=shown_record(viewer, request, impact.record) if impact else {},
    )


_CLOSED = (State.APPLIED, State.REJECTED, State.WITHDRAWN, State.EXPIRED)
