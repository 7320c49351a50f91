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


class SubjectType(TextChoices):
    """What a request is about."""

    SEGMENT = "segment", "Segment"
    PLAYBOOK = "playbook", "Playbook"
    BRIEF = "brief", "Brief"
    ATTRIBUTE = "attribute", "Attribute"


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
