"""What aims put on the stage of the matrix of permissions."""

from types import SimpleNamespace
from typing import Any

from aims.services.efforts import record_effort
from aims.services.enactment import enact_journey
from aims.services.releasing import publish_release
from common.actors import SYSTEM
from tests.aims.conftest import JOURNEY


def stand_aims(grocer: SimpleNamespace) -> dict[str, Any]:
    """A journey, a release and an effort; the number of the effort."""
    enact_journey(
        actor=SYSTEM,
        kind="create",
        key="regular",
        content=JOURNEY,
        rationale="We lose them after the first visit.",
        base_version=None,
        request_ref="set-up",
    )
    publish_release(actor=grocer.owner, title="First", vision="Where we go.")
    effort = record_effort(
        actor=grocer.owner,
        segment_key="anchors",
        kind="hours",
        amount=4,
        starts_on="2026-01-01",
        ends_on="2026-01-31",
        what="Calls",
    )
    return {"effort_id": effort.pk}
