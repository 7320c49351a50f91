"""Refusals of the insights."""

from common.errors import Conflict, NotFound


class NoSuchReport(NotFound):
    """There is no such report, or the viewer may not see it."""

    code = "no_such_report"


class ReportedAlready(Conflict):
    """The same claim about the same customer waits already."""

    code = "reported_already"


class IllegalMove(Conflict):
    """The report does not stand where that move starts."""

    code = "illegal_move"


class NoSuchForecast(NotFound):
    """There is no such prediction, or the viewer may not see it."""

    code = "no_such_forecast"


class ForecastSettled(Conflict):
    """The prediction was measured or voided already."""

    code = "forecast_settled"
