"""One meaning, many evaluators: reference, Polars, DuckDB, PostgreSQL and Spark SQL answer alike, UNKNOWN included."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from taxonomy.compiler import segment_column
from taxonomy.rules import Rule, to_text
from taxonomy.rules.values import NEWER_LETTERS, lower_case
from tests.taxonomy import evaluators, rule_corpus
from tests.taxonomy.rule_strategies import AS_OF, SEGMENTS, catalogues, customers, memberships, rules

RULES = rule_corpus.rules(300)
ROWS = rule_corpus.customers(500)
TYPES = evaluators.types_of(rule_corpus.CATALOGUE, rule_corpus.SEGMENTS)


@pytest.fixture(scope="module")
def database() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(config={"enable_external_access": False, "threads": 1}) as connection:
        yield connection


@pytest.fixture(scope="module")
def reference() -> list[list[bool | None]]:
    return evaluators.by_reference(RULES, ROWS, rule_corpus.AS_OF)


def assert_same(found: list[list[bool | None]], reference: list[list[bool | None]], asked: list[Rule]) -> None:
    """Fails with the rules and rows that differ, a few of them."""
    wrong = [
        f"{to_text(rule)}: row {n} is {theirs}, should be {ours}"
        for rule, answers, expected in zip(asked, found, reference, strict=True)
        for n, (theirs, ours) in enumerate(zip(answers, expected, strict=True))
        if theirs is not ours
    ]
    assert wrong[:10] == []


def test_corpus__its_answers__are_of_all_three_kinds(reference: list[list[bool | None]]) -> None:
    counts = {truth: sum(row.count(truth) for row in reference) for truth in (True, False, None)}
    assert all(count > 20_000 for count in counts.values()), counts
    assert sum(len(set(row)) == 3 for row in reference) > 150


def test_corpus__polars__agrees_with_the_reference(reference: list[list[bool | None]]) -> None:
    assert_same(evaluators.by_polars(RULES, TYPES, ROWS, rule_corpus.AS_OF), reference, RULES)


def test_corpus__duckdb__agrees_with_the_reference(
    reference: list[list[bool | None]], database: duckdb.DuckDBPyConnection
) -> None:
    assert_same(evaluators.by_duckdb(database, RULES, TYPES, ROWS, rule_corpus.AS_OF), reference, RULES)


@pytest.mark.django_db
def test_corpus__postgresql__agrees_with_the_reference(reference: list[list[bool | None]]) -> None:
    assert_same(evaluators.by_postgres(RULES, TYPES, ROWS, rule_corpus.AS_OF), reference, RULES)


@pytest.mark.timeout(600)
@pytest.mark.xdist_group("spark")
def test_corpus__spark__agrees_with_the_reference(
    reference: list[list[bool | None]], tmp_path: Path, spark: Any
) -> None:
    found = evaluators.by_spark(spark, tmp_path, RULES, TYPES, ROWS, rule_corpus.AS_OF)
    lowered = spark.sql(_lowered_by_spark()).collect()
    assert_same(found, reference, RULES)
    assert [row[0] for row in lowered] == [lower_case(word) for word in WORDS]


WORDS = ["İ", "ΑΣ", "ΑΣ.", "ΑΣ'Α", "Σ", "ΑΣΣ ΣΑ", "ß", "ẞ", "ǅ", "Ѡ", "I", "\u0130\u0307", *map(chr, NEWER_LETTERS)]


def _lowered_by_spark() -> str:
    listed = ", ".join(f"'{word.replace(chr(39), chr(92) + chr(39))}'" for word in WORDS)
    return f"SELECT LOWER(word) FROM (SELECT posexplode(array({listed})) AS (place, word)) ORDER BY place"


@pytest.mark.django_db
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_engines__any_rules_and_customers__agree_on_every_answer(
    data: st.DataObject, database: duckdb.DuckDBPyConnection
) -> None:
    catalogue = data.draw(catalogues())
    drawn = data.draw(st.lists(st.tuples(customers(catalogue), memberships()), min_size=1, max_size=8))
    rows: list[dict[str, Any]] = [
        row | {segment_column(key): answer for key, answer in known.items()} for row, known in drawn
    ]
    asked: list[Rule] = data.draw(st.lists(rules(catalogue), min_size=1, max_size=5))
    types = evaluators.types_of(catalogue, SEGMENTS)
    expected = evaluators.by_reference(asked, rows, AS_OF)
    assert_same(evaluators.by_polars(asked, types, rows, AS_OF), expected, asked)
    assert_same(evaluators.by_duckdb(database, asked, types, rows, AS_OF), expected, asked)
    assert_same(evaluators.by_postgres(asked, types, rows, AS_OF), expected, asked)
