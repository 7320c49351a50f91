"""Which form writes which request."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from django.http import HttpRequest

import playbooks.selectors
import training.selectors
from common.errors import DomainError, Invalid
from common.keys import check_key
from common.web import add_errors
from customers.selectors import visible_attribute_keys
from reviews.choices import REGROUPING, Kind
from reviews.models import ChangeRequest
from reviews.subjects import Subject, subject_for
from reviews.web.definitions import PUT_AWAY_FORMS, GuidelineForm, MetricForm, TakeBackForm, TermForm
from reviews.web.documents import BriefForm, DocumentForm, PlaybookForm
from reviews.web.forms import AttributeForm, ProposalForm, RetireForm, SegmentForm
from reviews.web.journeys import JourneyForm, JourneyRetireForm
from reviews.web.objectives import ObjectiveProposalForm, ObjectiveRetireForm
from reviews.web.operation_kinds import FORMS as OPERATIONS
from reviews.web.operation_kinds import HEADINGS
from reviews.web.operations import OperationForm
from reviews.web.retirements import RETIREMENTS
from reviews.web.thresholds import begun_with_value
from taxonomy.selectors.axioms import AXIOMS

_FORMS: dict[str, type[ProposalForm]] = {
    "segment": SegmentForm,
    "playbook": PlaybookForm,
    "brief": BriefForm,
    "attribute": AttributeForm,
    "objective": ObjectiveProposalForm,
    "journey": JourneyForm,
    "term": TermForm,
    "metric": MetricForm,
    "guideline": GuidelineForm,
}
_ENDS = (Kind.RETIRE, Kind.DEPRECATE)
_RETIREMENTS: dict[str, type[ProposalForm]] = {
    "objective": ObjectiveRetireForm,
    "journey": JourneyRetireForm,
    **RETIREMENTS,
    **PUT_AWAY_FORMS,
}
_LAST: dict[str, Callable[[str], Any]] = {
    "playbook": playbooks.selectors.last_version,
    "brief": training.selectors.last_version,
}
# Forms that give a new thing its key.
_KEY_GIVERS = (SegmentForm, AttributeForm, ObjectiveProposalForm, JourneyForm, TermForm, MetricForm, GuidelineForm)


@dataclass(frozen=True)
class Pen:
    """A form at work: what it writes about, the form itself, and the subject of the rule draft that goes with it."""

    subject: Subject
    kind: str
    key: str
    form: ProposalForm
    draft_subject: str = ""

    @property
    def title(self) -> str:
        """The heading of the page."""
        if self.kind in HEADINGS:
            return HEADINGS[self.kind].format(key=self.key)
        if self.kind == Kind.CREATE:
            return f"Propose a {self.subject.noun}" + (f" for {self.key}" if self.key else "")
        if self.kind in _ENDS:
            return f"Propose to {self.kind} {self.key}"
        return f"Propose a change of {self.key}"

    def refuse(self, error: DomainError) -> None:
        """Show a refusal on the form."""
        if isinstance(self.form, DocumentForm):
            self.form.place_errors(error)
        else:
            add_errors(self.form, _owner_pointers(error))


def pen_for_new(request: HttpRequest) -> Pen:
    """The pen for a new request, from `?type=`, `?kind=` and `?key=`; a document's kind follows from what is live."""
    subject = subject_for(request.GET.get("type", ""))
    key = request.GET.get("key", "")
    kind = request.GET.get("kind") or Kind.CHANGE
    if key:
        check_key(key, "/subject/key")
    live = subject.live(key) if key and _is_open(request, subject, key) else None
    if subject.type in ("playbook", "brief"):
        if not key:
            raise Invalid(f"Say which segment the {subject.noun} is for.", code="required", pointer="/subject/key")
        kind = kind if kind == Kind.RETIRE else Kind.CHANGE if live else Kind.CREATE
    if kind in REGROUPING and kind != Kind.SPLIT:
        return _regrouping_pen(request, subject, kind, key)
    if kind != Kind.CREATE and live is None:
        raise Invalid(f"There is no live {subject.noun} {key} to change.", code="no_live", pointer="/subject/key")
    content = dict(live.content) if live and kind != Kind.CREATE else _first_content(request, subject, key)
    start: dict[str, Any] = {}
    if subject.type == "segment":
        content, start = begun_with_value(request.user, request.GET, content)
        content = _begun_with_axiom(request, content)
        if request.GET.get("pilot") == "end":
            content = {**content, "pilot": ""}
    if kind in _ENDS and (successor := request.GET.get("successor", "").replace("\x00", "")):
        content = {**content, "successor": successor}
    return _pen(request, subject_for(subject.type, kind), kind, key, content, start)


