"""Many rules to one lazy Polars plan: dependencies between segments become columns, in waves."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import polars as pl

from common.digests import digest_of
from taxonomy.compiler import Holds, member_expression, segment_column
from taxonomy.rules import Rule, segments_used

ALIVE = "alive"


@dataclass(frozen=True)
class Plan:
    """One boolean column for each rule that can be asked, and why the others cannot.

    `frame` yields the columns `names`, none of them with missing values, in the row order of its source.
    """

    frame: pl.LazyFrame
    names: list[str]
    refused: dict[str, str] = field(default_factory=dict)


def waves(rules: Mapping[str, Rule]) -> tuple[list[list[str]], dict[str, str]]:
    """The names in an order in which each wave refers only to earlier ones, and the reasons against those left over."""
    references = {name: frozenset(segments_used(rule)) for name, rule in rules.items()}
    placed: set[str] = set()
    order: list[list[str]] = []
    open_names = list(rules)
    while ready := [name for name in open_names if references[name] <= placed]:
        order.append(ready)
        placed.update(ready)
        open_names = [name for name in open_names if name not in placed]
    refused = {name: _reason(sorted(references[name] - placed), set(open_names)) for name in open_names}
    return order, refused


def _reason(missing: list[str], left_over: set[str]) -> str:
    absent = [key for key in missing if key not in left_over]
    if absent:
        return f"It refers to {_listed(absent)}, which has no rule that can be evaluated."
    return f"It refers to {_listed(missing)}, which cannot be evaluated either."


def _listed(keys: Iterable[str]) -> str:
    return ", ".join(f"“{key}”" for key in keys)


def closure(rules: Mapping[str, Rule], wanted: Iterable[str]) -> dict[str, Rule]:
    """The wanted rules and all that they refer to, directly or through others."""
    found: dict[str, Rule] = {}
    stack = list(wanted)
    while stack:
        name = stack.pop()
        if name in found or name not in rules:
            continue
        found[name] = rules[name]
        stack.extend(segments_used(rules[name]))
    return {name: rule for name, rule in rules.items() if name in found}


def grounds_digest(rules: Mapping[str, Rule], digests: Mapping[str, str], name: str) -> str:
    """SHA-256 over the rule and all that it refers to: equal exactly when the same question is asked."""
    return digest_of({key: digests[key] for key in closure(rules, [name])})


def plan(
    frame: pl.LazyFrame,
    rules: Mapping[str, Rule],
    *,
    as_of: datetime,
    wanted: Sequence[str] | None = None,
    kept: Iterable[str] = (),
    holds: Holds | None = None,
) -> Plan:
    """Compile all rules onto `frame`. `wanted` limits the columns that come out, not those computed for others.

    Rows whose `alive` is false are in no segment. The attributes `kept` come along as they are, under the names that
    `kept_column` gives them. `holds` is for frames that keep sets in another form (see `taxonomy.compiler`).
    """
    return compiled(rules, as_of=as_of, holds=holds).on(frame, wanted=wanted, kept=kept)


@dataclass(frozen=True)
class Compiled:
    """Rules as expressions, for any frame with their columns: `steps` are the columns that later ones refer to, wave by
    wave, `columns` the answer of each rule by name."""

    steps: list[list[pl.Expr]]
    columns: dict[str, pl.Expr]
    refused: dict[str, str]

    def on(self, frame: pl.LazyFrame, wanted: Sequence[str] | None = None, kept: Iterable[str] = ()) -> Plan:
        """The plan over one frame; see `plan`."""
        for step in self.steps:
            frame = frame.with_columns(step)
        names = [name for name in (self.columns if wanted is None else wanted) if name in self.columns]
        columns = [*(self.columns[name] for name in names), *(pl.col(key).alias(kept_column(key)) for key in kept)]
        return Plan(frame=frame.select(columns), names=names, refused=self.refused)


def compiled(rules: Mapping[str, Rule], *, as_of: datetime, holds: Holds | None = None) -> Compiled:
    """Compile all rules for the day of `as_of`; the order of the columns is that of the rules."""
    order, refused = waves(rules)
    needed_by_others = {key for rule in rules.values() for key in segments_used(rule)}
    steps: list[list[pl.Expr]] = []
    columns: dict[str, pl.Expr] = {}
    for wave in order:
        provided: list[pl.Expr] = []
        for name in wave:
            expression = member_expression(rules[name], as_of=as_of, holds=holds) & pl.col(ALIVE)
            if name in needed_by_others:
                provided.append(expression.alias(segment_column(name)))
                expression = pl.col(segment_column(name))
            columns[name] = expression.alias(name)
        if provided:
            steps.append(provided)
    return Compiled(steps, {name: columns[name] for name in rules if name in columns}, refused)


def kept_column(key: str) -> str:
    """The name under which a plan hands on an attribute; no rule is named so."""
    return f"kept:{key}"


def plain_reason(error: pl.exceptions.PolarsError) -> str:
    """What went wrong with a rule, for its owner, without the engine's internals."""
    if isinstance(error, pl.exceptions.ColumnNotFoundError):
        return "It reads an attribute that the customers' data does not hold. Check the attribute, then run again."
    if isinstance(error, pl.exceptions.SchemaError | pl.exceptions.InvalidOperationError):
        return "It reads an attribute whose type has changed since the rule was enacted. Propose a change of the rule."
    return "The engine could not evaluate it. Run again; if it fails again, ask an administrator to look into the log."
