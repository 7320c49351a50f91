"""Measures: of a segment's membership from counts, of predictions against what came, of how quickly boards decide."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from math import sqrt

STATED_CONFIDENCE = 0.8
"""What an interval of a prediction claims: that the actual value lies inside in eight of ten cases."""


def churn(entered: int, left: int, size: int) -> float | None:
    """Share of the membership that moved in a period: (entered + left) / (size before).

    `size` is the size afterwards; None where there were no members before.
    """
    before = size - entered + left
    return (entered + left) / before if before > 0 else None


def share(size: int, whole: int) -> float | None:
    """Part of the whole, None when the whole is empty."""
    return size / whole if whole > 0 else None


def per_thousand(count: int, members: int | None) -> float | None:
    """How many of something for each 1,000 members; None without members."""
    return 1000 * count / members if members else None


def verdict_of(low: float, high: float, actual: float) -> str:
    """Where the actual value fell: below, inside (the ends count) or above."""
    if actual < low:
        return "below"
    return "above" if actual > high else "inside"


def interval_score(low: float, high: float, actual: float, confidence: float = STATED_CONFIDENCE) -> float:
    """The interval score (Winkler 1972), relative to the actual's size: width plus a penalty for what lies outside.

    Smaller is better; a wide interval costs its width, a narrow wrong one costs more. Unit: parts of the actual value
    (or of the interval's largest end where the actual is 0).
    """
    outside = max(low - actual, actual - high, 0.0)
    score = (high - low) + 2 / (1 - confidence) * outside
    scale = abs(actual) or max(abs(low), abs(high)) or 1.0
    return score / scale


@dataclass(frozen=True)
class Forecasted:
    """One prediction with what came of it."""

    low: float
    expected: float
    high: float
    actual: float


@dataclass(frozen=True)
class Calibration:
    """How well somebody's intervals hold: shares of 1, `bias` in parts of the actual (above 0: too optimistic).

    `lowest` and `highest` are the ends of a 95 % Wilson interval of `hit_rate`: with few predictions it is wide.
    """

    count: int
    hit_rate: float
    lowest: float
    highest: float
    bias: float
    error: float
    score: float

    @property
    def words(self) -> str:
        """The judgement in words; with few predictions none is given."""
        if self.count < 5:
            return "too few to judge"
        if self.highest < STATED_CONFIDENCE:
            return "overconfident: reality falls outside too often"
        if self.lowest > STATED_CONFIDENCE:
            return "careful: the intervals could be narrower"
        return "well calibrated"


def calibration(found: Sequence[Forecasted]) -> Calibration | None:
    """The calibration over all of them, None without any."""
    if not found:
        return None
    hits = sum(verdict_of(each.low, each.high, each.actual) == "inside" for each in found)
    lowest, highest = wilson(hits, len(found))
    errors = [(each.expected - each.actual) / (abs(each.actual) or 1.0) for each in found]
    return Calibration(
        count=len(found),
        hit_rate=hits / len(found),
        lowest=lowest,
        highest=highest,
        bias=sum(errors) / len(errors),
        error=sum(abs(error) for error in errors) / len(errors),
        score=sum(interval_score(each.low, each.high, each.actual) for each in found) / len(found),
    )


def wilson(hits: int, count: int, z: float = 1.96) -> tuple[float, float]:
    """The Wilson interval of a share (Wilson 1927): ends between 0 and 1."""
    if count == 0:
        return 0.0, 1.0
    rate = hits / count
    middle = (rate + z * z / (2 * count)) / (1 + z * z / count)
    half = z / (1 + z * z / count) * sqrt(rate * (1 - rate) / count + z * z / (4 * count * count))
    return max(0.0, middle - half), min(1.0, middle + half)


def quantile(values: Sequence[float], part: float) -> float | None:
    """The value below which `part` of the values lie, between neighbours in proportion; None without values."""
    if not values:
        return None
    ranked = sorted(values)
    at = part * (len(ranked) - 1)
    below = int(at)
    above = min(below + 1, len(ranked) - 1)
    return ranked[below] + (ranked[above] - ranked[below]) * (at - below)


@dataclass(frozen=True)
class StageTime:
    """One stage of the way of a request: how many passed it, seconds at the median and in nine of ten cases, and its
    part of the whole time of all of them."""

    name: str
    count: int
    median_seconds: float | None
    slow_seconds: float | None
    share: float


def stage_times(spans: Mapping[str, Sequence[timedelta]]) -> list[StageTime]:
    """The stages in the given order; the shares add up to 1 where any time passed."""
    whole = sum((span.total_seconds() for found in spans.values() for span in found), 0.0)
    times = []
    for name, found in spans.items():
        seconds = [span.total_seconds() for span in found]
        share_of = sum(seconds) / whole if whole else 0.0
        times.append(StageTime(name, len(seconds), quantile(seconds, 0.5), quantile(seconds, 0.9), share_of))
    return times


def bottleneck(stages: Sequence[StageTime]) -> StageTime | None:
    """The stage in which most of the time passes; None where no time passed."""
    taken = [stage for stage in stages if stage.share > 0]
    return max(taken, key=lambda stage: stage.share) if taken else None
