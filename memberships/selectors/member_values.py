"""What a number attribute amounts to over the members of segments, and how large segments were before."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import polars as pl

from memberships.selectors.builds import readable_build
from memberships.selectors.reading import current_positions, members_at, stood_at

SMALL_GROUP = 5
"""Fewer values than this are not summed up: they could point at persons."""


@dataclass(frozen=True)
class MemberValue:
    """An attribute over the members of one segment: how many hold a value, of how many, and what they sum up to."""

    members: int
    known: int
    total: float
    build_number: int
    as_of: datetime

    @property
    def mean(self) -> float | None:
        """The mean of those that are known; None where they are too few to be shown."""
        return self.total / self.known if self.known >= SMALL_GROUP else None


def member_values(keys: Iterable[str], attribute: str) -> dict[str, MemberValue]:
    """The attribute over the present members of each segment that was computed, on the newest build.

    Raises NotComputed while there is no build. Values that customers do not hold count for nothing.
    """
    build = readable_build()
    values = _column(build.pk, attribute)
    positions = current_positions(list(keys))
    members = members_at(positions.values())
    found = {}
    for key, position in positions.items():
        known, total, size = _summed(values, members[position.segment_id])
        found[key] = MemberValue(size, known, total, build.number, build.as_of)
    return found


def sizes_at(at: datetime, keys: Sequence[str]) -> dict[str, int]:
    """How many were in each segment at the instant; those that were not computed then are left out."""
    return {key: int(stood.change.size) for key, stood in stood_at(at, keys).items()}


def _summed(values: npt.NDArray[np.float64], members: Iterable[int]) -> tuple[int, float, int]:
    ordinals = np.fromiter(members, np.int64)
    held = values[ordinals[ordinals < len(values)]]
    known = held[~np.isnan(held)]
    return len(known), float(known.sum()), len(ordinals)


@lru_cache(maxsize=8)
def _column(build_pk: int, attribute: str) -> npt.NDArray[np.float64]:
    """The attribute of every customer by ordinal, NaN where there is none."""
    frame = readable_build().frame
    if attribute not in frame.collect_schema():
        return np.empty(0, np.float64)
    column = frame.select(pl.col(attribute).cast(pl.Float64).fill_null(float("nan"))).collect()
    found: npt.NDArray[np.float64] = column[attribute].to_numpy()
    return found
