"""The words for kinds, states, triggers and causes of runs and changes."""

from django.db.models import TextChoices


class RunKind(TextChoices):
    FULL = "full", "All segments"
    PARTIAL = "partial", "Some segments"
    MICRO = "micro", "Changed customers"
    REPEAT = "repeat", "Repetition of a run"


class RunState(TextChoices):
    QUEUED = "queued", "Queued"
    RUNNING = "running", "Running"
    SUCCEEDED = "succeeded", "Succeeded"
    FAILED = "failed", "Failed"
    CANCELLED = "cancelled", "Cancelled"
    SUPERSEDED = "superseded", "Superseded"


class Trigger(TextChoices):
    VERSION = "version", "A version took effect"
    IMPORT = "import", "An import finished"
    SCHEDULE = "schedule", "The schedule"
    PERSON = "person", "A person asked"
    PROFILES = "profiles", "Customers changed"


class Phase(TextChoices):
    WAITING = "", "Waiting"
    BUILDING = "building", "Reading the customers"
    EVALUATING = "evaluating", "Evaluating the rules"
    PUBLISHING = "publishing", "Comparing and publishing"


class Cause(TextChoices):
    FIRST = "first", "First computation"
    DATA = "data", "Data changed"
    RULE = "rule", "Rule changed"
    RETIRED = "retired", "Segment retired"
    TIME = "time", "Time passed"
    LATE = "late", "Late data"
    MERGE = "merge", "Customers merged"
    CORRECTION = "correction", "Correction"


class ShardState(TextChoices):
    WAITING = "waiting", "Waiting"
    RUNNING = "running", "Running"
    DONE = "done", "Done"


class ExportState(TextChoices):
    QUEUED = "queued", "Queued"
    RUNNING = "running", "Running"
    DONE = "done", "Ready"
    FAILED = "failed", "Failed"
    CANCELLED = "cancelled", "Cancelled"
    EXPIRED = "expired", "Expired"


class FileFormat(TextChoices):
    CSV = "csv", "CSV"
    PARQUET = "parquet", "Parquet"


class Freshness(TextChoices):
    FRESH = "fresh", "Up to date"
    STALE = "stale", "Out of date"
    NOT_COMPUTED = "not_computed", "Not computed yet"
