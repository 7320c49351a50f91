"""How a rule would have behaved over past months: who flaps, how steady it is, and what band would calm it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from pyroaring import BitMap

FLAPPING = 0.10
CALMED = 0.5
_TRIES = tuple(step / 10 for step in range(1, 10))
Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Flaps:
    """Who was in, out and in again over months in their order, and how many were in at some time."""

    flapped: BitMap
    ever_in: int

    @property
    def rate(self) -> float:
        """The share of those ever in who flapped."""
        return len(self.flapped) / self.ever_in if self.ever_in else 0.0


@dataclass(frozen=True)
class Band:
    """Leaving only beyond `leave`, where entering needs `enter`: `rate` of flapping is left of `before`."""

    enter: float
    leave: float
    before: float
    rate: float


def flaps_of(months: Sequence[BitMap | None]) -> Flaps:
    """In-out-in over the months that are known; a month that is not known is no “out”."""
    gone, flapped, ever = BitMap(), BitMap(), BitMap()
    before = BitMap()
    for members in months:
        if members is None:
            continue
        flapped |= gone & members
        gone |= before - members
        ever |= members
        before = members
    return Flaps(flapped, len(ever))


def steadiness(months: Sequence[BitMap | None]) -> float | None:
    """The mean share of those in either of two months that follow each other who are in both; None without such a
    pair."""
    pairs = [
        (first, second)
        for first, second in pairwise(months)
        if first is not None and second is not None and (first or second)
    ]
    if not pairs:
        return None
    return sum(
        first.intersection_cardinality(second) / first.union_cardinality(second) for first, second in pairs
    ) / len(pairs)


def band_for(
    values: Sequence[Floats], others: Sequence[Mask], *, comparison: str, value: float, ever_in: int
) -> Band | None:
    """The narrowest of ten bands that at least halves the flapping of these customers; None where none does.

    `values`: per month the compared attribute of each customer who flaps (NaN where missing); `others`: whether all
    else in the rule holds for them. `comparison` is one of >, >=, <, <=, as the attribute is compared with `value`.
    """
    before = _flapping(values, others, comparison, value, value)
    if not before or comparison not in (">", ">=", "<", "<="):
        return None
    sign = -1.0 if comparison in (">", ">=") else 1.0
    short = np.concatenate(
        [np.abs(each[~_passes(each, comparison, value) & ~np.isnan(each)] - value) for each in values]
    )
    if not len(short):
        return None
    for share in _TRIES:
        width = _round_up(float(np.quantile(short, share)))
        left = _flapping(values, others, comparison, value, value + sign * width)
        if left <= CALMED * before:
            return Band(value, round(value + sign * width, 10), before / ever_in, left / ever_in)
    return None


def _flapping(values: Sequence[Floats], others: Sequence[Mask], comparison: str, enter: float, leave: float) -> int:
    size = len(values[0]) if values else 0
    inside, gone, flapped = (np.zeros(size, dtype=bool) for _ in range(3))
    for each, other in zip(values, others, strict=True):
        now = other & (_passes(each, comparison, enter) | (inside & _passes(each, comparison, leave)))
        flapped |= gone & now
        gone |= inside & ~now
        inside = now
    return int(flapped.sum())


def _passes(values: Floats, comparison: str, bound: float) -> Mask:
    with np.errstate(invalid="ignore"):
        compared = {">": values > bound, ">=": values >= bound, "<": values < bound, "<=": values <= bound}
    return np.asarray(compared[comparison], dtype=bool)


def _round_up(width: float) -> float:
    """The width to two digits, never below it."""
    if width <= 0:
        return 0.0
    unit = 10.0 ** (math.floor(math.log10(width)) - 1)
    return round(math.ceil(width / unit) * unit, 10)
