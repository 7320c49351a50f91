"""The reviewable things, each behind the small interface of `base.Subject`; only here may a version be enacted."""

from common.errors import Invalid
from reviews.choices import Kind
from reviews.subjects.attribute import AttributeSubject
from reviews.subjects.base import Check, Content, Difference, Effect, Examined, Live, Order, Subject
from reviews.subjects.board import BoardSubject
from reviews.subjects.brief import BriefSubject
from reviews.subjects.definition import DefinitionSubject
from reviews.subjects.journey import JourneySubject
from reviews.subjects.objective import ObjectiveSubject
from reviews.subjects.playbook import PlaybookSubject
from reviews.subjects.segment import SegmentSubject

SUBJECTS: dict[str, Subject] = {
    "segment": SegmentSubject(),
    "playbook": PlaybookSubject(),
    "brief": BriefSubject(),
    "attribute": AttributeSubject(),
    "board": BoardSubject(),
    "term": DefinitionSubject("term", "term"),
    "metric": DefinitionSubject("metric", "metric definition"),
    "guideline": DefinitionSubject("guideline", "guideline"),
    "objective": ObjectiveSubject(),
    "journey": JourneySubject(),
}

__all__ = [
    "SUBJECTS",
    "Check",
    "Content",
    "Difference",
    "Effect",
    "Examined",
    "Live",
    "Order",
    "Subject",
    "subject_for",
]


def subject_for(subject_type: str, kind: str | None = None) -> Subject:
    """The subject of that type; `Invalid` when there is none or it does not know the kind of request."""
    subject = SUBJECTS.get(subject_type)
    if subject is None:
        known = ", ".join(SUBJECTS)
        raise Invalid(
            f"Nothing of the type “{subject_type}” is reviewed. Known: {known}.",
            code="unknown_subject_type",
            pointer="/subject/type",
        )
    if kind is not None and kind not in subject.kinds:
        offered = ", ".join(subject.kinds)
        asked = Kind(kind).label.lower() if kind in Kind.values else str(kind)
        raise Invalid(
            f"A request cannot {asked} a {subject.noun}. Offered: {offered}.", code="unknown_kind", pointer="/kind"
        )
    return subject
