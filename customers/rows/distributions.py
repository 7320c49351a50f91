"""How the values of one column are spread: the most frequent ones, or the bars of a histogram."""

from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import polars as pl

from customers.rows.edges import edges_between

SMALL: Final = 5
TOP: Final = 12
# So much of the values at each end may stand in one wide bar, so that one odd value does not flatten all others.
_TAIL: Final = 0.01
_STRETCHED: Final = 1.5
_ORDERED: Final = frozenset({"number", "date", "timestamp"})


@dataclass(frozen=True)
class Spread:
    """`top`: (value, customers), most first. `bars`: (low, high, customers) with low <= value < high, rising. `others`
    counts customers whose value is in neither. No count but `others` is from 1 to 4.
    """

    top: list[tuple[Any, int]] = field(default_factory=list)
    bars: list[tuple[Any, Any, int]] = field(default_factory=list)
    others: int = 0
    minimum: Any = None
    maximum: Any = None
    median: Any = None


def spread_of(kind: str, column: pl.Series) -> Spread:
    """The spread of the known values of a build's column of the attribute type `kind`."""
    present = column.drop_nulls()
    if not len(present):
        return Spread()
    return _histogram(kind, present) if kind in _ORDERED else _top(kind, present)


def _top(kind: str, present: pl.Series) -> Spread:
    items = present.explode(empty_as_null=False).drop_nulls() if kind == "set" else present
    name = "value"
    if kind not in ("boolean", "set"):
        items = items.cast(pl.String)
    counted = items.rename(name).value_counts(name="times").sort(["times", name], descending=[True, False])
    listed = [(value, times) for value, times in counted.head(TOP).iter_rows() if times >= SMALL]
    if kind == "set":
        known = pl.Series([value for value, _ in listed], dtype=pl.String)
        rare = pl.DataFrame({"items": present}).select(
            pl.col("items").list.eval(~pl.element().is_in(known.implode())).list.any().sum()
        )
        return Spread(top=listed, others=int(rare.item() or 0))
    return Spread(top=listed, others=len(present) - sum(times for _, times in listed))


def _histogram(kind: str, present: pl.Series) -> Spread:
    low, high = present.min(), present.max()
    edges = _edges(kind, present, low, high)
    inner = pl.Series(edges[1:-1], dtype=present.dtype).to_physical().to_numpy()
    places = np.searchsorted(inner, present.to_physical().to_numpy(), side="right")
    counts = np.bincount(places, minlength=len(edges) - 1).tolist()
    bars = _without_small(list(zip(edges[:-1], edges[1:], counts, strict=True)))
    middle = present.quantile(0.5, "nearest") if kind == "number" else present.sort()[len(present) // 2]
    return Spread(
        bars=bars, others=0 if bars else len(present), minimum=_plain(low), maximum=_plain(high), median=_plain(middle)
    )


def _edges(kind: str, present: pl.Series, low: Any, high: Any) -> list[Any]:
    numbers = present.to_physical()
    first, last = numbers.quantile(_TAIL, "lower") or 0, numbers.quantile(1 - _TAIL, "higher") or 0
    is_whole = kind == "number" and bool((present == present.floor()).all())
    lowest, highest = float(numbers.min() or 0), float(numbers.max() or 0)  # type: ignore[arg-type]
    # Halves: the span of the largest numbers is beyond what a float holds.
    if first == last or highest / 2 - lowest / 2 <= _STRETCHED * (last / 2 - first / 2):
        return edges_between(low, high, is_whole=is_whole)
    bounds = pl.Series([first, last], dtype=pl.Float64).cast(numbers.dtype).cast(present.dtype).to_list()
    edges = edges_between(*bounds, is_whole=is_whole)
    # The outer bars reach to round edges beyond the extremes.
    lowest_edge = edges_between(low, bounds[0], is_whole=is_whole)[0] if low < bounds[0] else edges[0]
    highest_edge = edges_between(bounds[1], high, is_whole=is_whole)[-1] if high > bounds[1] else edges[-1]
    return [min(edges[0], lowest_edge), *edges[1:-1], max(edges[-1], highest_edge)]


def _without_small(bars: list[tuple[Any, Any, int]]) -> list[tuple[Any, Any, int]]:
    """The bars, each that holds 1 to 4 customers joined with its smaller neighbour; none when all together are few."""
    kept = list(bars)
    while (small := next((at for at, bar in enumerate(kept) if 0 < bar[2] < SMALL), None)) is not None:
        if len(kept) == 1:
            return []
        beside = [at for at in (small - 1, small + 1) if 0 <= at < len(kept)]
        other = min(beside, key=lambda at: (kept[at][2] == 0, kept[at][2]))
        first, last = sorted((small, other))
        kept[first : last + 1] = [(kept[first][0], kept[last][1], kept[first][2] + kept[last][2])]
    return kept


def _plain(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() and abs(value) < 2**53 else value
