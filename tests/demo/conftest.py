"""The households' attributes, counted once for all tests of the demonstration company."""

import polars as pl
import pytest

from demo.features import household_attributes


@pytest.fixture(scope="session")
def households() -> pl.DataFrame:
    return household_attributes()
