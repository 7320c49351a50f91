"""What a report claims and where it stands; what is predicted and what came of it."""

from django.db.models import TextChoices


class Claim(TextChoices):
    SHOULD_BE_IN = "in", "Should be in"
    SHOULD_NOT_BE_IN = "out", "Should not be in"


class ReportState(TextChoices):
    OPEN = "open", "Open"
    ACCEPTED = "accepted", "Accepted"
    REFUSED = "refused", "Refused"
    FIXED = "fixed", "Fixed"


class Measure(TextChoices):
    SIZE = "size", "Size"
    VALUE = "value", "Value"
    OUTCOME = "outcome", "Outcome"


class ForecastState(TextChoices):
    WAITING = "waiting", "Waits for its day"
    OWED = "owed", "A verdict is owed"
    MEASURED = "measured", "Measured"
    VOID = "void", "Cannot be measured"
