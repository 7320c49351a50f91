"""What of sources somebody should answer for."""

from django.urls import reverse

from common.actors import SYSTEM
from common.alarms import Alarm
from customers.selectors.sources import source_lines_for
from safeguards.choices import Scope
from safeguards.selectors import frozen_keys


def alarms() -> list[Alarm]:
    """Sources whose data is overdue; those that somebody froze wait on purpose."""
    frozen = frozen_keys(Scope.SOURCE)
    return [
        Alarm(
            key=f"source:{line.source.key}:{line.due_at:%Y-%m-%dT%H:%M}",
            kind="data",
            title=f"Data of {line.source.name} is overdue",
            url=reverse("customers:source", args=[line.source.key]),
            since=line.due_at,
            advice="Ask whoever keeps the source why nothing came, or import a newer file.",
        )
        for line in source_lines_for(viewer=SYSTEM)
        if line.state == "stale" and line.due_at is not None and line.source.key not in frozen
    ]
