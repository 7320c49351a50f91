"""The reference, the columnar engine and an independent database answer alike: TRUE, FALSE and UNKNOWN."""

from collections.abc import Iterator
from typing import Any

import duckdb
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from taxonomy.compiler import TIMESTAMP, compile_rule, segment_column
from taxonomy.rules import AttributeFacts, Rule, matches
from taxonomy.rules.evaluation import utc_date
from taxonomy.rules.values import lower_case
from tests.taxonomy.rule_sql import answers
from tests.taxonomy.rule_strategies import AS_OF, CASED, SEGMENTS, catalogues, customers, memberships, rules

SCHEMA: dict[str, Any] = {
    "number": pl.Float64,
    "text": pl.Categorical,
    "enum": pl.Categorical,
    "boolean": pl.Boolean,
    "date": pl.Date,
    "timestamp": TIMESTAMP,
    "set": pl.List(pl.String),
}


@pytest.fixture(scope="module")
def database() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(config={"enable_external_access": False, "threads": 1}) as connection:
        yield connection


def frame_of(
    catalogue: dict[str, AttributeFacts], rows: list[dict[str, Any]], known: list[dict[str, bool | None]]
) -> pl.DataFrame:
    schema = {key: SCHEMA[facts.type] for key, facts in catalogue.items()}
    schema |= {segment_column(key): pl.Boolean for key in SEGMENTS}
    joined = [
        row | {segment_column(key): answer for key, answer in answers_.items()}
        for row, answers_ in zip(rows, known, strict=True)
    ]
    columns = {
        key: [None if row[key] is None else float(row[key]) if type_ is pl.Float64 else row[key] for row in joined]
        for key, type_ in schema.items()
    }
    return pl.DataFrame(columns, schema=schema)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_engines__any_rules_and_customers__agree_on_every_answer(
    data: st.DataObject, database: duckdb.DuckDBPyConnection
) -> None:
    catalogue = data.draw(catalogues())
    rows = data.draw(st.lists(customers(catalogue), min_size=1, max_size=8))
    known = [data.draw(memberships()) for _ in rows]
    asked: list[Rule] = data.draw(st.lists(rules(catalogue), min_size=1, max_size=4))
    reference = [
        [matches(rule, row, AS_OF, segments=segments) for row, segments in zip(rows, known, strict=True)]
        for rule in asked
    ]
    expressions = [compile_rule(rule, as_of=AS_OF).alias(str(n)) for n, rule in enumerate(asked)]
    columnar = frame_of(catalogue, rows, known).lazy().select(expressions).collect()
    assert [column.to_list() for column in columnar.iter_columns()] == reference
    if not any(letter in str(rows) + str(asked) for letter in CASED):
        assert answers(database, catalogue, rows, known, asked, utc_date(AS_OF)) == reference


def test_lower_case__every_letter__agrees_with_the_columnar_engine() -> None:
    letters = [chr(code) for code in range(1, 0x20000) if not 0xD800 <= code <= 0xDFFF]
    lowered = pl.Series(letters).str.to_lowercase().to_list()
    different = [letter for letter, found in zip(letters, lowered, strict=True) if lower_case(letter) != found]
    assert different == []


@settings(max_examples=100, deadline=None)
@given(st.text(st.sampled_from("ΣσςΑαaİIiı.'´\u0301\u00ad- 1ÄẞßǅѠ"), max_size=8))
def test_lower_case__letters_that_depend_on_their_neighbours__agrees_with_the_columnar_engine(text: str) -> None:
    assert pl.Series([text]).str.to_lowercase().to_list() == [lower_case(text)]
