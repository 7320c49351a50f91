"""Lower case by our table is the columnar engine's, letter by letter and beside any neighbours."""

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from taxonomy.rules.values import lower_case


def test_lower_case__every_letter__agrees_with_the_columnar_engine() -> None:
    letters = [chr(code) for code in range(1, 0x20000) if not 0xD800 <= code <= 0xDFFF]
    lowered = pl.Series(letters).str.to_lowercase().to_list()
    different = [letter for letter, found in zip(letters, lowered, strict=True) if lower_case(letter) != found]
    assert different == []


@settings(max_examples=100, deadline=None)
@given(st.text(st.sampled_from("ΣσςΑαaİIiı.'´\u0301\u00ad- 1ÄẞßǅѠ"), max_size=8))
def test_lower_case__letters_that_depend_on_their_neighbours__agrees_with_the_columnar_engine(text: str) -> None:
    assert pl.Series([text]).str.to_lowercase().to_list() == [lower_case(text)]
