"""Applying events to customers: order, links, merges, problems, poison."""

import random
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from itertools import permutations
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection

from customers.models import Customer, Event, Link
from customers.rows.tracking import Message
from customers.services.applying import apply_events
from customers.services.receiving_events import receive_events

T0 = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
Announced = Callable[[str], list[dict[str, Any]]]


def told(kind: str, number: int, *, minutes: int = 0, name: str = "", **fields: Any) -> Message:
    """A message of that many minutes after noon."""
    ids = {key: fields.pop(key, "") for key in ("user_id", "anonymous_id", "group_id", "previous_id")}
    return Message(
        type=kind,
        message_id=f"m{number}",
        at=T0 + timedelta(minutes=minutes),
        name=name,
        content=fields,
        context={},
        **ids,
    )


SIX = (
    told("identify", 1, minutes=10, user_id="anna", orders=1, city="Basel"),
    told("identify", 2, minutes=30, user_id="anna", anonymous_id="x", orders=3, tier="gold"),
    # Older than both, and told under the former id.
    told("identify", 3, minutes=5, user_id="old-anna", orders=9, city="Bern", is_member=True),
    told("track", 4, minutes=20, anonymous_id="x", name="Order"),
    told("alias", 5, minutes=15, previous_id="old-anna", user_id="anna"),
    told("group", 6, minutes=25, user_id="anna", group_id="acme", city="Zug"),
)


def send(messages: Iterable[Message], received_at: datetime = T0 + timedelta(minutes=40)) -> None:
    receive_events(source_key="till", messages=list(messages), received_at=received_at)


def apply_all(limit: int = 2000) -> None:
    while apply_events(limit=limit) is not None:
        pass


def outcome() -> dict[str, Any]:
    """All that must not depend on the order: customers with values and clocks, links, and whose each event is."""
    names = dict(Customer.objects.values_list("ordinal", "external_id"))
    alive = Customer.objects.filter(is_erased=False)
    return {
        "customers": {row.external_id: (row.attributes, row.clocks) for row in alive},
        "links": {(link.kind, link.name): (link.external_id, tuple(link.clock)) for link in Link.objects.all()},
        "events": {event.message_id: names.get(event.customer_ordinal or -1) for event in Event.objects.all()},
        "waiting": Event.objects.filter(applied_at=None).count(),
    }


def forget() -> None:
    with connection.cursor() as cursor:
        for table in ("event", "receivedmessage", "link", "customer", "eventproblem"):
            cursor.execute(f"DELETE FROM customers_{table}")


@pytest.fixture
def expected(catalogue: SimpleNamespace) -> dict[str, Any]:
    send(SIX)
    apply_all()
    found = outcome()
    forget()
    return found


def test_apply_events__six_events__values_by_clock_owners_by_id(expected: dict[str, Any]) -> None:
    values = {key: value for key, (value, _) in expected["customers"].items()}
    assert values == {
        "anna": {"orders": 3, "city": "Basel", "tier": "gold", "is_member": True},
        "acme": {"city": "Zug"},
    }
    assert set(expected["events"].values()) == {"anna"}
    assert expected["waiting"] == 0


def test_apply_events__orders_and_splits__end_alike(expected: dict[str, Any]) -> None:
    orders = list(permutations(SIX))
    for position, order in enumerate(random.Random(1).sample(orders, 20)):
        if position % 2:
            for message in order:
                send([message])
                apply_all()
        else:
            send(order)
            apply_all(limit=position % 5 + 1)
        assert outcome() == expected, [message.message_id for message in order]
        forget()
