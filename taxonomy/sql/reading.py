"""Typed tree to SQL: sqlglot's expressions are built node by node, and its generator alone writes names and values."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sqlglot import exp

from taxonomy.rules import Rule
from taxonomy.rules.evaluation import utc_date
from taxonomy.rules.measures import SEGMENT_COLUMN, attributes_of, attributes_used, segments_used, walk
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
    Scalar,
)
from taxonomy.rules.patterns import read_pattern
from taxonomy.rules.types import TEXTUAL
from taxonomy.sql.dialects import DIALECTS, TRAITS, SqlRefusedError, Traits, named

_OPERATORS: dict[str, type[exp.Expr]] = {
    "=": exp.EQ,
    "<>": exp.NEQ,
    "<": exp.LT,
    "<=": exp.LTE,
    ">": exp.GT,
    ">=": exp.GTE,
}


@dataclass(frozen=True, slots=True)
class Column:
    """A column that the SQL of a rule reads, with the type that it must have in the dialect."""

    name: str
    type: str


@dataclass(frozen=True, slots=True)
class SqlReading:
    """A rule as a condition in one dialect, the columns it reads, and what the engine must be for it to hold."""

    dialect: str
    title: str
    sql: str
    columns: tuple[Column, ...]
    notes: tuple[str, ...]


def sql_reading(rule: Rule, dialect: str, *, as_of: datetime | date) -> SqlReading:
    """The rule as SQL with all that somebody needs to know to run it. Raises SqlRefusedError."""
    traits = _traits(dialect)
    lowers = any(isinstance(operand, Lower) for node, _ in walk(rule.condition) for operand in _operands(node))
    return SqlReading(
        dialect=dialect,
        title=DIALECTS[dialect],
        sql=to_sql(rule, dialect, as_of=as_of, pretty=True),
        columns=columns_of(rule, dialect),
        notes=(traits.lower_note,) if lowers and traits.lower_note else (),
    )


def to_sql(rule: Rule, dialect: str, *, as_of: datetime | date, pretty: bool = False) -> str:
    """The rule as a boolean SQL expression: true, false or NULL (UNKNOWN) exactly as `matches` answers.

    Attributes are columns by their keys, IN_SEGMENT('k') a boolean column `segment:k`, CURRENT_DATE the UTC date of
    `as_of` written out. Raises SqlRefusedError for an unknown dialect and for what the dialect cannot say exactly.
    """
    traits, title = _traits(dialect), DIALECTS[dialect]
    _refuse_twins(rule, traits, title)
    expression = _Writer(traits, title, utc_date(as_of)).condition(rule.condition)
    return expression.sql(dialect=dialect, pretty=pretty, copy=False)


def columns_of(rule: Rule, dialect: str) -> tuple[Column, ...]:
    """The columns that the SQL of the rule reads, by name, with their types."""
    types = _traits(dialect).types
    read = {attribute.key: attribute.type for node, _ in walk(rule.condition) for attribute in attributes_of(node)}
    found = [Column(key, types[read[key]]) for key in sorted(read)]
    return (*found, *(Column(SEGMENT_COLUMN.format(key), types["boolean"]) for key in segments_used(rule)))


def _traits(dialect: str) -> Traits:
    if dialect not in TRAITS:
        raise SqlRefusedError(f"There is no dialect {dialect[:40]}; choose one of {', '.join(TRAITS)}.")
    return TRAITS[dialect]


def _refuse_twins(rule: Rule, traits: Traits, title: str) -> None:
    """Refuse two names that the engine takes for one: capital and small letters are the same to some."""
    seen: dict[str, str] = {}
    for key in attributes_used(rule) if traits.folds_names else ():
        twin = seen.setdefault(key.casefold(), key)
        if twin != key:
            raise SqlRefusedError(
                f"{title} takes the columns {twin} and {key} for one, so the rule cannot be said in it."
            )


def _operands(condition: Condition) -> tuple[object, ...]:
    match condition:
        case Compare(left, _, right):
            return (left, right)
        case Between(operand, low, high):
            return (operand, low, high)
        case In(operand) | Like(operand):
            return (operand,)
        case _:
            return ()


class _Writer:
    """Builds the expression of one rule in one dialect on one date."""

    def __init__(self, traits: Traits, title: str, today: date) -> None:
        self.traits = traits
        self.title = title
        self.today = today

    def condition(self, condition: Condition) -> exp.Expr:
        """The expression of one condition."""
        match condition:
            case And(parts):
                return self._joined(exp.And, parts)
            case Or(parts):
                return self._joined(exp.Or, parts)
            case Not(part):
                read = self.condition(part)
                return exp.Not(this=exp.Paren(this=read) if isinstance(part, And | Or) else read)
            case Compare(left, operator, right):
                return _OPERATORS[operator](this=self._operand(left), expression=self._operand(right))
            case Between(operand, low, high, negated):
                ends = {"low": self._end(low), "high": self._end(high)}
                return _unless(negated, exp.Between(this=self._operand(operand), **ends))
            case In(operand, values, negated):
                listed = [_value(value) for value in values]
                return _unless(negated, exp.In(this=self._operand(operand), expressions=listed))
            case Like(operand, pattern, negated):
                return _unless(negated, _like(self._operand(operand), pattern))
            case IsNull(attribute, negated):
                return _unless(negated, exp.Is(this=self._column(attribute.key), expression=exp.Null()))
            case _:
                return self._single(condition)

    def _single(self, condition: Condition) -> exp.Expr:
        match condition:
            case Flag(attribute):
                return self._column(attribute.key)
            case Constant(truth):
                return exp.Boolean(this=truth)
            case Contains(attribute, text):
                return self.traits.contains(self._column(attribute.key), _value(text))
            case InSegment(key):
                return self._column(SEGMENT_COLUMN.format(key))
            case _:
                raise TypeError(f"{type(condition).__name__} is no condition of a rule.")

    def _joined(self, join: Callable[..., exp.Expr], parts: Sequence[Condition]) -> exp.Expr:
        """The parts joined to the left, each chain of its own in parentheses."""
        found: exp.Expr | None = None
        for part in parts:
            read = self.condition(part)
            read = exp.Paren(this=read) if isinstance(part, And | Or) else read
            found = read if found is None else join(this=found, expression=read)
        if found is None:
            raise TypeError("AND and OR join at least one condition.")
        return found

    def _operand(self, operand: Operand) -> exp.Expr:
        match operand:
            case Attribute(key, type_):
                column = self._column(key)
                return self.traits.text(column) if type_ in TEXTUAL else column
            case Literal(_, value):
                return _value(value)
            case Lower(attribute):
                return self.traits.lower(self._column(attribute.key))
            case _:
                return _value(self.today - timedelta(days=operand.days_back))

    def _end(self, operand: Operand) -> exp.Expr:
        """An end of BETWEEN; PostgreSQL's grammar has no room there for a COLLATE without parentheses."""
        end = self._operand(operand)
        return exp.Paren(this=end) if isinstance(end, exp.Collate) else end

    def _column(self, name: str) -> exp.Expr:
        return named(name, self.traits, self.title)


