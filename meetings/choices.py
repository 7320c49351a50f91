"""The closed lists of meetings: how often, where a meeting stands, its items, and who is there."""

from django.db.models import TextChoices


class Cadence(TextChoices):
    """How often a series meets."""

    WEEKLY = "weekly", "Every week"
    FORTNIGHTLY = "fortnightly", "Every two weeks"
    MONTHLY = "monthly", "Every four weeks"


DAYS: dict[str, int] = {Cadence.WEEKLY: 7, Cadence.FORTNIGHTLY: 14, Cadence.MONTHLY: 28}
"""Days from one meeting of a series to the next."""


class MeetingState(TextChoices):
    """Where a meeting stands."""

    PLANNED = "planned", "Planned"
    OPEN = "open", "Open"
    CLOSED = "closed", "Closed"
    CANCELLED = "cancelled", "Cancelled"


class Lane(TextChoices):
    """Where an item stands on the agenda."""

    CONSENT = "consent", "Consent agenda"
    AGENDA = "agenda", "Agenda"


class ItemState(TextChoices):
    """What became of an item in the meeting."""

    PENDING = "pending", "Pending"
    DISCUSSED = "discussed", "Under discussion"
    DECIDED = "decided", "Decided"
    LEFT_OPEN = "left_open", "Left open"
    NOTED = "noted", "Noted"
    SKIPPED = "skipped", "Skipped"


class Presence(TextChoices):
    """Whether somebody is in the meeting."""

    PRESENT = "present", "Present"
    DELEGATE = "delegate", "Present for another"
    EXCUSED = "excused", "Excused"
    ABSENT = "absent", "Absent"


HERE: tuple[str, ...] = (Presence.PRESENT, Presence.DELEGATE)
"""Who is in the room."""
