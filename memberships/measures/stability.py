"""How steady the members of a segment are: churn, flapping, and how far a distribution has moved."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt
from pyroaring import BitMap

# Below the first bound an index is calm, from the second on it is a warning.
CHURN_BOUNDS = (0.10, 0.30)
FLAP_BOUNDS = (0.02, 0.10)
PSI_BOUNDS = (0.10, 0.25)
FLAP_DAYS = 30
_BINS = 10
# An empty bin would make the index infinite; half a customer stands in for nobody.
_HALF = 0.5


@dataclass(frozen=True, slots=True)
class DayMoves:
    """Who entered and who left by one change, and on which day."""

    day: date
    entered: BitMap
    left: BitMap


@dataclass(frozen=True, slots=True)
class Flapping:
    """Who was in, out and in again within 30 days, among all who were in at some time."""

    flapped: int
    ever_in: int

    @property
    def rate(self) -> float:
        return self.flapped / self.ever_in if self.ever_in else 0.0


def churn(entered: int, left: int, size_before: int, size_after: int) -> float | None:
    """Moves in and out as a share of the mean size of the period; None where nobody was in."""
    mean = (size_before + size_after) / 2
    return (entered + left) / mean if mean else None


def flapping(before: BitMap, moves: Iterable[DayMoves], *, days: int = FLAP_DAYS) -> Flapping:
    """Those who left and were back within so many days. `before`: who was in at the beginning; `moves` in order."""
    gone: dict[date, BitMap] = {}
    flapped, ever = BitMap(), before.copy()
    for move in moves:
        for day in [day for day in gone if day < move.day - timedelta(days=days)]:
            del gone[day]
        if move.entered:
            for left in gone.values():
                flapped |= left & move.entered
            ever |= move.entered
        if move.left:
            gone[move.day] = gone.get(move.day, BitMap()) | move.left
    return Flapping(len(flapped), len(ever))


def psi(before: Sequence[float], after: Sequence[float]) -> float | None:
    """The population stability index between two counts by the same bins: 0 where the shares are equal, 0.25 and more
    where a distribution has become another. None where either counts nobody."""
    if not sum(before) or not sum(after):
        return None
    old = _shares(before)
    new = _shares(after)
    return float(sum((q - p) * math.log(q / p) for p, q in zip(old, new, strict=True)))


def _shares(counts: Sequence[float]) -> list[float]:
    filled = [count or _HALF for count in counts]
    return [count / sum(filled) for count in filled]


def psi_of_share(size_before: int, whole_before: int, size_after: int, whole_after: int) -> float | None:
    """The index of being in the segment or not."""
    return psi(
        [size_before, max(0, whole_before - size_before)],
        [size_after, max(0, whole_after - size_after)],
    )


def psi_of_values(before: npt.NDArray[np.float64], after: npt.NDArray[np.float64]) -> float | None:
    """The index of a value over tenths of the earlier members; missing values (NaN) are a bin of their own."""
    known = before[~np.isnan(before)]
    if not len(known) or not len(after):
        return None
    edges = np.unique(np.quantile(known, np.linspace(0, 1, _BINS + 1)[1:-1]))
    return psi(_binned(before, edges), _binned(after, edges))


def _binned(values: npt.NDArray[np.float64], edges: npt.NDArray[np.float64]) -> list[float]:
    known = values[~np.isnan(values)]
    counts = np.bincount(np.searchsorted(edges, known, side="left"), minlength=len(edges) + 1)
    return [float(count) for count in counts] + [float(len(values) - len(known))]


def verdict(value: float | None, bounds: tuple[float, float]) -> str:
    """calm, moving or restless; unknown without a value."""
    if value is None:
        return "unknown"
    return "calm" if value < bounds[0] else "moving" if value < bounds[1] else "restless"