def _unless(negated: bool, expression: exp.Expr) -> exp.Expr:
    return exp.Not(this=expression) if negated else expression


def _like(operand: exp.Expr, pattern: str) -> exp.Expr:
    """The pattern with only those escapes that every engine takes: before %, _ and the backslash itself."""
    pieces = ["".join(_escaped(character) for character in piece) for piece in read_pattern(pattern).pieces]
    written = "%".join(pieces)
    like = exp.Like(this=operand, expression=exp.Literal.string(written))
    return exp.Escape(this=like, expression=exp.Literal.string("\\")) if "\\" in written else like


def _escaped(character: str | None) -> str:
    if character is None:
        return "_"
    return "\\" + character if character in "%_\\" else character


def _value(value: Scalar) -> exp.Expr:
    """A value as a literal whose type no engine has to guess."""
    if isinstance(value, bool):
        return exp.Boolean(this=value)
    if isinstance(value, int | float):
        return _number(value)
    if isinstance(value, str):
        return exp.Literal.string(value)
    if isinstance(value, datetime):
        written = value.astimezone(UTC).replace(tzinfo=None).isoformat(sep=" ") + "+00:00"
        return exp.cast(exp.Literal.string(written), exp.DType.TIMESTAMPTZ)
    return exp.cast(exp.Literal.string(value.isoformat()), exp.DType.DATE)


def _number(value: int | float) -> exp.Expr:
    """Whole numbers as they are; with an exponent every engine reads the nearest 64-bit float, never a decimal."""
    written = repr(abs(value))
    if isinstance(value, float) and "e" not in written:
        written += "e0"
    literal = exp.Literal.number(written)
    return exp.Neg(this=literal) if value < 0 else literal


__all__ = ["Column", "SqlReading", "SqlRefusedError", "columns_of", "sql_reading", "to_sql"]
