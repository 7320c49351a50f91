"""The clock that the portal asks for the time."""

from datetime import timedelta
from pathlib import Path

import pytest

from common.clock import now, set_back

ROOT = Path(__file__).parents[2]


def test_set_back__within_the_block__lies_in_the_past_and_afterwards_no_more() -> None:
    before = now()
    with set_back(timedelta(days=3)):
        assert now() <= before - timedelta(days=2)
    assert now() >= before


def test_set_back__forward__is_refused() -> None:
    with pytest.raises(ValueError, match="never forward"), set_back(timedelta(days=-1)):
        pass


def test_set_back__in_the_portal__is_named_by_the_demonstration_alone() -> None:
    apps = [path.parent for path in ROOT.glob("*/apps.py")]
    named = [path for app in apps for path in app.rglob("*.py") if "set_back" in path.read_text(encoding="utf-8")]
    assert named == [ROOT / "common" / "clock.py"]
