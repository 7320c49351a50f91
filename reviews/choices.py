"""The closed lists of reviews: kinds, subject types, states, verdicts and the results of checks."""

from django.db.models import TextChoices


class Kind(TextChoices):
    """What a request asks for."""

    CREATE = "create", "Create"
    CHANGE = "change", "Change"
    RENAME = "rename", "Rename"
    MOVE = "move", "Move"
    REVERT = "revert", "Go back to an earlier version"
    RETIRE = "retire", "Retire"
    SPLIT = "split", "Split"
    MERGE = "merge", "Merge"
    DEPRECATE = "deprecate", "Deprecate"
    REORGANISE = "reorganise", "Re-organise"
    SWAP = "swap", "Swap the source of an attribute"


WHOLE_KINDS: tuple[str, ...] = (Kind.RETIRE, Kind.SPLIT, Kind.MERGE, Kind.DEPRECATE, Kind.REORGANISE, Kind.SWAP)
"""What they propose is no content of one thing, field by field; it is taken or left as a whole."""


ENDING: tuple[str, ...] = (Kind.RETIRE, Kind.SPLIT, Kind.MERGE, Kind.DEPRECATE)
"""Kinds after which nothing new rests on what they were about."""


REGROUPING: tuple[str, ...] = (Kind.SPLIT, Kind.MERGE, Kind.REORGANISE, Kind.SWAP)
"""Operations on several segments at once."""


class SubjectType(TextChoices):
    """What a request is about."""

    SEGMENT = "segment", "Segment"
    PLAYBOOK = "playbook", "Playbook"
    BRIEF = "brief", "Brief"
    ATTRIBUTE = "attribute", "Attribute"
    TERM = "term", "Glossary term"
    METRIC = "metric", "Metric definition"
    GUIDELINE = "guideline", "Ethics guideline"
    OBJECTIVE = "objective", "Objective"
    JOURNEY = "journey", "Customer journey"
    BOARD = "board", "Board and its policy"


USUAL_TYPES: tuple[str, ...] = tuple(value for value in SubjectType.values if value != SubjectType.BOARD)
"""What a board decides about unless it says otherwise: everything but boards, which must be named."""


class State(TextChoices):
    """Where a request stands."""

    DRAFT = "draft", "Draft"
    IN_REVIEW = "in_review", "In review"
    CHANGES_REQUESTED = "changes_requested", "Changes requested"
    APPROVED = "approved", "Approved"
    STALE = "stale", "Stale"
    APPLIED = "applied", "Applied"
    REJECTED = "rejected", "Rejected"
    WITHDRAWN = "withdrawn", "Withdrawn"
    EXPIRED = "expired", "Expired"


DECIDED: tuple[str, ...] = (State.APPLIED, State.REJECTED, State.WITHDRAWN, State.EXPIRED)
"""States that nothing leaves."""

OPEN: tuple[str, ...] = tuple(state for state in State.values if state not in DECIDED)


class Verdict(TextChoices):
    """What a board member says about one revision."""

    APPROVE = "approve", "Approve"
    REQUEST_CHANGES = "request_changes", "Request changes"
    REJECT = "reject", "Reject"
    ABSTAIN = "abstain", "Abstain"


class AsideKind(TextChoices):
    """Why a person stands aside from a request."""

    CONFLICT = "conflict", "Conflict of interest"
    RECUSAL = "recusal", "Recused"


class SuggestionState(TextChoices):
    """What became of a suggestion."""

    OPEN = "open", "Open"
    TAKEN = "taken", "Taken"
    DECLINED = "declined", "Declined"
    OUTDATED = "outdated", "Outdated"


class AssumptionReview(TextChoices):
    """Where the review of an assumption that failed stands."""

    NONE = "none", "Holds"
    OPEN = "open", "To be looked at"
    CLOSED = "closed", "Looked at"


class RetroState(TextChoices):
    """Where the review of an emergency stands."""

    NONE = "none", "Not used"
    OWED = "owed", "Owed"
    HELD = "held", "Held"


CONFIRMED, NOT_CONFIRMED = "confirmed", "not_confirmed"
"""How the review of an emergency may end."""


class CheckStatus(TextChoices):
    """How a check ended. `not_run` is never shown as a pass."""

    PASS = "pass", "Passed"
    WARN = "warn", "Look at this"
    FAIL = "fail", "Failed"
    NOT_RUN = "not_run", "Not run"


class RejectOn(TextChoices):
    """When rejections end a request."""

    ANY = "any", "One rejection ends the request"
    IMPOSSIBLE = "impossible", "A request ends when the approvals can no longer be reached"


EXPIRES_DAYS = 30
"""Days in review after which a request expires, unless the board says otherwise."""
