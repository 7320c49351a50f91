"""What differs between the dialects: column types, names, the order of texts, sets and lower case."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from sqlglot import exp

from taxonomy.rules.values import NEWER_LETTERS

Dialect = Literal["duckdb", "postgres", "spark"]

DIALECTS: dict[str, str] = {"duckdb": "DuckDB", "postgres": "PostgreSQL", "spark": "Spark SQL"}
_LONGEST_NAME = 63

# PostgreSQL 18 knows Unicode 16, and these letters are younger.
_YOUNGER_THAN_POSTGRES = {code: low for code, low in NEWER_LETTERS.items() if code in (0xA7CE, 0xA7D2, 0xA7D4)} | {
    code: low for code, low in NEWER_LETTERS.items() if code >= 0x16EA0
}
# DuckDB lowers each letter by itself. In the full tables a capital sigma that ends a word becomes ς: after a letter
# with case and before none, whatever marks stand between. These are the two classes of Unicode, as RE2 writes them.
_CASED = (
    r"\p{Lu}\p{Ll}\p{Lt}ªº\x{2160}-\x{217F}\x{24B6}-\x{24E9}\x{1F130}-\x{1F149}\x{1F150}-\x{1F169}\x{1F170}-\x{1F189}"
)
_CASED += "".join(rf"\x{{{code:X}}}" for code in (0xA7CB, 0xA7D2, 0xA7D4, 0xA7DC))
_PASSED_OVER = r"\p{Mn}\p{Me}\p{Cf}\p{Lm}\p{Sk}'.:·\x{387}\x{55F}\x{5F4}\x{2018}\x{2019}\x{2024}\x{2027}"
_PASSED_OVER += r"\x{FE13}\x{FE52}\x{FE55}\x{FF07}\x{FF0E}\x{FF1A}"
_LAST_SIGMA = f"([{_CASED}][{_PASSED_OVER}]*)Σ([{_PASSED_OVER}]*)($|[^{_CASED}{_PASSED_OVER}])"


class SqlRefusedError(ValueError):
    """A rule that a dialect cannot say exactly; the message names the construct and the reason."""


@dataclass(frozen=True, slots=True)
class Traits:
    """How one dialect says what is not said alike everywhere."""

    types: dict[str, str]
    text: Callable[[exp.Expr], exp.Expr]
    lower: Callable[[exp.Expr], exp.Expr]
    contains: Callable[[exp.Expr, exp.Expr], exp.Expr]
    longest_name: int | None = None
    folds_names: bool = True
    lower_note: str = ""


def named(name: str, traits: Traits, title: str) -> exp.Expr:
    """A column by its name, always quoted; refused where the engine would cut it."""
    if traits.longest_name is not None and len(name.encode()) > traits.longest_name:
        raise SqlRefusedError(
            f"{title} cuts names after {traits.longest_name} bytes, so the column {name} has no name."
        )
    return exp.column(exp.to_identifier(name, quoted=True))


def _text(value: str) -> exp.Expr:
    return exp.Literal.string(value)


def _plain(column: exp.Expr) -> exp.Expr:
    return column


def _collated(operand: exp.Expr, collation: str) -> exp.Expr:
    return exp.Collate(this=operand, expression=exp.to_identifier(collation, quoted=True))


def _translated(operand: exp.Expr, letters: dict[int, int]) -> exp.Expr:
    return exp.func("TRANSLATE", operand, _text("".join(map(chr, letters))), _text("".join(map(chr, letters.values()))))


def _by_code_point(column: exp.Expr) -> exp.Expr:
    return _collated(column, "C")


def _postgres_lower(column: exp.Expr) -> exp.Expr:
    letters = _translated(_collated(column, "pg_unicode_fast"), _YOUNGER_THAN_POSTGRES)
    return _collated(exp.Lower(this=letters), "C")


def _duckdb_lower(column: exp.Expr) -> exp.Expr:
    letters = exp.func("REPLACE", _translated(column, NEWER_LETTERS), _text("İ"), _text("i̇"))
    parts = [letters, _text(_LAST_SIGMA), _text(r"\1ς\2\3"), _text("g")]
    return exp.Lower(this=exp.Anonymous(this="REGEXP_REPLACE", expressions=parts))


def _array_contains(column: exp.Expr, value: exp.Expr) -> exp.Expr:
    return exp.ArrayContains(this=column, expression=value)


def _equals_any(column: exp.Expr, value: exp.Expr) -> exp.Expr:
    return exp.EQ(this=value, expression=exp.Any(this=exp.paren(column, copy=False)))


TRAITS: dict[str, Traits] = {
    "duckdb": Traits(
        types={
            "number": "DOUBLE",
            "text": "VARCHAR",
            "enum": "VARCHAR",
            "boolean": "BOOLEAN",
            "date": "DATE",
            "timestamp": "TIMESTAMPTZ",
            "set": "VARCHAR[]",
        },
        text=_plain,
        lower=_duckdb_lower,
        contains=_array_contains,
    ),
    "postgres": Traits(
        types={
            "number": "DOUBLE PRECISION",
            "text": "TEXT",
            "enum": "TEXT",
            "boolean": "BOOLEAN",
            "date": "DATE",
            "timestamp": "TIMESTAMPTZ",
            "set": "TEXT[]",
        },
        text=_by_code_point,
        lower=_postgres_lower,
        contains=_equals_any,
        longest_name=_LONGEST_NAME,
        folds_names=False,
        lower_note="LOWER by the full Unicode tables needs PostgreSQL 18 or later.",
    ),
    "spark": Traits(
        types={
            "number": "DOUBLE",
            "text": "STRING",
            "enum": "STRING",
            "boolean": "BOOLEAN",
            "date": "DATE",
            "timestamp": "TIMESTAMP",
            "set": "ARRAY<STRING>",
        },
        text=_plain,
        lower=lambda column: exp.Lower(this=column),
        contains=_array_contains,
        lower_note="LOWER by the full Unicode tables: Spark 4 with spark.sql.icu.caseMappings.enabled, its default.",
    ),
}
