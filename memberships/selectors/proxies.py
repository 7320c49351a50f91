"""Whether a rule goes along with what nobody may be chosen by: the strongest proxy, and how unevenly groups are
chosen. Read by the check alone: no group is named and no count of one leaves this module."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
import polars as pl

from common.clock import now
from customers.selectors import AttributeRow, attribute_facts
from memberships import compiler
from memberships.errors import NotComputed
from memberships.measures.suppression import K, safe_groups
from memberships.selectors.builds import readable_build
from taxonomy.rules import Rule, attributes_used
from taxonomy.selectors import active_rules

FAIRNESS = "fairness"
STRONG = 0.3
FOUR_FIFTHS = 0.8
_NEW, _OLD = "?new", "?old"
_GROUPS = 12
_BINS = 10
_SORTS = ("boolean", "enum", "text")


@dataclass(frozen=True)
class Screen:
    """What the screen found. `proxy`: the attribute of the rule that goes along most closely with a protected one, with
    its `strength` from 0 to 1 in tenths. `evenness`: how often the least chosen group is chosen, as a share of the most
    chosen one, before and after, in tenths; None where too few are in too many groups. `protected`: how many attributes
    were looked at."""

    protected: int
    proxy: str = ""
    strength: float = 0.0
    evenness_before: float | None = None
    evenness_after: float | None = None

    @property
    def is_strong(self) -> bool:
        """Whether somebody should say why."""
        return self.strength >= STRONG

    @property
    def is_uneven(self) -> bool:
        """Whether the four-fifths rule of thumb is broken, and more than before."""
        after = self.evenness_after
        return after is not None and after < FOUR_FIFTHS and after < (self.evenness_before or 1.0)


def screen(*, segment_key: str | None, effective_rule: Rule) -> Screen:
    """Look at the rule on the newest build. Raises NotComputed.

    Protected is what is declared for the purpose “fairness”, and every special category. Cells with fewer than 5
    customers, in this version, in the live one or in what is between the two, take no part, nor do those that could be
    subtracted from the others.
    """
    build = readable_build()
    held = set(build.frame.collect_schema().names())
    facts = {key: row for key, row in attribute_facts().items() if key in held}
    protected = [row for row in facts.values() if _is_protected(row)]
    if not protected:
        return Screen(0)
    read = [facts[key] for key in sorted(attributes_used(effective_rule)) if key in facts]
    in_force = {row.key: row.rule for row in active_rules() if not row.fault}
    named = {_NEW: effective_rule, **({_OLD: in_force[segment_key]} if segment_key in in_force else {})}
    needed = compiler.closure({**in_force, **named}, list(named))
    kept = list(dict.fromkeys([compiler.ALIVE, *(row.key for row in (*protected, *read))]))
    planned = compiler.plan(build.frame, needed, as_of=now(), wanted=list(named), kept=kept, holds=build.holds)
    if _NEW in planned.refused:
        raise NotComputed(planned.refused[_NEW])
    try:
        rows = planned.frame.collect().filter(pl.col(compiler.kept_column(compiler.ALIVE)))
    except pl.exceptions.PolarsError as error:
        raise NotComputed(compiler.plain_reason(error)) from error
    return _screened(rows, protected, read)


def _is_protected(row: AttributeRow) -> bool:
    return row.type in _SORTS and (FAIRNESS in row.purposes or row.sensitivity == "special")


def _screened(rows: pl.DataFrame, protected: Sequence[AttributeRow], read: Sequence[AttributeRow]) -> Screen:
    strength, proxy = 0.0, ""
    before: list[float] = []
    after: list[float] = []
    for row in protected:
        groups = _groups(rows, row)
        for other in read:
            if other.key != row.key and (found := _association(groups, _binned(rows, other))) > strength:
                strength, proxy = found, other.key
        if row.key in {other.key for other in read}:
            strength, proxy = 1.0, row.key
        old, new = _evenness(rows, groups)
        before += [old] if old is not None else []
        after += [new] if new is not None else []
    return Screen(
        len(protected),
        proxy,
        round(min(strength, 1.0), 1),
        round(min(before), 1) if before else None,
        round(min(after), 1) if after else None,
    )


def _groups(rows: pl.DataFrame, row: AttributeRow) -> pl.Series:
    """The group of each customer by the protected attribute; rare values are one group, missing ones another."""
    column = rows.get_column(compiler.kept_column(row.key)).cast(pl.String)
    common = column.drop_nulls().value_counts(sort=True).head(_GROUPS).get_column(column.name)
    return column.set(~column.is_in(common.implode()) & column.is_not_null(), "?other").fill_null("?unknown")


def _binned(rows: pl.DataFrame, row: AttributeRow) -> pl.Series:
    """The value of each customer in at most so many bins: tenths of what has an order, the common ones of the rest."""
    column = rows.get_column(compiler.kept_column(row.key))
    if row.type in _SORTS:
        return _common(column.cast(pl.String))
    if row.type == "set":
        return _common(column.list.sort().list.join("|"))
    ranks = column.cast(pl.Float64, strict=False) if row.type == "number" else column.to_physical().cast(pl.Float64)
    width = max(1.0, (ranks.len() - ranks.null_count()) / _BINS)
    return (ranks.rank("min") // width).cast(pl.Int64).cast(pl.String).fill_null("?unknown")


def _common(column: pl.Series) -> pl.Series:
    counted = column.drop_nulls().value_counts(sort=True).head(5 * _BINS).get_column(column.name)
    return column.set(~column.is_in(counted.implode()) & column.is_not_null(), "?other").fill_null("?unknown")


def _association(first: pl.Series, second: pl.Series) -> float:
    """Cramér's V with Bergsma's correction, from 0 to 1, over customers of whom both are known."""
    pairs = pl.DataFrame({"a": first, "b": second}).filter((pl.col("a") != "?unknown") & (pl.col("b") != "?unknown"))
    counted = pairs.group_by("a", "b").agg(pl.len().alias("n"))
    # Cells below k take no part: what a few do must not show.
    table = counted.filter(pl.col("n") >= K).pivot(on="b", index="a", values="n").fill_null(0).drop("a").to_numpy()
    if table.size == 0 or min(table.shape) < 2:
        return 0.0
    total = table.sum()
    expected = np.outer(table.sum(1), table.sum(0)) / total
    phi2 = float(((table - expected) ** 2 / expected).sum() / total)
    rows, columns = table.shape
    phi2 = max(0.0, phi2 - (rows - 1) * (columns - 1) / (total - 1))
    least = min(rows - (rows - 1) ** 2 / (total - 1), columns - (columns - 1) ** 2 / (total - 1)) - 1
    return sqrt(phi2 / least) if least > 0 else 0.0


def _evenness(rows: pl.DataFrame, groups: pl.Series) -> tuple[float | None, float | None]:
    """The rate at which the least chosen group is chosen as a share of that of the most chosen, before and after."""
    rows = rows if _OLD in rows.columns else rows.with_columns(pl.lit(False).alias(_OLD))
    old, new = pl.col(_OLD), pl.col(_NEW)
    parts = {
        "before": old, "after": new, "came": new & ~old, "went": old & ~new, "outside": ~new, "outside_before": ~old,
    }  # fmt: skip
    counted = (
        rows.with_columns(group=groups)
        .group_by("group")
        .agg(*(mask.sum().cast(pl.Int64).alias(name) for name, mask in parts.items()), pl.len().alias("all"))
    )
    tables = {name: dict(counted.select("group", name).iter_rows()) for name in (*parts, "all")}
    shown = sorted(safe_groups([tables[name] for name in parts]) - {"?unknown", "?other"})
    whole = tables["all"]
    return tuple(_ratio([tables[name][group] / whole[group] for group in shown]) for name in ("before", "after"))  # type: ignore[return-value]


def _ratio(rates: Sequence[float]) -> float | None:
    return min(rates) / max(rates) if len(rates) > 1 and max(rates) > 0 else None
