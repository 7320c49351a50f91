"""Running a run in this process, and reading what it published."""

from typing import Any

import pytest

from common.actors import SYSTEM
from memberships import services
from memberships.choices import Trigger
from memberships.models import Run
from taxonomy.selectors import live_content
from taxonomy.services.enactment import enact_version
from tests.factories.grocer import define_catalogue, enact_segments, merge_customers, segment_content


def run_now(*segment_keys: str, trigger: str = Trigger.SCHEDULE) -> Run:
    """Request a run as the portal and execute it here."""
    run = services.request_run(actor=SYSTEM, trigger=trigger, segment_keys=segment_keys)
    services.execute_run(run.pk)
    run.refresh_from_db()
    return run


def enact(key: str, kind: str = "change", **given: Any) -> Any:
    """Change a segment of the grocer (or create one), as an approved request would."""
    live = live_content(key)
    content = {**live.content, **given} if live else segment_content(key, **{"name": key.capitalize(), **given})
    return enact_version(
        actor=SYSTEM,
        kind=kind,
        segment_key=key,
        content=content,
        rationale="Because.",
        expected_outcome="More of it.",
        base_version=live.version_number if live else None,
        request_ref="1",
    )


@pytest.fixture
def grocer(cast: Any) -> Any:
    """The grocer without a board: memberships know nothing of boards."""
    define_catalogue(cast)
    merge_customers(cast)
    enact_segments(cast)
    return cast


@pytest.fixture
def computed(grocer: Any) -> Any:
    """The grocer after its first run."""
    grocer.first_run = run_now()
    return grocer
