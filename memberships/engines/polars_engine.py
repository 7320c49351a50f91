"""Evaluates all rules in one pass over a profile build with Polars."""

import random
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from time import perf_counter
from typing import Any

import polars as pl

from memberships import bitmaps, compiler
from memberships.engines.base import EngineOptions, Evaluation, OnRows
from taxonomy.compiler import Holds
from taxonomy.rules import Rule

NAME = "polars"
VERSION = pl.__version__
SLICE_ROWS = 32 * bitmaps.CHUNK


class PolarsEngine:
    """One process, all its threads, one pass."""

    name = NAME
    version = VERSION

    def evaluate(
        self,
        build: Any,
        rules: Sequence[tuple[str, Rule]],
        as_of: datetime,
        options: EngineOptions | None = None,
        on_rows: OnRows | None = None,
    ) -> Evaluation:
        """Members of every rule over the build; see `evaluate`."""
        # Not on top: the pure part below serves processes that know no database.
        from customers.selectors import scan_coded
        from memberships.engines.apart import evaluate_apart

        options = options or EngineOptions()
        (frame, holds), asked = scan_coded(build.pk), shuffled(rules, options.order)
        rows = options.slice_rows or SLICE_ROWS
        if options.threads and options.threads != pl.thread_pool_size():
            return evaluate_apart(frame, asked, as_of, threads=options.threads, slice_rows=rows, on_rows=on_rows)
        return evaluate(frame, asked, as_of, slice_rows=rows, on_slice=on_rows, holds=holds)


def shuffled(rules: Sequence[tuple[str, Rule]], seed: int | None) -> list[tuple[str, Rule]]:
    """The rules in the order that the seed gives, or as they came."""
    asked = list(rules)
    if seed is not None:
        random.Random(seed).shuffle(asked)  # noqa: S311
    return asked


def evaluate(
    frame: pl.LazyFrame,
    rules: Sequence[tuple[str, Rule]],
    as_of: datetime,
    *,
    slice_rows: int = SLICE_ROWS,
    on_slice: Callable[[int, int], None] | None = None,
    first: int = 0,
    holds: Holds | None = None,
) -> Evaluation:
    """Members of every rule over `frame`, whose row i is the customer with ordinal `first` + i (`first` a multiple of
    65,536).

    The rows are read in slices of `slice_rows` (a multiple of 65,536); the answer is the same for any slice and any
    number of threads. `on_slice(rows done, rows)` is told after each. A rule that cannot be evaluated, and those that
    refer to it, come back in `failures`; the others are not touched by it. `holds` answers CONTAINS where the frame
    keeps sets in another form (see `taxonomy.compiler`).
    """
    if slice_rows % bitmaps.CHUNK or first % bitmaps.CHUNK:
        raise ValueError(f"A slice must be a multiple of {bitmaps.CHUNK} rows.")
    result = Evaluation(rows=int(frame.select(pl.len()).collect().item()))
    todo = dict(rules)
    result.failures.update(_without_rule(todo))
    try:
        _pass(frame, todo, as_of, slice_rows, on_slice, result, first, holds)
    except pl.exceptions.PolarsError:
        # One plan for all rules means that one bad rule stops them all: find it, mark it, go on without it.
        for name in _failing(frame.head(bitmaps.CHUNK), todo, list(todo), as_of, result.failures):
            todo.pop(name, None)
        result.failures.update(_without_rule(todo))
        result.members.clear()
        _pass(frame, todo, as_of, slice_rows, on_slice, result, first, holds)
    return result


def _without_rule(rules: dict[str, Rule]) -> dict[str, str]:
    """Take out of `rules` what cannot be planned; the reasons by name."""
    _, refused = compiler.waves(rules)
    for name in refused:
        del rules[name]
    return refused


def _pass(
    frame: pl.LazyFrame,
    rules: dict[str, Rule],
    as_of: datetime,
    slice_rows: int,
    on_slice: Callable[[int, int], None] | None,
    result: Evaluation,
    first: int,
    holds: Holds | None,
) -> None:
    for lo in _starts(result.rows, slice_rows):
        began = perf_counter()
        part = frame.slice(lo, slice_rows) if result.rows > slice_rows else frame
        planned = compiler.plan(part, rules, as_of=as_of, holds=holds)
        compiled = perf_counter()
        masks = planned.frame.collect() if planned.names else pl.DataFrame()
        evaluated = perf_counter()
        for name, members in bitmaps.from_frame(masks, base_key=(first + lo) // bitmaps.CHUNK).items():
            result.members[name] = result.members[name] | members if name in result.members else members
        result.compile_seconds += compiled - began
        result.evaluate_seconds += evaluated - compiled
        result.bitmap_seconds += perf_counter() - evaluated
        if on_slice:
            on_slice(min(lo + slice_rows, result.rows), result.rows)


def _starts(rows: int, slice_rows: int) -> Iterator[int]:
    yield from range(0, rows, slice_rows) if rows else (0,)


def _failing(
    sample: pl.LazyFrame, rules: dict[str, Rule], names: list[str], as_of: datetime, failures: dict[str, str]
) -> list[str]:
    """The names whose evaluation raises, alone or through what they refer to; their reasons go into `failures`."""
    try:
        compiler.plan(sample, compiler.closure(rules, names), as_of=as_of, wanted=names).frame.collect()
    except pl.exceptions.PolarsError as error:
        if len(names) == 1:
            failures[names[0]] = compiler.plain_reason(error)
            return names
        middle = len(names) // 2
        return _failing(sample, rules, names[:middle], as_of, failures) + _failing(
            sample, rules, names[middle:], as_of, failures
        )
    return []
