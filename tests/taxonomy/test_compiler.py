"""Compiled rules on frames: shapes, constants, members, and what the engine must be able to swallow."""

import subprocess
import sys
import time
import warnings
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import polars as pl
import pytest

from taxonomy.compiler import compile_rule, member_expression
from taxonomy.rules import LIMITS, parse
from tests.taxonomy.rule_catalogue import CATALOGUE

AS_OF = datetime(2026, 3, 1, 0, 30, tzinfo=UTC)
FRAME = pl.DataFrame(
    {
        "orders": [1.0, 2.0, None],
        "city": ["Rome", "rome\n", None],
        "mailable": [True, False, None],
        "tags": [["a"], [], None],
        "segment:vip": [True, False, None],
    },
    schema={
        "orders": pl.Float64,
        "city": pl.Categorical,
        "mailable": pl.Boolean,
        "tags": pl.List(pl.String),
        "segment:vip": pl.Boolean,
    },
)

ANSWERS = [
    ("orders = 1", [True, False, None]),
    ("orders NOT IN (1, 3)", [False, True, None]),
    ("city IN ('Rome', 'a text that no customer has')", [True, False, None]),
    ("city = 'a text that no customer has'", [False, False, None]),
    ("city <> 'a text that no customer has'", [True, True, None]),
    ("city < 'a'", [True, False, None]),
    ("city LIKE 'R%'", [True, False, None]),
    ("city LIKE '%e'", [True, False, None]),
    ("city LIKE '%om%'", [True, True, None]),
    ("city LIKE '_ome_'", [False, True, None]),
    ("city LIKE 'R_m%'", [True, False, None]),
    ("city LIKE '%o_e'", [True, False, None]),
    ("city LIKE 'r_m%e_'", [False, True, None]),
    ("city LIKE '%'", [True, True, None]),
    ("LOWER(city) LIKE 'rom%'", [True, True, None]),
    ("CONTAINS(tags, 'a')", [True, False, None]),
    ("IN_SEGMENT('vip') AND mailable", [True, False, None]),
    ("NOT mailable", [False, True, None]),
    ("mailable AND FALSE", [False, False, False]),
    ("mailable IS NULL", [False, False, True]),
    ("TRUE", [True, True, True]),
    ("FALSE OR NOT TRUE", [False, False, False]),
]


@pytest.mark.parametrize(("text", "answers"), ANSWERS)
def test_compile_rule__frame__answers_each_row(text: str, answers: list[bool | None]) -> None:
    rule = parse(text, CATALOGUE)
    found = FRAME.lazy().select(compile_rule(rule, as_of=AS_OF).alias("answer")).collect()["answer"]
    assert found.dtype == pl.Boolean
    assert found.to_list() == answers
    members = FRAME.select(member_expression(rule, as_of=AS_OF).alias("answer"))["answer"]
    assert members.to_list() == [answer is True for answer in answers]


def test_compile_rule__parquet_file__answers_as_the_frame_does(tmp_path: Path) -> None:
    FRAME.write_parquet(tmp_path / "profiles.parquet")
    scan = pl.scan_parquet(tmp_path / "profiles.parquet")
    expressions = [compile_rule(parse(text, CATALOGUE), as_of=AS_OF).alias(text) for text, _ in ANSWERS]
    found = scan.select(expressions).collect()
    assert {column.name: column.to_list() for column in found.iter_columns()} == dict(ANSWERS)


def test_compile_rule__as_of_in_another_zone__takes_the_utc_date() -> None:
    frame = pl.DataFrame({"last_order": [date(2026, 2, 28), date(2026, 3, 1)]})
    rule = parse("last_order = CURRENT_DATE", CATALOGUE)
    evening_in_the_west = datetime(2026, 2, 28, 23, 30, tzinfo=timezone(timedelta(hours=-1)))
    found = frame.select(compile_rule(rule, as_of=evening_in_the_west))
    assert found["last_order"].to_list() == [False, True]


def test_compile_rule__no_rows__gives_none() -> None:
    for text in ("TRUE", "orders = 1"):
        assert FRAME.clear().select(compile_rule(parse(text, CATALOGUE), as_of=AS_OF)).height == 0


@pytest.mark.parametrize(
    "text",
    [
        " AND ".join(["orders = 1"] * (LIMITS.nodes - 1)),
        " OR ".join(f"orders = {n}" for n in range(LIMITS.nodes - 1)),
        f"orders IN ({', '.join(map(str, range(LIMITS.list_items)))})",
        "NOT " * (LIMITS.depth - 1) + "mailable",
        f"city LIKE '{'_' * LIMITS.pattern_characters}'",
        f"city LIKE '{'%a_' * 300}'",
    ],
    ids=["and", "or", "in", "not", "pattern", "pattern with %"],
)
def test_compile_rule__largest_rules__run(text: str) -> None:
    started = time.process_time()
    rule = parse(text, CATALOGUE)
    assert FRAME.select(compile_rule(rule, as_of=AS_OF).alias("answer")).height == FRAME.height
    assert time.process_time() - started < 5


def test_compile_rule__any_construct__raises_no_warning_of_the_engine() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for text, _ in ANSWERS:
            FRAME.select(compile_rule(parse(text, CATALOGUE), as_of=AS_OF))


def test_rules__are_pure__and_load_neither_django_nor_polars() -> None:
    script = (
        "import sys, taxonomy.rules; "
        "roots = {name.split('.')[0] for name in sys.modules}; "
        "bad = roots & {'django', 'rest_framework', 'celery', 'polars'}; "
        "sys.exit(str(bad) if bad else 0)"
    )
    subprocess.run([sys.executable, "-c", script], check=True, cwd=Path(__file__).parents[2])
