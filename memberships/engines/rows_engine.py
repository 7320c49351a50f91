"""Evaluates all rules on some customers, for micro-batches: the same expressions as over a whole build."""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from time import perf_counter

import numpy as np
import polars as pl
from pyroaring import BitMap

from memberships import compiler
from memberships.engines.base import Evaluation
from taxonomy.rules import Rule

NAME = "polars-rows"
VERSION = pl.__version__


@dataclass(frozen=True)
class _Key:
    """What compiled rules hang on. Rules are held, so that no other ones come to have their identity."""

    rules: tuple[tuple[str, Rule], ...]
    day: date

    def equals(self, rules: Sequence[tuple[str, Rule]], day: date) -> bool:
        return (
            day == self.day
            and len(rules) == len(self.rules)
            and all(mine[0] == name and mine[1] is rule for mine, (name, rule) in zip(self.rules, rules, strict=True))
        )


class _Kept:
    """The rules compiled last: a micro-batch mostly asks what the one before it asked."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._key = _Key((), date.min)
        self._compiled = compiler.Compiled([], {}, {})

    def of(self, rules: Sequence[tuple[str, Rule]], as_of: datetime) -> compiler.Compiled:
        with self._lock:
            if not self._key.equals(rules, as_of.date()):
                self._compiled = compiler.compiled(dict(rules), as_of=as_of)
                self._key = _Key(tuple(rules), as_of.date())
            return self._compiled


_kept = _Kept()


def evaluate_rows(frame: pl.DataFrame, rules: Sequence[tuple[str, Rule]], as_of: datetime) -> Evaluation:
    """Members of every rule among the customers of `frame`, which has the columns of a build and an `ordinal`.

    The bitmaps hold ordinals. A rule that cannot be evaluated, and those that refer to it, come back in `failures`; the
    others are not touched by it.
    """
    began = perf_counter()
    compiled = _kept.of(rules, as_of)
    result = Evaluation(rows=frame.height, failures=dict(compiled.refused), compile_seconds=perf_counter() - began)
    try:
        _pass(frame, compiled, result)
    except pl.exceptions.PolarsError:
        # One plan for all rules means that one bad rule stops them all: find it, mark it, go on without it.
        asked = dict(rules)
        result.failures.update(_failing(frame, asked, list(compiled.columns), as_of))
        rest = {name: rule for name, rule in asked.items() if name not in result.failures}
        without = compiler.compiled(rest, as_of=as_of)
        result.failures.update(without.refused)
        _pass(frame, without, result)
    return result


def _pass(frame: pl.DataFrame, compiled: compiler.Compiled, result: Evaluation) -> None:
    began = perf_counter()
    planned = compiled.on(frame.lazy())
    masks = planned.frame.collect() if planned.names else pl.DataFrame()
    evaluated = perf_counter()
    ordinals = frame["ordinal"].to_numpy().astype(np.uint32)
    result.members = {name: _members(masks[name], ordinals) for name in planned.names}
    result.evaluate_seconds += evaluated - began
    result.bitmap_seconds += perf_counter() - evaluated


def _members(mask: pl.Series, ordinals: "np.ndarray[tuple[int, ...], np.dtype[np.uint32]]") -> BitMap:
    if not mask.any():
        return BitMap()
    return BitMap(ordinals[mask.to_numpy()].data)


def _failing(sample: pl.DataFrame, rules: Mapping[str, Rule], names: Sequence[str], as_of: datetime) -> dict[str, str]:
    """The names whose evaluation raises, alone or through what they refer to, with their reasons."""
    try:
        compiler.plan(sample.lazy(), compiler.closure(rules, names), as_of=as_of, wanted=names).frame.collect()
    except pl.exceptions.PolarsError as error:
        if len(names) == 1:
            return {names[0]: compiler.plain_reason(error)}
        middle = len(names) // 2
        return _failing(sample, rules, names[:middle], as_of) | _failing(sample, rules, names[middle:], as_of)
    return {}
