"""The stage of the taxonomy's tests."""

from types import SimpleNamespace

import pytest

from tests.taxonomy.stage import define_attributes


@pytest.fixture
def stage(cast: SimpleNamespace) -> SimpleNamespace:
    """The cast with a small catalogue of attributes."""
    define_attributes(cast.steward)
    return cast
