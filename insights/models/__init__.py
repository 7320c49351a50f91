"""Tables of the insights."""

from insights.models.forecast import Forecast
from insights.models.report import MisclassificationReport

__all__ = ["Forecast", "MisclassificationReport"]
