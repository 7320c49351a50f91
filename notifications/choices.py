"""The closed lists of notifications: what people are told of, how mail goes out, and the rooms of other programs."""

from django.db.models import TextChoices


class Kind(TextChoices):
    """What a notification is about."""

    VOTE_WANTED = "vote_wanted", "Your vote is wanted"
    REMINDER = "reminder", "Reminder"
    ESCALATED = "escalated", "Escalated"
    CHANGED = "changed", "Changed since your vote"
    DECIDED = "decided", "Decided"
    APPLIED = "applied", "Took effect"
    STALE = "stale", "Turned stale"
    DELEGATION = "delegation", "Seats and delegations"
    EMERGENCY = "emergency", "Emergency"
    RETRO_DUE = "retro_due", "Review of an emergency"
    FREEZE = "freeze", "Freeze"
    ALERT = "alert", "Alert"
    FINDING = "finding", "Finding"
    REVIEW_DUE = "review_due", "Review due"
    RITUAL = "ritual", "Ritual"
    SIGNATURE_WANTED = "signature_wanted", "Your signature is wanted"
    MEETING = "meeting", "Meeting"


class MailMode(TextChoices):
    """When a kind of notification reaches somebody by mail."""

    AT_ONCE = "at_once", "At once"
    DAILY = "daily", "In the daily digest"
    NEVER = "never", "Only in the portal"


IN_DIGEST: frozenset[str] = frozenset(
    {Kind.REMINDER, Kind.APPLIED, Kind.ALERT, Kind.FINDING, Kind.REVIEW_DUE, Kind.RITUAL}
)
"""Kinds that go into the daily digest unless the person says otherwise; all others go at once."""


class Delivery(TextChoices):
    """Where one message to the outside stands."""

    NONE = "none", "Not to be sent"
    WAITING = "waiting", "Waiting"
    SENDING = "sending", "Being sent"
    SENT = "sent", "Sent"
    GIVEN_UP = "given_up", "Given up"


class Platform(TextChoices):
    """The program a room is in."""

    SLACK = "slack", "Slack"
    TEAMS = "teams", "Microsoft Teams"


def default_mode(kind: str) -> str:
    """How a kind reaches people who said nothing about it."""
    return str(MailMode.DAILY if kind in IN_DIGEST else MailMode.AT_ONCE)
