"""Geometry of the small figures that pages draw as SVG: in percent or on a grid of 1,000 by 100, baseline at zero."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

GRID_WIDTH = 1000
GRID_HEIGHT = 100


@dataclass(frozen=True)
class Mark:
    """One point of a line: `x` and `y` in percent from the upper left; `label_side` keeps words inside the frame."""

    x: float
    y: float
    at: datetime
    value: float
    note: str
    label_side: str


@dataclass(frozen=True)
class Line:
    """A drawn line: points for a polyline on the grid, its marks, and ticks as (percent from the top, value)."""

    points: str
    area: str
    marks: tuple[Mark, ...]
    ticks: tuple[tuple[float, float], ...]


def percent(part: float, whole: float) -> float:
    """`part` of `whole` between 0 and 100; 0 when there is no whole."""
    return round(min(100.0, max(0.0, 100.0 * part / whole)), 2) if whole > 0 else 0.0


def nice_ceiling(value: float) -> float:
    """The next round number (1, 2, 2.5, 4, 5 or 8 times a power of ten) that is not below `value`; 1 for nothing."""
    if value <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(value))
    return next(step * power for step in (1, 2, 2.5, 4, 5, 8, 10) if step * power >= value * (1 - 1e-9))


def _step_points(xs: Sequence[float], ys: Sequence[float]) -> str:
    return " ".join(f"{x:.1f},{y:.2f}" for x, y in zip(xs, ys, strict=True))


def spark(values: Sequence[float]) -> str:
    """The points of a polyline on the grid for values at equal distances, the baseline at zero."""
    if not values:
        return ""
    top = max(*values, 0) or 1
    gap = GRID_WIDTH / max(1, len(values) - 1)
    ys = [GRID_HEIGHT - 4 - (GRID_HEIGHT - 8) * max(0.0, v) / top for v in values]
    if len(values) == 1:
        return _step_points([0, GRID_WIDTH], [ys[0], ys[0]])
    return _step_points([gap * i for i in range(len(values))], ys)


def _field(point: object, name: str) -> Any:
    return point.get(name) if isinstance(point, Mapping) else getattr(point, name, None)


@dataclass(frozen=True)
class Bar:
    """One bar on the grid: `x` and `width` in thousandths, `y` and `height` in percent from the top."""

    x: float
    width: float
    y: float
    height: float
    low: str
    high: str
    value: float


def bars(steps: Sequence[tuple[str, str, float]]) -> tuple[tuple[Bar, ...], tuple[tuple[float, float], ...]]:
    """Bars of equal width for (low, high, value), and ticks as (percent from the top, value); the baseline at zero."""
    top = nice_ceiling(max((value for _, _, value in steps), default=0))
    slot = GRID_WIDTH / max(1, len(steps))
    drawn = []
    for position, (low, high, value) in enumerate(steps):
        # A sliver of something must not look like nothing.
        height = round(max(100 * value / top, 1.0), 2) if value else 0.0
        drawn.append(
            Bar(round(position * slot + slot * 0.04, 2), round(slot * 0.92, 2), 100 - height, height, low, high, value)
        )
    return tuple(drawn), tuple((100 - 100 * share, top * share) for share in (0, 0.5, 1))


def line(points: Sequence[object]) -> Line:
    """A line over time for points with `at`, `value` and an optional `note`; time runs true to scale."""
    rows = sorted(
        ((_field(p, "at"), float(_field(p, "value") or 0), str(_field(p, "note") or "")) for p in points),
        key=lambda r: r[0],
    )
    top = nice_ceiling(max((value for _, value, _ in rows), default=0))
    ticks = tuple((100 - 100 * share, top * share) for share in (0, 0.5, 1))
    if not rows:
        return Line("", "", (), ticks)
    first, last = rows[0][0], rows[-1][0]
    span = (last - first).total_seconds()
    marks = []
    for at, value, note in rows:
        x = 100 * (at - first).total_seconds() / span if span else 50.0
        side = "start" if x < 12 else "end" if x > 88 else "middle"
        marks.append(Mark(round(x, 2), round(100 - 100 * value / top, 2), at, value, note, side))
    xs, ys = [m.x * 10 for m in marks], [m.y for m in marks]
    area = f"{xs[0]:.1f},100 {_step_points(xs, ys)} {xs[-1]:.1f},100"
    return Line(_step_points(xs, ys), area, tuple(marks), ticks)
