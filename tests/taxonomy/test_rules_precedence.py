"""The words of a rule bind as they do in SQL: a database that reads the very same text answers the same."""

from collections.abc import Iterator
from datetime import date
from itertools import product

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from taxonomy.rules import matches, parse

CATALOGUE = {"a": "boolean", "b": "boolean", "n": "number"}
ROWS = [
    dict(zip(CATALOGUE, row, strict=True)) for row in product((True, False, None), (True, False, None), (1, 2, None))
]
ATOMS = ["a", "b", "TRUE", "n = 1", "(n) >= 2", "1 < n", "n BETWEEN 1 AND 1", "n NOT BETWEEN (1) AND 2"]
ATOMS += ["n IN (1, (3))", "n NOT IN (2)", "n IS NULL", "(n) IS NOT NULL", "a <> b", "(a) = (FALSE)", "n <> (n)"]


@st.composite
def texts(draw: st.DrawFn) -> str:
    """Conditions in a row, with any NOTs and parentheses, put down without a thought for what binds first."""
    written = []
    for _ in range(draw(st.integers(1, 6))):
        atom = draw(st.sampled_from(ATOMS))
        if draw(st.integers(0, 4)) == 0:
            atom = "(" + draw(texts()) + ")"
        written.append("NOT " * draw(st.sampled_from((0, 0, 0, 1, 2))) + atom)
        written.append(draw(st.sampled_from((" AND ", " OR ", "\nand\t"))))
    return "".join(written[:-1])


@pytest.fixture(scope="module")
def database() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(config={"enable_external_access": False, "threads": 1}) as connection:
        connection.execute("CREATE TABLE t (place INTEGER, a BOOLEAN, b BOOLEAN, n DOUBLE)")
        connection.executemany("INSERT INTO t VALUES (?, ?, ?, ?)", [[n, *row.values()] for n, row in enumerate(ROWS)])
        yield connection


@settings(max_examples=150, deadline=None)
@given(text=texts())
def test_parse__words_without_parentheses__bind_as_in_sql(text: str, database: duckdb.DuckDBPyConnection) -> None:
    expected = [row[0] for row in database.execute(f"SELECT {text} FROM t ORDER BY place").fetchall()]
    rule = parse(text, CATALOGUE)
    assert [matches(rule, row, date(2026, 3, 1)) for row in ROWS] == expected
