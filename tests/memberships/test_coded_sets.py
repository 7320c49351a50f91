"""Sets as numbers answer as the lists do."""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memberships.selectors.coded_sets import coded_sets

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
