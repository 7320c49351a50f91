"""Facts about upkeep; what people wrote stays with the things themselves."""

from dataclasses import dataclass
from typing import ClassVar

from common.events import Event


@dataclass(frozen=True, kw_only=True)
class _KeptEvent(Event):
    object_type: ClassVar[str] = "upkeep"

    type: str
    key: str

    @property
    def object_key(self) -> str:
        return f"{self.type}:{self.key}"


@dataclass(frozen=True, kw_only=True)
class CycleSet(_KeptEvent):
    """How often a thing is looked at again was set; 0 days stands for the usual number."""

    name: ClassVar[str] = "stewardship.cycle.set"
    sentence: ClassVar[str] = "set the refresh cycle of {type} {key} to {days} days"

    days: int


@dataclass(frozen=True, kw_only=True)
class ThingReviewed(_KeptEvent):
    """Somebody looked at a thing and found it right."""

    name: ClassVar[str] = "stewardship.thing.reviewed"
    sentence: ClassVar[str] = "reviewed {type} {key}, version {version_number}: nothing to change"

    review_id: int
    version_number: int


@dataclass(frozen=True, kw_only=True)
class ReviewEscalated(_KeptEvent):
    """A review is overdue, and the next ones were told."""

    name: ClassVar[str] = "stewardship.review.escalated"
    sentence: ClassVar[str] = "told the {stage} that the review of {type} {key} is overdue"

    stage: str


@dataclass(frozen=True, kw_only=True)
class SegmentAssessed(_KeptEvent):
    """A segment was assessed by three criteria."""

    name: ClassVar[str] = "stewardship.segment.assessed"
    sentence: ClassVar[str] = "assessed {key}: journeys {journeys}, fit {fit}, competition {competition}"

    journeys: int
    fit: int
    competition: int


@dataclass(frozen=True, kw_only=True)
class _AuditEvent(Event):
    object_type: ClassVar[str] = "audit"

    campaign_id: int

    @property
    def object_key(self) -> str:
        return str(self.campaign_id)


@dataclass(frozen=True, kw_only=True)
class AuditOpened(_AuditEvent):
    """An audit began."""

    name: ClassVar[str] = "stewardship.audit.opened"
    sentence: ClassVar[str] = "opened audit {campaign_id} of {items} things"

    items: int


@dataclass(frozen=True, kw_only=True)
class ItemAnswered(_AuditEvent):
    """The questions about one thing were answered."""

    name: ClassVar[str] = "stewardship.audit.answered"
    sentence: ClassVar[str] = "answered the questions of audit {campaign_id} about {type} {key}"

    type: str
    key: str


@dataclass(frozen=True, kw_only=True)
class FindingRaised(_AuditEvent):
    """Something was found wrong."""

    name: ClassVar[str] = "stewardship.finding.raised"
    sentence: ClassVar[str] = "raised finding {finding_id} ({severity}) in audit {campaign_id}"

    finding_id: int
    severity: str


@dataclass(frozen=True, kw_only=True)
class FindingSettled(_AuditEvent):
    """A finding was mended or accepted."""

    name: ClassVar[str] = "stewardship.finding.settled"
    sentence: ClassVar[str] = "settled finding {finding_id} of audit {campaign_id}: {state}"

    finding_id: int
    state: str


@dataclass(frozen=True, kw_only=True)
class AuditSigned(_AuditEvent):
    """One of the two signed."""

    name: ClassVar[str] = "stewardship.audit.signed"
    sentence: ClassVar[str] = "signed audit {campaign_id} as its {part}"

    part: str


@dataclass(frozen=True, kw_only=True)
class AuditClosed(_AuditEvent):
    """Both have signed; the report stands."""

    name: ClassVar[str] = "stewardship.audit.closed"
    sentence: ClassVar[str] = "closed audit {campaign_id}; its report has the digest {digest}"

    digest: str


@dataclass(frozen=True, kw_only=True)
class _RitualEvent(Event):
    object_type: ClassVar[str] = "ritual"

    type: str

    @property
    def object_key(self) -> str:
        return self.type


@dataclass(frozen=True, kw_only=True)
class RitualPlanned(_RitualEvent):
    """A ritual was planned, changed or ended."""

    name: ClassVar[str] = "stewardship.ritual.planned"
    sentence: ClassVar[str] = "{deed} ritual {ritual_id} ({type})"

    ritual_id: int
    deed: str


@dataclass(frozen=True, kw_only=True)
class SessionPlanned(_RitualEvent):
    """A joint planning session was planned."""

    name: ClassVar[str] = "stewardship.session.planned"
    sentence: ClassVar[str] = "planned session {occurrence_id} ({type})"

    occurrence_id: int


@dataclass(frozen=True, kw_only=True)
class OccurrenceHeld(_RitualEvent):
    """A ritual or session was held, with its decisions."""

    name: ClassVar[str] = "stewardship.occurrence.held"
    sentence: ClassVar[str] = "held {type} {occurrence_id} with {decisions} decisions"

    occurrence_id: int
    decisions: int
    segments: list[str]


@dataclass(frozen=True, kw_only=True)
class CaseMoved(Event):
    """A case was opened, taken, answered, handed on, escalated or closed."""

    name: ClassVar[str] = "stewardship.case.moved"
    object_type: ClassVar[str] = "case"
    sentence: ClassVar[str] = "case {case_id} ({kind}): {deed}, with the {stage}"

    case_id: int
    kind: str
    segment_key: str
    deed: str
    stage: str

    @property
    def object_key(self) -> str:
        return str(self.case_id)
