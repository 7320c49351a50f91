"""Refusals of memberships."""

from common.errors import Conflict, Invalid, NotFound


class RunNotFound(NotFound):
    """There is no run of that number."""

    code = "run_not_found"


class RunEnded(Conflict):
    """The run has ended; it cannot be cancelled."""

    code = "run_ended"


class RunNotRetriable(Conflict):
    """Only a run that failed or was cancelled can be requested again from its page."""

    code = "run_not_retriable"


class UnknownSegments(Invalid):
    """A run was asked for segments that do not exist or are not active."""

    code = "unknown_segment"


class NotComputed(Conflict):
    """The segment's members have not been computed (at that time)."""

    code = "not_computed"


class MomentInFuture(Invalid):
    """A membership was asked for an instant that has not come yet."""

    code = "moment_in_future"


class UnknownPurpose(Invalid):
    """A purpose was named that no attribute of the catalogue declares."""

    code = "unknown_purpose"
