"""How much segments overlap: counts of all pairs, how alike two are, and how far that is from chance."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from pyroaring import BitMap


def shared_counts(members: Sequence[BitMap]) -> npt.NDArray[np.int64]:
    """n x n, symmetric: how many customers are in both of each pair; the sizes on the diagonal."""
    count = len(members)
    found = np.zeros((count, count), np.int64)
    for row, first in enumerate(members):
        found[row, row] = len(first)
        # Bound outside of the loop: with a hundred segments it runs 5,000 times.
        shared_with = first.intersection_cardinality
        found[row, row + 1 :] = [shared_with(second) for second in members[row + 1 :]]
    return found + np.triu(found, 1).T


@dataclass(frozen=True)
class Likeness:
    """Two segments of a population. `jaccard`: those in both by those in either, 0 to 1, None where both are empty;
    `expected`: how many would be in both if the two had nothing to do with each other; `association`: the correlation
    of being in the one and in the other, -1 to 1 (phi), None where one of them is everybody or nobody."""

    both: int
    jaccard: float | None
    expected: float
    association: float | None


def likeness(first: int, second: int, both: int, population: int) -> Likeness:
    """What `both` says about two segments of these sizes."""
    either = first + second - both
    association = float(
        associations(np.array([first, second]), np.array([[first, both], [both, second]]), population)[0, 1]
    )
    return Likeness(
        both=both,
        jaccard=both / either if either else None,
        expected=first * second / population if population else 0.0,
        association=None if np.isnan(association) else association,
    )


def associations(
    sizes: npt.NDArray[np.int64], shared: npt.NDArray[np.int64], population: int
) -> npt.NDArray[np.float64]:
    """n x n: the correlation of being in the one and in the other segment; NaN where one is everybody or nobody."""
    size = sizes.astype(np.float64)
    spread = np.sqrt(size) * np.sqrt(np.maximum(population - size, 0.0))
    product = np.outer(spread, spread)
    difference = shared.astype(np.float64) * population - np.outer(size, size)
    return np.divide(difference, product, out=np.full_like(product, np.nan), where=product > 0)
