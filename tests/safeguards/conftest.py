"""Freezing things in a small company."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from safeguards.models import Freeze
from safeguards.services import freeze
from tests.factories.grocer import define_catalogue, enact_segments, merge_customers
from tests.memberships.conftest import run_now


@pytest.fixture
def computed(cast: SimpleNamespace) -> SimpleNamespace:
    """The grocer after its first run, without a board."""
    define_catalogue(cast)
    merge_customers(cast)
    enact_segments(cast)
    run_now()
    return cast


@pytest.fixture
def stop(cast: SimpleNamespace) -> Callable[..., Freeze]:
    """Freezes as the steward: stop("segment", "anchors")."""

    def begin(scope: str, key: str = "", **given: Any) -> Freeze:
        return freeze(actor=cast.steward, scope=scope, key=key, **{"reason": "The till sends nonsense.", **given})

    return begin
