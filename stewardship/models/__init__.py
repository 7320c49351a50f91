"""Tables of upkeep."""

from stewardship.models.assessment import Assessment
from stewardship.models.audit import AuditItem, Campaign, Finding
from stewardship.models.case import Case, CaseStep
from stewardship.models.review import Cycle, Escalation, Review
from stewardship.models.ritual import Occurrence, Ritual

__all__ = [
    "Assessment",
    "AuditItem",
    "Campaign",
    "Case",
    "CaseStep",
    "Cycle",
    "Escalation",
    "Finding",
    "Occurrence",
    "Review",
    "Ritual",
]
