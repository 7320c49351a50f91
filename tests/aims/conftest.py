"""A grocer whose memberships are computed, with a journey in force."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from aims.services.enactment import enact_journey
from common.actors import SYSTEM

JOURNEY: dict[str, Any] = {
    "name": "From first visit to regular",
    "description": "How a household comes to shop with us every week.",
    "stages": [
        {"key": "discover", "name": "Discover", "goal": "Find a store that fits.", "channels": ["ad", "mail"]},
        {"key": "first-month", "name": "First month", "goal": "Get the week done.", "channels": ["store"]},
    ],
    "moments": [
        {
            "key": "second-visit",
            "name": "The second visit",
            "stage": "first-month",
            "decides": "Whether the first visit was worth coming back.",
            "channels": ["store", "phone"],
            "segments": ["occasional"],
        }
    ],
}


def journey(**changes: Any) -> dict[str, Any]:
    """The content of a journey, changed where told."""
    return {**JOURNEY, **changes}


@pytest.fixture
def travelled(grocer: SimpleNamespace) -> SimpleNamespace:
    """The grocer with the journey in force."""
    enact_journey(
        actor=SYSTEM,
        kind="create",
        key="regular",
        content=JOURNEY,
        rationale="We lose them after the first visit.",
        base_version=None,
        request_ref="set-up",
    )
    return grocer


@pytest.fixture
def computed(grocer: SimpleNamespace) -> Callable[[], int]:
    """Computes all memberships over a fresh build; the number of the run."""
    from customers.services.builds import build_profiles
    from memberships.choices import Trigger
    from memberships.services import execute_run, request_run

    def compute() -> int:
        build_profiles(actor=grocer.steward)
        run = request_run(actor=grocer.steward, trigger=Trigger.PERSON, reason="test")
        execute_run(run.pk)
        return int(run.pk)

    return compute
