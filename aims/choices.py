"""The closed lists of aims: states of journeys, origins of actuals, kinds of effort and of use."""

from django.db.models import TextChoices


class JourneyStatus(TextChoices):
    """Where a journey stands."""

    ACTIVE = "active", "Active"
    RETIRED = "retired", "Retired"


class VersionState(TextChoices):
    """Where a version of a journey stands."""

    ACTIVE = "active", "Active"
    SUPERSEDED = "superseded", "Superseded"
    RETIRED = "retired", "Retired"


class Channel(TextChoices):
    """Where a company and its customers meet."""

    STORE = "store", "Store"
    WEB = "web", "Website"
    APP = "app", "App"
    EMAIL = "email", "E-mail"
    MAIL = "mail", "Mail"
    PHONE = "phone", "Phone"
    MESSAGE = "message", "Text message"
    SOCIAL = "social", "Social media"
    VISIT = "visit", "Visit"
    PARTNER = "partner", "Partner"
    SERVICE = "service", "Service desk"
    AD = "ad", "Advertising"


class Origin(TextChoices):
    """Where the actual of an objective comes from."""

    MEASURED = "measured", "Measured from data"
    ENTERED = "entered", "Entered by hand"


class EffortKind(TextChoices):
    """What was spent on a segment."""

    HOURS = "hours", "Hours of work"
    MONEY = "money", "Money"


class UsageKind(TextChoices):
    """How a segment was used."""

    VIEW = "view", "Page opened"
    PLAYBOOK = "playbook", "Playbook opened"
    TRAINING = "training", "Training opened"
    LOOKUP = "lookup", "Members read by people or programs"
    EXPORT = "export", "Members exported"
    ACTIVATION = "activation", "Asked for by a program"


UNUSED_DAYS = 60
"""Days without any use after which a segment is listed as unused, unless the reader asks for another number."""