def _regrouping_pen(request: HttpRequest, subject: Subject, kind: str, key: str) -> Pen:
    """The pen for an operation that is about no one segment; `?key=` and `?attribute=` say what it begins with."""
    begun: dict[str, dict[str, Any]] = {
        Kind.MERGE: {"sources": [{"key": key}]},
        Kind.REORGANISE: {"rows": [{"segment": key}]},
        Kind.SWAP: {"attribute": request.GET.get("attribute", "").replace("\x00", "")},
    }
    return _pen(request, subject_for(subject.type, kind), kind, "", begun[kind] if key or kind == Kind.SWAP else {})


def _begun_with_axiom(request: HttpRequest, content: dict[str, Any]) -> dict[str, Any]:
    """The content with what the address wants to be demanded of the children."""
    demand = request.GET.get("demand", "")
    if demand not in AXIOMS:
        return content
    return {**content, "axioms": {**(content.get("axioms") or {}), demand: True}}


def _is_open(request: HttpRequest, subject: Subject, key: str) -> bool:
    """Whether the viewer may read what is to be changed: an attribute's definition is as little open as its values."""
    return subject.type != "attribute" or key in visible_attribute_keys(request.user)


def pen_for_edit(request: HttpRequest, found: ChangeRequest) -> Pen:
    """The pen that goes on writing a request."""
    start = {name: getattr(found, name) for name in ("rationale", "expected", "effective_at")}
    subject = subject_for(found.subject_type, found.kind)
    pen = _pen(request, subject, found.kind, found.subject_key, dict(found.proposed), start, is_written=True)
    return replace(pen, draft_subject=f"request:{found.pk}")


def _first_content(request: HttpRequest, subject: Subject, key: str) -> dict[str, Any]:
    """What a new thing begins with: its author answers for it, below the parent that the address names; a playbook or
    a brief that was retired with how it read last.
    """
    if subject.type in _LAST:
        last = _LAST[subject.type](key)
        return dict(last.content) if last else {}
    if subject.type != "segment":
        return {}
    me = request.user.get_username()
    parent = request.GET.get("parent") or None
    return {"parent": parent, "owners": {"data": me, "definition": me, "outcome": me}}


def _pen(
    request: HttpRequest,
    subject: Subject,
    kind: str,
    key: str,
    content: dict[str, Any],
    start: dict[str, Any] | None = None,
    *,
    is_written: bool = False,
) -> Pen:
    options: dict[str, Any] = {"viewer": request.user, "content": content, "initial": start or {}}
    made = _form_of(subject.type, kind)
    if kind == Kind.REVERT and subject.type in PUT_AWAY_FORMS:
        made = TakeBackForm
        options["content"] = {**content, "version": request.GET.get("version", "")[:9]}
    if made in _KEY_GIVERS:
        options["is_new"] = kind == Kind.CREATE and not is_written
    if issubclass(made, OperationForm):
        options |= {"is_new": not is_written, "own_key": key}
    if made in _KEY_GIVERS or kind in _ENDS:
        options["own_key"] = key
    draft_subject = "create" if kind == Kind.CREATE else f"change:{key}"
    return Pen(subject, kind, key, made(request.POST if request.method == "POST" else None, **options), draft_subject)


def _form_of(subject_type: str, kind: str) -> type[ProposalForm]:
    if subject_type == "segment" and kind in OPERATIONS:
        return OPERATIONS[kind]
    return _RETIREMENTS.get(subject_type, RetireForm) if kind in _ENDS else _FORMS[subject_type]


def _owner_pointers(error: DomainError) -> DomainError:
    """The refusal with /owners/data pointing at the field owner_data."""
    error.errors = [
        {**item, "pointer": str(item.get("pointer") or "").replace("/owners/", "/owner_")} for item in error.errors
    ]
    return error
