"""Tables of the insights."""

from insights.models.report import MisclassificationReport

__all__ = ["MisclassificationReport"]
