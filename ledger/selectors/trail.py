"""Reading the ledger: entries in words, and what waits to be handed on."""

import dataclasses
import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from ledger.choices import HandoffState
from ledger.models import Entry, Handoff
from ledger.policies import EntryPolicy
from ledger.sentences import sentence_of


@dataclasses.dataclass(frozen=True)
class Line:
    """An entry with its sentence, as a page or the API shows it."""

    entry: Entry
    sentence: str

    @property
    def is_refusal(self) -> bool:
        return self.entry.event == "ledger.attempt.refused"


def entries_for(
    *,
    viewer: Any,
    object_type: str | None = None,
    object_key: str | None = None,
    actor: str | None = None,
    event: str | None = None,
    correlation: uuid.UUID | None = None,
) -> QuerySet[Entry]:
    """The entries that the viewer may see, newest first, narrowed by what is given (`event` also by prefix).

    The trail of one object holds what was tried on it and refused as well.
    """
    rows = EntryPolicy().visible(viewer)
    if object_type and object_key:
        tried = Q(object_type="attempt", object_key=f"{object_type}:{object_key}"[:120])
        rows = rows.filter(Q(object_type=object_type, object_key=object_key) | tried)
    elif object_type:
        rows = rows.filter(object_type=object_type)
    elif object_key:
        rows = rows.filter(object_key=object_key)
    if actor:
        rows = rows.filter(actor_name=actor)
    if event:
        rows = rows.filter(Q(event=event) | Q(event__startswith=event.rstrip(".") + "."))
    if correlation:
        rows = rows.filter(correlation_id=correlation)
    return rows


def entries_about(object_type: str, object_key: str) -> QuerySet[Entry]:
    """Every entry about one object, newest first, for the portal itself; what people see comes from `entries_for`."""
    return Entry.objects.filter(object_type=object_type, object_key=object_key)


def lines_named(names: Sequence[str], *, since: datetime | None, limit: int) -> list[Line]:
    """The newest facts of these names since an instant (or ever), oldest first, with their sentences."""
    rows = Entry.objects.filter(event__in=names)
    found = (rows.filter(at__gt=since) if since else rows).order_by("-pk")[:limit]
    return lines(reversed(found))


def lines(entries: Any) -> list[Line]:
    """The entries with their sentences."""
    return [Line(entry, sentence_of(entry)) for entry in entries]


def dead_handoffs() -> QuerySet[Handoff]:
    """Facts that a consumer failed on too often, newest first."""
    return Handoff.objects.filter(state=HandoffState.DEAD).select_related("entry").order_by("-pk")


def pending_handoffs() -> QuerySet[Handoff]:
    """Facts still owed, oldest first."""
    return Handoff.objects.filter(state=HandoffState.PENDING).select_related("entry").order_by("pk")
