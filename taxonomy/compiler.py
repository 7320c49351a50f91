"""Rule tree to Polars expression: the three-valued answers of the reference evaluation, for a whole frame at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from operator import and_, eq, ge, gt, le, lt, ne, or_
from typing import Any

import polars as pl

from taxonomy.rules.evaluation import matches, utc_date
from taxonomy.rules.measures import SEGMENT_COLUMN, attributes_used, segments_used
from taxonomy.rules.nodes import (
    And,
    Attribute,
    Between,
    Compare,
    Condition,
    Constant,
    Contains,
    Flag,
    In,
    InSegment,
    IsNull,
    Like,
    Literal,
    Lower,
    Not,
    Operand,
    Or,
    Rule,
    Scalar,
)
from taxonomy.rules.patterns import read_pattern

TIMESTAMP = pl.Datetime("us", "UTC")

_COMPARISONS: dict[str, Callable[[Any, Any], Any]] = {"=": eq, "<>": ne, "<": lt, "<=": le, ">": gt, ">=": ge}


# How an engine that keeps sets in another form answers CONTAINS(key, text); None where it keeps them as lists.
Holds = Callable[[str, str], pl.Expr | None]


def compile_rule(rule: Rule, *, as_of: datetime, holds: Holds | None = None) -> pl.Expr:
    """An expression that answers true, false or null (UNKNOWN) for each row of a frame.

    The frame has a column for each attribute by its key: number Float64 (no NaN), text and enum Categorical, boolean
    Boolean, date Date, timestamp Datetime("us", "UTC"), set List(String); and for IN_SEGMENT('k') a Boolean column
    `segment:k`. CURRENT_DATE is the UTC date of `as_of`. Where the frame keeps a set in another form than List,
    `holds` says how to ask it. Building the expression runs no query.
    """
    if not attributes_used(rule) and not segments_used(rule):
        # A literal would come out as one row, not as one for each row of the frame.
        return pl.repeat(matches(rule, {}, as_of), pl.len(), dtype=pl.Boolean)
    return _Compilation(utc_date(as_of), holds).condition(rule.condition)


def member_expression(rule: Rule, *, as_of: datetime, holds: Holds | None = None) -> pl.Expr:
    """An expression that is true exactly for the members: UNKNOWN is not a member."""
    return compile_rule(rule, as_of=as_of, holds=holds).fill_null(False)


def segment_column(key: str) -> str:
    """The name of the column that answers IN_SEGMENT for a segment."""
    return SEGMENT_COLUMN.format(key)


class _Compilation:
    """The expressions of one rule on one date."""

    def __init__(self, today: date, holds: Holds | None) -> None:
        self.today = today
        self.holds = holds

    def condition(self, condition: Condition) -> pl.Expr:
        """The expression of one condition."""
        match condition:
            case And(parts):
                return _balanced(and_, [self.condition(part) for part in parts])
            case Or(parts):
                return _balanced(or_, [self.condition(part) for part in parts])
            case Not(part):
                return ~self.condition(part)
            case Compare(left, operator, right):
                first: pl.Expr = _COMPARISONS[operator](self._operand(left), self._operand(right))
                return first
            case Between(operand, low, high, negated):
                value = self._operand(operand)
                return _unless(negated, (value >= self._operand(low)) & (value <= self._operand(high)))
            case In(operand, values, negated):
                return _unless(negated, self._within(operand, values))
            case Like(operand, pattern, negated):
                return _unless(negated, self._like(operand, pattern))
            case IsNull(attribute, negated):
                column = pl.col(attribute.key)
                return column.is_not_null() if negated else column.is_null()
            case _:
                return self._single(condition)

    def _single(self, condition: Condition) -> pl.Expr:
        match condition:
            case Flag(attribute):
                return pl.col(attribute.key)
            case Constant(truth):
                return pl.lit(truth)
            case Contains(attribute, text):
                asked = self.holds(attribute.key, text) if self.holds else None
                return pl.col(attribute.key).list.contains(text) if asked is None else asked
            case InSegment(key):
                return pl.col(segment_column(key))
            case _:
                raise TypeError(f"{type(condition).__name__} is no condition of a rule.")

    def _operand(self, operand: Operand) -> pl.Expr:
        match operand:
            case Attribute(key):
                return pl.col(key)
            case Literal(_, value):
                return _literal(value)
            case Lower(attribute):
                return _lower(pl.col(attribute.key))
            case _:
                return pl.lit(self.today - timedelta(days=operand.days_back), dtype=pl.Date)

    def _within(self, operand: Operand, values: Sequence[Scalar]) -> pl.Expr:
        column = self._operand(operand)
        if len(values) == 1:
            equal: pl.Expr = column == _literal(values[0])
            return equal
        return column.is_in(pl.lit(_series(values)).implode())

    def _like(self, operand: Operand, pattern: str) -> pl.Expr:
        """Whether the whole text matches; most patterns need no regular expression."""
        column, read = self._operand(operand), read_pattern(pattern)
        if read.is_plain and len(read.texts) == 1:
            equal: pl.Expr = column == read.texts[0]
            return equal
        # A column of texts is a dictionary: its starts and ends are looked up once for each different text.
        texts = column.cat if isinstance(operand, Attribute) else column.str
        if read.is_plain and len(read.texts) == 2 and "" in read.texts:
            first, last = read.texts
            return texts.ends_with(last) if last else texts.starts_with(first)
        whole = column.cast(pl.String).str
        if read.is_plain and len(read.texts) == 3 and not read.texts[0] and not read.texts[2]:
            return whole.contains(read.texts[1], literal=True)
        return whole.contains(read.expression())


def _balanced(join: Callable[[Any, Any], Any], parts: Sequence[pl.Expr]) -> pl.Expr:
    """The parts joined as a balanced tree: a chain of a thousand would nest a thousand deep in the engine."""
    level = list(parts)
    while len(level) > 1:
        pairs = [join(*level[n : n + 2]) for n in range(0, len(level) - 1, 2)]
        level = pairs + level[len(pairs) * 2 :]
    return level[0]


def _unless(negated: bool, expression: pl.Expr) -> pl.Expr:
    return ~expression if negated else expression


def _literal(value: Scalar) -> pl.Expr:
    if isinstance(value, bool):
        return pl.lit(value)
    if isinstance(value, int | float):
        return pl.lit(float(value), dtype=pl.Float64)
    return pl.lit(value, dtype=_data_type(value))


def _series(values: Sequence[Scalar]) -> pl.Series:
    first = values[0]
    if isinstance(first, int | float) and not isinstance(first, bool):
        return pl.Series([float(value) for value in values], dtype=pl.Float64)  # type: ignore[arg-type]
    return pl.Series(values, dtype=_data_type(first))


def _data_type(value: Scalar) -> pl.DataType:
    if isinstance(value, bool):
        return pl.Boolean()
    if isinstance(value, datetime):
        return TIMESTAMP
    return pl.Date() if isinstance(value, date) else pl.String()


def _lower(column: pl.Expr) -> pl.Expr:
    """The full Unicode lower case, as `lower_case` gives it."""
    return column.cast(pl.String).str.to_lowercase()
