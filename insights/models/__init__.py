"""Tables of the insights."""

from insights.models.measure import SegmentMeasure

__all__ = ["SegmentMeasure"]
