"""What a report claims, and where it stands."""

from django.db.models import TextChoices


class Claim(TextChoices):
    SHOULD_BE_IN = "in", "Should be in"
    SHOULD_NOT_BE_IN = "out", "Should not be in"


class ReportState(TextChoices):
    OPEN = "open", "Open"
    ACCEPTED = "accepted", "Accepted"
    REFUSED = "refused", "Refused"
    FIXED = "fixed", "Fixed"
