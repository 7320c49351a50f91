"""Reading what customers did, and by which ids they are known."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import Count, Q, QuerySet

from customers.choices import EventType, Sensitivity
from customers.models import Event, Link
from customers.policies import visible_sensitivities
from customers.rows.clocks import LATE_AFTER
from customers.rows.traits import trait_key
from customers.rows.values import shown
from customers.selectors.attributes import attribute_facts, visible_among
from customers.selectors.customers import CustomerRecord

_NAMES: Final = 50
_SHOWN: Final = 6
_WITH_TRAITS: Final = (EventType.IDENTIFY, EventType.GROUP)


@dataclass(frozen=True)
class EventLine:
    """One event as the viewer may see it: of its traits those of attributes that they see; what the catalogue does not
    know (other traits, properties) for those who see personal values. `hidden_count` are the others.
    """

    id: int
    message_id: str
    type: str
    name: str
    at: datetime
    received_at: datetime
    source_key: str
    content: dict[str, Any]
    hidden_count: int

    @property
    def title(self) -> str:
        """What happened, in a word or two."""
        return self.name or EventType(self.type).label

    @property
    def is_late(self) -> bool:
        """Whether it was received long after it happened."""
        return self.received_at - self.at > LATE_AFTER

    @property
    def shown(self) -> list[tuple[str, str]]:
        """The first of its values as short texts."""
        return [(name, shown(value).strip("“”")) for name, value in list(self.content.items())[:_SHOWN]]


@dataclass(frozen=True)
class KnownAs:
    """Another id of a customer; `kind` is anonymous or alias."""

    kind: str
    name: str


def events_of(record: CustomerRecord, *, name: str = "") -> QuerySet[Event]:
    """What the customer did, newest first; of one name, or of one type of calls that have no name."""
    rows = Event.objects.filter(customer_ordinal=record.ordinal).order_by("-at", "-id")
    name = name.replace("\x00", "")
    return rows.filter(Q(name=name) | Q(name="", type=name)) if name else rows


def event_names_of(record: CustomerRecord) -> list[tuple[str, int]]:
    """(name, or type where there is none; how often) of what the customer did, the most frequent first."""
    rows = Event.objects.filter(customer_ordinal=record.ordinal).values_list("name", "type")
    counts: dict[str, int] = {}
    for name, kind, count in rows.annotate(count=Count("*")).order_by("-count", "name")[:_NAMES]:
        counts[name or kind] = counts.get(name or kind, 0) + count
    return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))


def event_lines(*, viewer: Any, events: Iterable[Event]) -> list[EventLine]:
    """The events with what the viewer may see of them."""
    catalogue = attribute_facts()
    facts = {key: catalogue[key] for key in visible_among(viewer, catalogue)}
    sees_people = Sensitivity.PERSONAL in visible_sensitivities(viewer)
    lines = []
    for event in events:
        content = event.content if isinstance(event.content, Mapping) else {}
        if event.type in _WITH_TRAITS:
            visible = {
                name: value
                for name, value in content.items()
                if trait_key(name, facts) or (sees_people and not trait_key(name, catalogue))
            }
        else:
            visible = dict(content) if sees_people else {}
        names = ("id", "message_id", "type", "name", "at", "received_at", "source_key")
        told = {name: getattr(event, name) for name in names}
        lines.append(EventLine(**told, content=visible, hidden_count=len(content) - len(visible)))
    return lines


def known_as(record: CustomerRecord) -> list[KnownAs]:
    """The other ids of the customer: those merged into it, then the anonymous ones, by name."""
    former = Link.objects.filter(kind=Link.Kind.ALIAS, external_id=record.external_id)
    names = {record.external_id, *former.values_list("name", flat=True)}
    anonymous = Link.objects.filter(kind=Link.Kind.ANONYMOUS, external_id__in=names).order_by("name")
    found = [KnownAs(Link.Kind.ALIAS, name) for name in sorted(names - {record.external_id})]
    return found + [KnownAs(Link.Kind.ANONYMOUS, name) for name in anonymous.values_list("name", flat=True)]
