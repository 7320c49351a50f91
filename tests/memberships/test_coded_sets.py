"""Sets as numbers answer as the lists do."""

from datetime import UTC, datetime

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memberships import compiler
from memberships.selectors.coded_sets import coded_sets
from taxonomy.rules import parse

WORDS = st.sampled_from(["", "a", "A", "a b", "é", "x,y", "\x1f"])
ROWS = st.lists(st.none() | st.lists(WORDS, max_size=3), max_size=30)


@settings(max_examples=80, deadline=None)
@given(rows=ROWS, text=WORDS)
def test_coded_sets__any_rows__answer_as_the_lists_do(rows: list[list[str] | None], text: str) -> None:
    column = pl.Series("tags", rows, dtype=pl.List(pl.String))
    coded = coded_sets(column)
    assert coded is not None
    found = column.to_frame().select(coded.contains(text).alias("found"))["found"].to_list()
    assert found == [None if row is None else text in row for row in rows]


def test_coded_sets__no_lists_or_too_many_different_ones__are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    assert coded_sets(pl.Series("city", ["a"])) is None
    monkeypatch.setattr("memberships.selectors.coded_sets._MOST", 3)
    assert coded_sets(pl.Series("tags", [[str(n)] for n in range(9)])) is None


def test_plan__sets_by_number__selects_whom_the_lists_select() -> None:
    rows = [["a", "b"], ["b"], [], None, ["a"]]
    frame = pl.DataFrame(
        {"tags": rows, "orders": [1.0, 2.0, 3.0, 4.0, None], "alive": [True, True, True, True, False]},
        schema={"tags": pl.List(pl.String), "orders": pl.Float64, "alive": pl.Boolean},
    )
    coded = coded_sets(frame["tags"])
    assert coded is not None
    texts = ["CONTAINS(tags, 'a')", "NOT CONTAINS(tags, 'a')", "CONTAINS(tags, 'b') AND orders >= 2"]
    texts += ["CONTAINS(tags, 'z')"]
    rules = {text: parse(text, {"tags": "set", "orders": "number"}) for text in texts}
    as_of = datetime(2026, 3, 1, tzinfo=UTC)
    asked: list[str] = []

    def holds(key: str, text: str) -> pl.Expr | None:
        asked.append(text)
        return coded.contains(text)

    by_number = compiler.plan(frame.lazy(), rules, as_of=as_of, holds=holds).frame.collect()
    assert by_number.equals(compiler.plan(frame.lazy(), rules, as_of=as_of).frame.collect())
    assert by_number[texts[0]].to_list() == [True, False, False, False, False]
    assert asked == ["a", "a", "b", "z"]
