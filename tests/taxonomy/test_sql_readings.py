"""Rules as SQL: what the text looks like in each dialect, what is refused, the page and the API."""

from collections.abc import Callable
from datetime import date
from html import unescape
from types import SimpleNamespace
from typing import Any

import pytest
import sqlglot
from django.test import Client

from taxonomy.rules import Rule, parse
from taxonomy.rules.nodes import Attribute, Compare, InSegment, Literal, all_of
from taxonomy.sql import DIALECTS, Column, SqlRefusedError, columns_of, sql_reading, to_sql
from tests.taxonomy.rule_catalogue import CATALOGUE
from tests.taxonomy.stage import enact

TODAY = date(2026, 3, 1)
READINGS = [
    ("duckdb", "orders >= 3 AND share <> -0.25", '"orders" >= 3 AND "share" <> -0.25e0'),
    ("postgres", "city < 'b'", '"city" COLLATE "C" < \'b\''),
    ("spark", "\"home-city\" = 'O''Brien'", r"`home-city` = 'O\'Brien'"),
    ("postgres", "CONTAINS(tags, 'x')", "'x' = ANY(\"tags\")"),
    ("spark", "IN_SEGMENT('vip') AND NOT mailable", "`segment:vip` AND NOT `mailable`"),
    ("duckdb", r"city LIKE '50\%\a%'", r""""city" LIKE '50\%a%' ESCAPE '\'"""),
    ("postgres", "last_order >= CURRENT_DATE - INTERVAL '1' DAY", "\"last_order\" >= CAST('2026-02-28' AS DATE)"),
    (
        "duckdb",
        "seen < TIMESTAMP '2026-01-01T01:00:00.000001+01:00'",
        "\"seen\" < CAST('2026-01-01 00:00:00.000001+00:00' AS TIMESTAMPTZ)",
    ),
    ("duckdb", "member AND (orders = 1 OR mailable)", '"member" AND ("orders" = 1 OR "mailable")'),
]


@pytest.mark.parametrize(("dialect", "text", "sql"), READINGS)
def test_to_sql__dialect__writes_values_and_names_in_its_way(dialect: str, text: str, sql: str) -> None:
    assert to_sql(parse(text, CATALOGUE), dialect, as_of=TODAY) == sql


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("name", ['a" OR 1=1 --', "a` OR 1=1 --", "x'; DROP TABLE customers; --", "a\\", "é 😀", ")"])
def test_to_sql__hostile_names_and_values__stay_one_column_and_one_text(dialect: str, name: str) -> None:
    rule = Rule(Compare(Attribute(name, "text"), "=", Literal("text", name)))
    read = sqlglot.parse_one(to_sql(rule, dialect, as_of=TODAY), dialect=dialect)
    assert [column.name for column in read.find_all(sqlglot.exp.Column)] == [name]
    assert [text.this for text in read.find_all(sqlglot.exp.Literal)] == [name]


def test_to_sql__names_that_an_engine_would_confuse__are_refused() -> None:
    twins = Rule(all_of([Compare(Attribute(key, "number"), ">", Literal("number", 1)) for key in ("Case", "case")]))
    for dialect in ("duckdb", "spark"):
        with pytest.raises(SqlRefusedError, match="Case and case for one"):
            to_sql(twins, dialect, as_of=TODAY)
    assert to_sql(twins, "postgres", as_of=TODAY) == '"Case" > 1 AND "case" > 1'
    with pytest.raises(SqlRefusedError, match="PostgreSQL cuts names after 63 bytes"):
        to_sql(Rule(InSegment("k" * 63)), "postgres", as_of=TODAY)
    with pytest.raises(SqlRefusedError, match="no dialect oracle; choose one of duckdb, postgres, spark"):
        to_sql(twins, "oracle", as_of=TODAY)


def test_sql_reading__lower__says_which_engine_it_needs() -> None:
    rule = parse("LOWER(city) = 'rome' AND IN_SEGMENT('vip')", CATALOGUE)
    reading = sql_reading(rule, "postgres", as_of=TODAY)
    assert reading.columns == (Column("city", "TEXT"), Column("segment:vip", "BOOLEAN"))
    assert reading.notes == ("LOWER by the full Unicode tables needs PostgreSQL 18 or later.",)
    assert columns_of(rule, "spark")[0] == Column("city", "STRING")


def test_to_sql__largest_rules__are_written() -> None:
    for text in (
        " OR ".join(f"orders = {n}" for n in range(999)),
        f"orders IN ({', '.join(map(str, range(10_000)))})",
        "(" * 48 + "member OR mailable" + ")" * 48,
    ):
        assert to_sql(parse(text, CATALOGUE), "spark", as_of=TODAY)


@pytest.fixture
def family(stage: SimpleNamespace) -> SimpleNamespace:
    enact("frequent", rule="visits >= 50")
    enact("young", parent="frequent", tier="persona", name="Young regulars", rule="age_band = '19-24'")
    return stage


@pytest.mark.django_db
def test_api_segment_sql__each_dialect__gives_the_effective_rule(
    family: SimpleNamespace, api_of: Callable[..., Client]
) -> None:
    client = api_of(family.learner, scopes=("read",))
    answer = client.get("/api/v1/segments/young/sql/?dialect=spark").json()
    assert answer["sql"] == "`visits` >= 50 AND `age_band` = '19-24'"
    assert (answer["segment"], answer["version"], answer["dialect"], answer["notes"]) == ("young", 1, "spark", [])
    assert answer["columns"] == [{"name": "age_band", "type": "STRING"}, {"name": "visits", "type": "DOUBLE"}]
    assert '"visits" >= 50' in client.get("/api/v1/segments/young/sql/").json()["sql"]


@pytest.mark.django_db
def test_api_segment_sql__unknown_dialect_or_segment__is_refused(
    family: SimpleNamespace, api_of: Callable[..., Client]
) -> None:
    client = api_of(family.viewer)
    refused = client.get("/api/v1/segments/young/sql/?dialect=mysql%00")
    assert refused.status_code == 400
    assert refused.json()["errors"][0]["pointer"] == "/dialect"
    assert client.get("/api/v1/segments/none/sql/").status_code == 404


@pytest.mark.django_db
def test_version_page__as_sql__is_folded_until_a_dialect_is_chosen(
    family: SimpleNamespace, client_of: Callable[[Any], Client]
) -> None:
    client = client_of(family.viewer)
    folded = unescape(client.get("/segments/young/versions/1/").content.decode())
    assert '<details class="more" id="as-sql">' in folded
    assert 'data-copy="\n' not in folded and "COLLATE \"C\" = '19-24'" in folded
    chosen = unescape(client.get("/segments/young/versions/1/?sql=spark").content.decode())
    assert '<details class="more" id="as-sql" open>' in chosen
    assert "`age_band` = '19-24'" in chosen and "not what Segportal runs" in chosen
    assert client.get("/segments/young/versions/1/?sql=%00").status_code == 200
