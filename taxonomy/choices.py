"""The closed lists of the taxonomy: tiers, states and the kinds of objectives and decisions."""

from django.db.models import TextChoices


class Tier(TextChoices):
    """How broad a segment is meant to be, from the whole market to one persona; declared from broad to narrow."""

    MARKET = "market", "Market"
    SEGMENT = "segment", "Segment"
    SUB_SEGMENT = "sub_segment", "Sub-segment"
    PERSONA = "persona", "Persona"


TIER_DEPTHS: dict[str, int] = {tier.value: depth for depth, tier in enumerate(Tier)}


class DefinitionType(TextChoices):
    """The kinds of governed words."""

    TERM = "term", "Term"
    METRIC = "metric", "Metric"
    GUIDELINE = "guideline", "Guideline"


class SegmentStatus(TextChoices):
    """Where a segment stands: born with its first version, tried out, in use, or put away for good."""

    PROPOSED = "proposed", "Proposed"
    PILOT = "pilot", "Pilot"
    ACTIVE = "active", "Active"
    DEPRECATED = "deprecated", "Deprecated"
    RETIRED = "retired", "Retired"


IN_USE: tuple[str, ...] = (SegmentStatus.PILOT, SegmentStatus.ACTIVE, SegmentStatus.DEPRECATED)
"""States in which a segment has a version in force and members."""


class Pilot(TextChoices):
    """How far a segment that is being tried out reaches; a version without one is in full use."""

    CLOSED = "closed", "Pilot: people see its members, other programs do not get them"
    OPEN = "open", "Pilot: other programs get its members too"


class VersionState(TextChoices):
    """Where a version stands: the one in force, replaced by a later one, or ended with its segment."""

    ACTIVE = "active", "Active"
    SUPERSEDED = "superseded", "Superseded"
    RETIRED = "retired", "Retired"


class EnactmentKind(TextChoices):
    """What an approved decision did to a segment."""

    CREATE = "create", "Created"
    CHANGE = "change", "Changed"
    MOVE = "move", "Moved"
    RENAME = "rename", "Renamed"
    REVERT = "revert", "Reverted"
    RETIRE = "retire", "Retired"
    SPLIT = "split", "Split"
    MERGE = "merge", "Merged"
    DEPRECATE = "deprecate", "Deprecated"


class ObjectiveKind(TextChoices):
    """The business aims that an objective may serve."""

    SHARE_OF_WALLET = "share_of_wallet", "Share of wallet"
    ONBOARDING = "onboarding", "Faster onboarding"
    LIFETIME_VALUE = "lifetime_value", "Lifetime value"
    CONVERSION = "conversion", "Conversion"
    SALES_CYCLE = "sales_cycle", "Sales-cycle length"
    ADOPTION = "adoption", "Product adoption"
    RETENTION = "retention", "Retention"
    REVENUE = "revenue", "Revenue"
    ADVOCACY = "advocacy", "Advocacy"


class MeasureKind(TextChoices):
    """How the actual of an objective is measured over the members of a segment."""

    SIZE = "size", "Number of members"
    SHARE = "share", "Members as a share of the segment above, in %"
    MEAN = "mean", "Mean of an attribute over the members"
    SUM = "sum", "Sum of an attribute over the members"


class ChangeWord(TextChoices):
    """What happened to an objective."""

    DEFINED = "defined", "defined"
    CHANGED = "changed", "changed"
    REVERTED = "reverted", "took back to an earlier version"
    RETIRED = "retired", "retired"


class SignatureWord(TextChoices):
    """What a function did about an objective."""

    SIGNED = "signed", "signed"
    WITHDREW = "withdrew", "withdrew the signature under"


class ProofQuestion(TextChoices):
    """What is asked about the rules in force."""

    EXCLUSIVE = "exclusive", "No customer is in both"
    COVERING = "covering", "Everybody of the parent is in a child"
    EQUAL = "equal", "Both mean the same"
    FINDINGS = "findings", "Nothing is wrong with the rule"


class ProofVerdict(TextChoices):
    """What came of a question. Undecided is never a pass."""

    PROVED = "proved", "Proved"
    REFUTED = "refuted", "Refuted"
    UNDECIDED = "undecided", "Undecided"


class ProofBasis(TextChoices):
    """What an answer stands on."""

    LOGIC = "logic", "Holds for every possible customer"
    CUSTOMERS = "customers", "Seen on real customers"


class SweepState(TextChoices):
    """Where a round of proofs over the whole taxonomy stands."""

    QUEUED = "queued", "Queued"
    RUNNING = "running", "Running"
    DONE = "done", "Done"
    SUPERSEDED = "superseded", "Superseded"
    FAILED = "failed", "Failed"


COMPLEXITY_BUDGET = {"clauses": 12, "depth": 4, "attributes": 8}
"""What people can still read: beyond it a rule is accepted with a warning."""
