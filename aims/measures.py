"""The arithmetic of aims: progress towards a target, priority by weighted inputs, return on effort; pure."""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

INPUTS = ("size", "value", "growth", "gap", "effort")
"""What a priority is made of; more of each ranks higher, but for effort, of which less does."""

USUAL_WEIGHTS: dict[str, float] = {"size": 20, "value": 30, "growth": 15, "gap": 25, "effort": 10}
USUAL_HOUR_COSTS = 50.0
_FALLING = frozenset({"effort"})


@dataclass(frozen=True)
class Part:
    """One input of a score: the raw value (None: not known), its points from 0 to 100, and its share of the score."""

    name: str
    value: float | None
    points: float | None
    weight: float


@dataclass(frozen=True)
class Score:
    """The priority of one segment: 0 to 100, None when none of its inputs is known; `parts` in the order of INPUTS."""

    value: float | None
    parts: tuple[Part, ...]

    @property
    def known_weight(self) -> float:
        """How much of all weights stands behind the score, 0 to 1."""
        whole = sum(part.weight for part in self.parts)
        return sum(part.weight for part in self.parts if part.points is not None) / whole if whole else 0.0


def scores(inputs: Mapping[str, Mapping[str, float | None]], weights: Mapping[str, float]) -> dict[str, Score]:
    """Segment -> score. `inputs` is segment -> input -> raw value in any unit; `weights` input -> number from 0.

    The points of an input are the share of the known values that this one beats, ties counting half: a rank, so that
    no unit and no outlier decides. An input that is not known is left out, and the others share its weight.
    """
    ranked = {name: sorted(v for row in inputs.values() if (v := row.get(name)) is not None) for name in INPUTS}
    return {segment: _score(row, ranked, weights) for segment, row in inputs.items()}


def _score(
    row: Mapping[str, float | None], ranked: Mapping[str, Sequence[float]], weights: Mapping[str, float]
) -> Score:
    parts = tuple(
        Part(name, row.get(name), _points(row.get(name), ranked[name], name in _FALLING), float(weights.get(name, 0)))
        for name in INPUTS
    )
    known = [part for part in parts if part.points is not None and part.weight > 0]
    whole = sum(part.weight for part in known)
    value = sum(part.weight * (part.points or 0.0) for part in known) / whole if whole else None
    return Score(value, parts)


def _points(value: float | None, ranked: Sequence[float], is_falling: bool) -> float | None:
    """100 for the best of all, 0 for the worst, 50 for the only one."""
    if value is None:
        return None
    if len(ranked) == 1:
        return 50.0
    below, upto = bisect_left(ranked, value), bisect_right(ranked, value)
    share = (below + (upto - below - 1) / 2) / (len(ranked) - 1)
    return 100.0 * ((1 - share) if is_falling else share)


def progress(baseline: float | None, target: float, actual: float | None) -> float | None:
    """How much of the way from baseline to target is done: 0 at the baseline, 1 at the target; None when not known.

    Right in both directions: an aim may be to raise a metric or to lower it.
    """
    if baseline is None or actual is None or baseline == target:
        return None
    return (actual - baseline) / (target - baseline)


def gap(done: float | None) -> float | None:
    """What is left of the way, from 0 (reached) to 1 (not begun, or worse than at the start)."""
    return None if done is None else min(1.0, max(0.0, 1.0 - done))


def pace(done: float | None, begun_on: date, target_on: date, today: date) -> str:
    """reached, on_course, behind, missed or unknown: the progress against the time that has gone by."""
    if done is None:
        return "unknown"
    if done >= 1:
        return "reached"
    if today > target_on:
        return "missed"
    whole = (target_on - begun_on).days
    gone = (today - begun_on).days / whole if whole > 0 else 1.0
    return "behind" if done < max(0.0, gone) - 0.1 else "on_course"


def returned(before: float, after: float, effort: float, *, falls: bool = False) -> float | None:
    """What the outcome moved per unit of effort, in the unit of the metric; for a metric that shall fall, a fall is a
    gain. None without effort."""
    if effort <= 0:
        return None
    return (before - after if falls else after - before) / effort


@dataclass(frozen=True)
class Mark:
    """One measured point of the chart, both coordinates from 0 to 100; y grows downwards as in SVG."""

    x: float
    y: float
    on: date
    value: float


@dataclass(frozen=True)
class Course:
    """The chart of an objective: its points, and where baseline and target lie."""

    marks: tuple[Mark, ...]
    line: str
    baseline_y: float | None
    target_y: float
    begins: date
    ends: date
    low: float
    high: float


def course(
    points: Sequence[tuple[date, float]], *, baseline: float | None, target: float, begins: date, ends: date
) -> Course:
    """The points (rising in time) placed between the first and the last day; the scale holds baseline and target."""
    first, last = min([begins, *(on for on, _ in points)]), max([ends, *(on for on, _ in points)])
    values = [target, *(value for _, value in points), *([] if baseline is None else [baseline])]
    low, high = min(values), max(values)
    margin = (high - low) * 0.1 or abs(high) * 0.1 or 1.0
    low, high = low - margin, high + margin
    days = max((last - first).days, 1)

    def height(value: float) -> float:
        return round(100 * (high - value) / (high - low), 2)

    marks = tuple(Mark(round(100 * (on - first).days / days, 2), height(value), on, value) for on, value in points)
    return Course(
        marks=marks,
        line=" ".join(f"{mark.x * 10:g},{mark.y:g}" for mark in marks),
        baseline_y=None if baseline is None else height(baseline),
        target_y=height(target),
        begins=first,
        ends=last,
        low=low,
        high=high,
    )
