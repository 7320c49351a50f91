"""The closed lists of upkeep: what is kept, how it is looked at, where things stand."""

from typing import Final

from django.db.models import TextChoices


class Kept(TextChoices):
    """What has a review-by date."""

    SEGMENT = "segment", "Segment"
    PLAYBOOK = "playbook", "Playbook"
    TERM = "term", "Glossary term"


# Days between two looks, by tier of a segment and by type of the rest; a thing may have its own.
CYCLE_DAYS: Final[dict[str, int]] = {
    "market": 365,
    "segment": 365,
    "sub_segment": 180,
    "persona": 180,
    Kept.PLAYBOOK: 180,
    Kept.TERM: 365,
}


class RitualType(TextChoices):
    """What a recurring meeting or deed is for."""

    AUDIT = "audit", "Audit"
    RECALIBRATION = "recalibration", "Recalibration"
    GOVERNANCE_REVIEW = "governance_review", "Governance review"
    ALIGNMENT = "alignment", "Alignment ritual"


class OccurrenceType(TextChoices):
    """The types of rituals, and what is planned once."""

    AUDIT = "audit", "Audit"
    RECALIBRATION = "recalibration", "Recalibration"
    GOVERNANCE_REVIEW = "governance_review", "Governance review"
    ALIGNMENT = "alignment", "Alignment ritual"
    PLANNING = "planning", "Joint planning session"


class CampaignState(TextChoices):
    """Where an audit stands."""

    OPEN = "open", "Open"
    CLOSED = "closed", "Closed"


class Severity(TextChoices):
    """How bad a finding is."""

    NOTE = "note", "Note"
    MINOR = "minor", "Minor"
    MAJOR = "major", "Major"


class FindingState(TextChoices):
    """What became of a finding."""

    OPEN = "open", "Open"
    MENDED = "mended", "Mended"
    ACCEPTED = "accepted", "Accepted as it is"


class Stage(TextChoices):
    """Who has a case now."""

    STEWARD = "steward", "Steward"
    OWNER = "owner", "Owner"
    BOARD = "board", "Board"


# Hours within which each stage has to close a case; past the last one it stays with the board, and says so.
STAGE_HOURS: Final[dict[str, int]] = {Stage.STEWARD: 24, Stage.OWNER: 48, Stage.BOARD: 72}


class CaseState(TextChoices):
    """Where a case stands."""

    OPEN = "open", "Open"
    TAKEN = "taken", "Taken"
    CLOSED = "closed", "Closed"


class Deed(TextChoices):
    """What happened to a case."""

    OPENED = "opened", "opened"
    TAKEN = "taken", "taken in hand"
    ANSWERED = "answered", "answered"
    HANDED = "handed", "handed on"
    ESCALATED = "escalated", "escalated: the time was over"
    GONE = "gone", "the alarm went silent by itself"
    CLOSED = "closed", "closed"
