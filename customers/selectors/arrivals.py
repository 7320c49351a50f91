"""Reading what programs sent, as it comes in: the newest events, one event in full, the keys they come with."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from django.db.models import Q, QuerySet

from accounts.selectors import write_keys
from common.clock import now
from customers.choices import DEFAULT_SOURCE, EventType, Sensitivity
from customers.errors import NoSuchEvent
from customers.models import Customer, Event, Link, Source
from customers.policies import CustomerPolicy, SourcePolicy, visible_sensitivities
from customers.rows.traits import trait_key
from customers.selectors.attributes import attribute_facts

# Without a customer or a message id only what came lately is looked through.
RECENT: Final = timedelta(days=7)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
HIDDEN: Final = "(not open to your role)"


@dataclass(frozen=True, slots=True)
class EventFilter:
    """What the newest events are narrowed by; empty where not."""

    source: str = ""
    type: str = ""
    customer: str = ""
    message: str = ""

    def __bool__(self) -> bool:
        return bool(self.source or self.type or self.customer or self.message)


@dataclass(frozen=True, slots=True)
class EventLine:
    """An event with whose it is, as far as the viewer may know; `stamp` is its receipt in millionths of a second."""

    event: Event
    stamp: int
    who: str
    customer: str
    opens: bool


@dataclass(frozen=True, slots=True)
class EventView:
    """One event in full: `content` and `context` without what the viewer may not see."""

    line: EventLine
    content: Mapping[str, Any] = field(default_factory=dict)
    context: Mapping[str, Any] = field(default_factory=dict)
    is_masked: bool = False


def write_keys_of(source: Source) -> QuerySet[Any]:
    """The tokens that send data of the source; those that name no source send for the default one."""
    return write_keys([source.key, ""] if source.key == DEFAULT_SOURCE else [source.key])


def newest_events(*, viewer: Any, asked: EventFilter, limit: int = 50) -> list[EventLine]:
    """The newest events that fit, newest first; nothing for those who may not see sources. Who and which message is
    told, and can be asked for, only by those who may see customers.
    """
    if not SourcePolicy().can(viewer, "view"):
        return []
    sees = CustomerPolicy().can(viewer, "view")
    rows = Event.objects.order_by("-received_at", "-id")
    if asked.source:
        rows = rows.filter(source_key=asked.source)
    if asked.type in EventType.values:
        rows = rows.filter(type=asked.type)
    if sees and asked.message:
        rows = rows.filter(message_id=asked.message)
    if sees and asked.customer:
        rows = rows.filter(_of_customer(asked.customer))
    elif not asked.message:
        rows = rows.filter(received_at__gte=now() - RECENT)
    return _lines(list(rows[:limit]), sees)


def _of_customer(text: str) -> Q:
    """Events of the customer of that id, or under another of their names; applied or not."""
    survivors = Link.objects.filter(name=text).values_list("external_id", flat=True)
    names = {text, *survivors}
    ordinals = list(Customer.objects.filter(external_id__in=names).values_list("ordinal", flat=True))
    waiting = Q(applied_at=None) & (Q(user_id__in=names) | Q(group_id__in=names) | Q(anonymous_id=text))
    return Q(customer_ordinal__in=ordinals) | waiting | Q(customer_ordinal=None, anonymous_id=text)


def _lines(events: list[Event], sees: bool) -> list[EventLine]:
    ordinals = {event.customer_ordinal for event in events if event.customer_ordinal is not None} if sees else set()
    known = Customer.objects.filter(ordinal__in=ordinals, is_erased=False) if ordinals else Customer.objects.none()
    names = dict(known.values_list("ordinal", "external_id"))
    lines = []
    for event in events:
        who = (event.user_id or event.anonymous_id or event.group_id) if sees else ""
        customer = names.get(event.customer_ordinal, "") if event.customer_ordinal is not None else ""
        lines.append(EventLine(event, (event.received_at - _EPOCH) // _MICROSECOND, who, customer, sees))
    return lines


def event_for(*, viewer: Any, stamp: int, event_id: int) -> EventView:
    """One event in full. Values of attributes that the viewer may not see are left out, and what no attribute says the
    sensitivity of counts as personal.
    """
    CustomerPolicy().require(viewer, "view")
    try:
        event = Event.objects.filter(received_at=_EPOCH + stamp * _MICROSECOND, id=event_id).first()
    except OverflowError:
        event = None
    if event is None:
        raise NoSuchEvent("There is no event of that number, or it is older than events are kept.")
    open_to = visible_sensitivities(viewer)
    content = _masked(event, open_to)
    context = event.context if Sensitivity.PERSONAL in open_to else dict.fromkeys(event.context, HIDDEN)
    hidden = content != event.content or context != event.context
    return EventView(_lines([event], sees=True)[0], content, context, hidden)


def _masked(event: Event, open_to: list[str]) -> dict[str, Any]:
    facts = attribute_facts() if event.type in (EventType.IDENTIFY, EventType.GROUP) else {}
    shown = {}
    for name, value in event.content.items():
        key = trait_key(name, facts)
        sensitivity = facts[key].sensitivity if key else Sensitivity.PERSONAL
        shown[name] = value if sensitivity in open_to else HIDDEN
    return shown
