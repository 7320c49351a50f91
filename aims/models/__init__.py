"""The tables of aims: journeys, actuals, priorities, efforts, usage, releases."""

from aims.models.actual import Actual
from aims.models.journey import Journey, JourneyVersion
from aims.models.priority import Effort, Weights
from aims.models.release import Receipt, Release, WinResult
from aims.models.usage import UsageDay

__all__ = [
    "Actual",
    "Effort",
    "Journey",
    "JourneyVersion",
    "Receipt",
    "Release",
    "UsageDay",
    "Weights",
    "WinResult",
]
