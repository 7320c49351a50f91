"""A second reading of the rule tree, as SQL for DuckDB: an engine that shares nothing with the two of the product."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import duckdb

from taxonomy.rules import AttributeFacts, Rule
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
    RelativeDate,
    Scalar,
)

COLUMN_TYPES = {
    "number": "DOUBLE",
    "text": "VARCHAR",
    "enum": "VARCHAR",
    "boolean": "BOOLEAN",
    "date": "DATE",
    "timestamp": "TIMESTAMP",
    "set": "VARCHAR[]",
}


def answers(
    connection: duckdb.DuckDBPyConnection,
    catalogue: dict[str, AttributeFacts],
    rows: Sequence[dict[str, Any]],
    segments: Sequence[dict[str, bool | None]],
    rules: Sequence[Rule],
    today: date,
) -> list[list[bool | None]]:
    """For each rule what DuckDB answers for each row."""
    segment_keys = sorted(segments[0])
    columns = [f"{_name(key)} {COLUMN_TYPES[facts.type]}" for key, facts in catalogue.items()]
    columns += [f"{_name('segment:' + key)} BOOLEAN" for key in segment_keys]
    connection.execute(f"CREATE OR REPLACE TABLE customers (row_number INTEGER, {', '.join(columns)})")
    marks = ", ".join("?" for _ in range(len(columns) + 1))
    values = [
        [number, *(_stored(row[key]) for key in catalogue), *(known[key] for key in segment_keys)]
        for number, (row, known) in enumerate(zip(rows, segments, strict=True))
    ]
    connection.executemany(f"INSERT INTO customers VALUES ({marks})", values)
    selected = ", ".join(_Sql(today).condition(rule.condition) for rule in rules)
    found = connection.execute(f"SELECT {selected} FROM customers ORDER BY row_number").fetchall()
    return [list(column) for column in zip(*found, strict=True)]


class _Sql:
    def __init__(self, today: date) -> None:
        self.today = today

    def condition(self, condition: Condition) -> str:
        match condition:
            case And(parts):
                return "(" + " AND ".join(map(self.condition, parts)) + ")"
            case Or(parts):
                return "(" + " OR ".join(map(self.condition, parts)) + ")"
            case Not(part):
                return f"(NOT {self.condition(part)})"
            case Compare(left, operator, right):
                return f"({self._operand(left)} {operator} {self._operand(right)})"
            case Between(operand, low, high, negated):
                ends = f"{self._operand(low)} AND {self._operand(high)}"
                return f"({self._operand(operand)} {_not(negated)} BETWEEN {ends})"
            case In(operand, values, negated):
                return f"({self._operand(operand)} {_not(negated)} IN ({', '.join(map(_scalar, values))}))"
            case Like(operand, pattern, negated):
                return f"({self._operand(operand)} {_not(negated)} LIKE {_scalar(pattern)} ESCAPE '\\')"
            case IsNull(attribute, negated):
                return f"({_name(attribute.key)} IS {_not(negated)} NULL)"
            case Flag(attribute):
                return _name(attribute.key)
            case Constant(truth):
                return str(truth).upper() + "::BOOLEAN"
            case Contains(attribute, text):
                return f"list_contains({_name(attribute.key)}, {_scalar(text)})"
            case InSegment(key):
                return _name("segment:" + key)
            case _:
                raise TypeError(condition)

    def _operand(self, operand: Operand) -> str:
        match operand:
            case Attribute(key):
                return _name(key)
            case Literal(_, value):
                return _scalar(value)
            case Lower(attribute):
                return f"lower({_name(attribute.key)})"
            case RelativeDate(days):
                return _scalar(self.today - timedelta(days=days))


def _stored(value: Any) -> Any:
    return value.replace(tzinfo=None) if getattr(value, "tzinfo", None) else value


def _scalar(value: Scalar) -> str:
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, int | float):
        return f"({float(value)!r})::DOUBLE"
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    if hasattr(value, "hour"):
        return f"TIMESTAMP '{value.replace(tzinfo=None).isoformat(sep=' ')}'"
    return f"DATE '{value.isoformat()}'"


def _name(key: str) -> str:
    return '"' + key.replace('"', '""') + '"'


def _not(negated: bool) -> str:
    return "NOT" if negated else ""
