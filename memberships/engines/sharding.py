"""One build in ranges of rows, each computed apart, and their answers put together again."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import pairwise
from math import ceil
from typing import Any

from django.conf import settings
from pyroaring import BitMap

from memberships import bitmaps
from memberships.engines import codec, polars_engine
from memberships.engines.base import EngineOptions, Evaluation, OnRows
from taxonomy.rules import Rule, segments_used

NAME = "shards"
# What one shard holds when nobody says otherwise: large enough that its plan costs nothing beside its rows.
ROWS_OF_A_SHARD = 16 * bitmaps.CHUNK


class ShardedEngine:
    """The same as Polars, range by range. Here one after the other; a run gives the ranges to the workers."""

    name = NAME
    version = polars_engine.VERSION

    def evaluate(
        self,
        build: Any,
        rules: Sequence[tuple[str, Rule]],
        as_of: datetime,
        options: EngineOptions | None = None,
        on_rows: OnRows | None = None,
    ) -> Evaluation:
        """Members of every rule over the build, put together from its shards."""
        options = options or EngineOptions()
        parts = []
        for first, end in ranges(build.row_count, options.shards) or [(0, 0)]:
            part = evaluate_range(build, rules, as_of, first, end, options)
            parts.append(codec.from_bytes(codec.to_bytes(part)))
            if on_rows:
                on_rows(end, build.row_count)
        return merged(parts, rules)


def ranges(rows: int, shards: int | None = None) -> list[tuple[int, int]]:
    """At most so many ranges [first, end) that cover the rows; each but the last a multiple of 65,536 long."""
    wanted = shards or settings.SEGPORTAL_SHARDS or ceil(rows / ROWS_OF_A_SHARD)
    chunks = ceil(rows / bitmaps.CHUNK)
    cuts = sorted({round(chunks * part / max(wanted, 1)) for part in range(wanted + 1)})
    return [(low * bitmaps.CHUNK, min(high * bitmaps.CHUNK, rows)) for low, high in pairwise(cuts)]


def evaluate_range(
    build: Any,
    rules: Sequence[tuple[str, Rule]],
    as_of: datetime,
    first: int,
    end: int,
    options: EngineOptions,
    on_rows: OnRows | None = None,
) -> Evaluation:
    """Members of every rule among the customers with ordinals from `first` until before `end`."""
    from customers.selectors import scan_coded

    frame, holds = scan_coded(build.pk)
    part = frame.filter(_within(first, end)) if build.overlay_path else frame.slice(first, end - first)
    return polars_engine.evaluate(
        part,
        polars_engine.shuffled(rules, options.order),
        as_of,
        slice_rows=options.slice_rows or polars_engine.SLICE_ROWS,
        on_slice=on_rows,
        first=first,
        holds=holds,
    )


def _within(first: int, end: int) -> Any:
    """By value, not by place: the files skip the groups of rows outside, the overlay's too."""
    from polars import col

    return (col("ordinal") >= first) & (col("ordinal") < end)


def merged(parts: Iterable[Evaluation], rules: Sequence[tuple[str, Rule]]) -> Evaluation:
    """The parts as one evaluation. A rule that failed in any part failed, and so did what refers to it."""
    whole = Evaluation()
    found: dict[str, list[BitMap]] = {name: [] for name, _ in rules}
    for part in parts:
        for name, members in part.members.items():
            found[name].append(members)
        whole.failures.update(part.failures)
        whole.rows += part.rows
        whole.compile_seconds += part.compile_seconds
        whole.evaluate_seconds += part.evaluate_seconds
        whole.bitmap_seconds += part.bitmap_seconds
    _spread(whole.failures, dict(rules))
    whole.members = {name: BitMap.union(*each) if each else BitMap() for name, each in found.items()}
    for name in whole.failures:
        whole.members.pop(name, None)
    return whole


def _spread(failures: dict[str, str], rules: dict[str, Rule]) -> None:
    """Mark what refers to a failed rule."""
    while more := {
        name: ground
        for name, rule in rules.items()
        if name not in failures and (ground := next((key for key in segments_used(rule) if key in failures), ""))
    }:
        for name, ground in more.items():
            failures[name] = f"It refers to “{ground}”, which cannot be evaluated either."
