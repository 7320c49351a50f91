"""Types, dimensions, sensitivities, grains, kinds of source, formats of file, states of imports and builds."""

from django.db import models


class AttributeType(models.TextChoices):
    NUMBER = "number", "Number"
    TEXT = "text", "Text"
    BOOLEAN = "boolean", "Yes or no"
    DATE = "date", "Date"
    TIMESTAMP = "timestamp", "Moment"
    ENUM = "enum", "Choice"
    SET = "set", "Set of texts"


ORDERED_TYPES = (AttributeType.NUMBER, AttributeType.DATE, AttributeType.TIMESTAMP)


class Dimension(models.TextChoices):
    BEHAVIORAL = "behavioral", "Behavioral"
    DEMOGRAPHIC = "demographic", "Demographic"
    TECHNOGRAPHIC = "technographic", "Technographic"
    VALUE = "value", "Value"


class Sensitivity(models.TextChoices):
    """In rising order: a change to an earlier one is a loosening."""

    PUBLIC = "public", "Public"
    INTERNAL = "internal", "Internal"
    PERSONAL = "personal", "Personal"
    SPECIAL = "special", "Special category"


class ChangeCause(models.TextChoices):
    """Why a customer's values changed."""

    DATA = "data", "Data changed"
    LATE = "late", "Late data"
    MERGE = "merge", "Customers merged"
    CORRECTION = "correction", "Correction"


class EventType(models.TextChoices):
    IDENTIFY = "identify", "Identify"
    TRACK = "track", "Track"
    PAGE = "page", "Page"
    SCREEN = "screen", "Screen"
    GROUP = "group", "Group"
    ALIAS = "alias", "Alias"


# The source of what is sent with a key that names none.
DEFAULT_SOURCE = "events"


class Grain(models.TextChoices):
    ACCOUNT = "account", "Account"
    CONTACT = "contact", "Contact"
    EVENT = "event", "Event"


class SourceKind(models.TextChoices):
    CRM = "crm", "CRM"
    MARKETING = "marketing", "Marketing automation"
    PRODUCT = "product", "Product telemetry"
    SUPPORT = "support", "Support tool"
    FILE = "file", "File"


class FileFormat(models.TextChoices):
    CSV = "csv", "CSV"
    JSONL = "jsonl", "JSON lines"
    PARQUET = "parquet", "Parquet"


class ImportState(models.TextChoices):
    PLANNED = "planned", "Planned"
    QUEUED = "queued", "Queued"
    RUNNING = "running", "Running"
    DONE = "done", "Done"
    FAILED = "failed", "Failed"
    CANCELLED = "cancelled", "Cancelled"


class BuildState(models.TextChoices):
    READY = "ready", "Ready"
    EXPIRED = "expired", "Expired"
