"""A story: every entry that one correlation id joins, and what is still owed to consumers."""

import dataclasses
import uuid
from typing import Any

from ledger.choices import HandoffState
from ledger.models import Handoff
from ledger.selectors import Line, entries_for, lines


@dataclasses.dataclass(frozen=True)
class Step:
    """An entry of a story with the consumers that it was handed to."""

    line: Line
    handoffs: list[Handoff]


@dataclasses.dataclass(frozen=True)
class Story:
    """One thread of the ledger, oldest entry first."""

    correlation: uuid.UUID
    lines: list[Line]
    steps: list[Step]
    waiting: int
    dead: int


def story_of(*, viewer: Any, correlation: uuid.UUID) -> Story:
    """The story that the viewer may see; without lines when there is none."""
    found = lines(entries_for(viewer=viewer, correlation=correlation).order_by("id")[:500])
    owed: dict[int, list[Handoff]] = {}
    for handoff in Handoff.objects.filter(entry_id__in=[line.entry.pk for line in found]).order_by("pk"):
        owed.setdefault(handoff.entry_id, []).append(handoff)
    everything = [handoff for several in owed.values() for handoff in several]
    return Story(
        correlation=correlation,
        lines=found,
        steps=[Step(line, owed.get(line.entry.pk, [])) for line in found],
        waiting=sum(handoff.state == HandoffState.PENDING for handoff in everything),
        dead=sum(handoff.state == HandoffState.DEAD for handoff in everything),
    )
