"""How many pass a comparison for each of many bounds, from one look at every row."""

from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[Any]


def passing(values: Rows, bounds: Rows, comparison: str, where_true: Floats, where_false: Floats) -> Floats:
    """For each bound the sum of `where_true` over the rows whose value passes and of `where_false` over the others.

    `values` and `bounds` are of one dtype without missing values; `bounds` rise strictly. The answer for bound b is
    that of comparing each row with b: value comparison b.
    """
    if comparison in ("=", "<>"):
        return _equal(values, bounds, comparison, where_true, where_false)
    # Bin k holds the values that reach exactly the first k bounds (>= and <), or are beyond them (> and <=).
    bins = np.searchsorted(bounds, values, side="right" if comparison in (">=", "<") else "left")
    upper, lower = (where_true, where_false) if comparison in (">=", ">") else (where_false, where_true)
    above = _per_bin(bins, upper, len(bounds) + 1)
    below = _per_bin(bins, lower, len(bounds) + 1)
    reached: Floats = np.cumsum(above[::-1])[::-1][1:] + np.cumsum(below)[:-1]
    return reached


def _per_bin(bins: Rows, weights: Floats, size: int) -> Floats:
    return np.bincount(bins, weights=weights, minlength=size).astype(np.float64)


def _equal(values: Rows, bounds: Rows, comparison: str, where_true: Floats, where_false: Floats) -> Floats:
    """The same for equality: only the rows that hit a bound answer differently there."""
    position = np.minimum(np.searchsorted(bounds, values), len(bounds) - 1)
    hits = bounds[position] == values
    hit, missed = (where_true, where_false) if comparison == "=" else (where_false, where_true)
    differing = _per_bin(position[hits], (hit - missed)[hits], len(bounds))
    found: Floats = differing + missed.sum()
    return found
