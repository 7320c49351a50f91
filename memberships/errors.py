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


class UnknownEngine(Invalid):
    """A run was asked of an engine that the portal does not have."""

    code = "unknown_engine"


class EngineUnavailable(Conflict):
    """The engine is known, and what it needs is not installed or not reachable."""

    code = "engine_unavailable"


class NotRepeatable(Conflict):
    """What a run read is gone, or it never had a result: there is nothing to compare with."""

    code = "not_repeatable"


class BadExpression(Invalid):
    """An expression over segments cannot be read, or names what does not exist."""

    code = "bad_expression"


class ListNotFound(NotFound):
    """There is no list of that number."""

    code = "list_not_found"


class ListDiscarded(Conflict):
    """The list was discarded; its members are gone."""

    code = "list_discarded"


class ExportNotFound(NotFound):
    """There is no export of that number among those of the asker."""

    code = "export_not_found"


class ExportNotReady(Conflict):
    """The file is not written yet, or is gone."""

    code = "export_not_ready"


class HistoryGone(Conflict):
    """What a list was made of is no longer kept."""

    code = "history_gone"


class BadOptions(Invalid):
    """A run was asked for with options that no engine understands."""

    code = "bad_options"


class UnknownColumn(Invalid):
    """A file was asked for with a column that does not exist, or that the asker may not see."""

    code = "unknown_column"


class TooManyExports(Conflict):
    """One person has as many files under way as one may."""

    code = "too_many_exports"


class BadPeriod(Invalid):
    """A period was named that ends before it begins."""

    code = "bad_period"


class ShadowNotFound(NotFound):
    """There is no shadow of that number."""

    code = "shadow_not_found"


class ShadowEnded(Conflict):
    """The shadow has ended; start another one."""

    code = "shadow_ended"
