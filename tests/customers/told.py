"""Events for the tests of features, stored as if they had been told and applied; and what they come to, by hand."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection, transaction

from customers.models import Customer
from customers.services.merging import enter_gate


@dataclass(frozen=True)
class Told:
    """One track event of a customer."""

    whose: str
    name: str
    at: datetime
    content: Mapping[str, Any] = field(default_factory=dict)


def tell(events: Iterable[Told]) -> list[int]:
    """Store the events of customers who are there, applied; returns their numbers. The customers have changed."""
    rows = list(events)
    ordinals = dict(Customer.objects.values_list("external_id", "ordinal"))
    ids = []
    with transaction.atomic(), connection.cursor() as cursor:
        enter_gate()
        for one in rows:
            cursor.execute(
                "INSERT INTO customers_event (received_at, at, source_key, message_id, type, name, user_id, content,"
                " customer_ordinal, applied_at, applied_seq) VALUES (now(), %s, 'app',"
                " 'm' || nextval('customers_event_seq'), 'track', %s, %s, %s, %s, now(),"
                " nextval('customers_changed_seq')) RETURNING id",
                [one.at, one.name, one.whose, json.dumps(dict(one.content)), ordinals[one.whose]],
            )
            ids.append(cursor.fetchone()[0])
        touch({one.whose for one in rows})
    return ids


def touch(whose: Iterable[str]) -> None:
    """The customers count as changed."""
    with transaction.atomic(), connection.cursor() as cursor:
        enter_gate()
        cursor.execute(
            "UPDATE customers_customer SET changed_seq = nextval('customers_changed_seq') WHERE external_id = ANY(%s)",
            [list(whose)],
        )


def hand_over(event_id: int, whose: str) -> None:
    """The event turns out to be somebody else's."""
    with transaction.atomic(), connection.cursor() as cursor:
        enter_gate()
        cursor.execute("SELECT customer_ordinal FROM customers_event WHERE id = %s", [event_id])
        before = cursor.fetchone()[0]
        after = Customer.objects.get(external_id=whose).ordinal
        cursor.execute(
            "UPDATE customers_event SET customer_ordinal = %s, applied_seq = nextval('customers_changed_seq')"
            " WHERE id = %s",
            [after, event_id],
        )
        cursor.execute(
            "UPDATE customers_customer SET changed_seq = nextval('customers_changed_seq') WHERE ordinal = ANY(%s)",
            [[before, after]],
        )


def by_hand(events: Iterable[Told], derivation: Mapping[str, Any], as_of: datetime) -> Any:
    """What a derivation comes to over the events of one customer, told in the order of their numbers."""
    numbered = sorted(enumerate(events), key=lambda pair: (pair[1].at, pair[0]))
    since = datetime.min.replace(tzinfo=UTC)
    if derivation.get("within_days"):
        day = as_of.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        since = day - timedelta(days=derivation["within_days"])
    held = [
        one
        for _, one in numbered
        if one.name == derivation["event"]
        and one.at >= since
        and all(_meets(one.content.get(where["property"]), where) for where in derivation.get("where", ()))
    ]
    aggregate, named = derivation["aggregate"], derivation.get("property")
    if aggregate == "count":
        return float(len(held))
    values = [one.content.get(named) for one in held] if named else [one.at for one in held]
    if aggregate == "sum":
        return float(sum(value for value in values if type(value) in (int, float)))
    if aggregate == "distinct":
        return float(len({json.dumps(value).strip('"') for value in values if isinstance(value, str | int | float)}))
    wanted = [value for value in values if isinstance(value, datetime if not named else str)]
    return wanted[-1 if aggregate == "last" else 0] if wanted else None


def _meets(value: Any, where: Mapping[str, Any]) -> bool:
    asked, operator = where.get("value"), where["operator"]
    if operator in ("known", "unknown"):
        return isinstance(value, str | int | float) is (operator == "known")
    one = asked[0] if isinstance(asked, list) else asked
    if isinstance(one, str) is not isinstance(value, str) or isinstance(one, bool) is not isinstance(value, bool):
        return False
    if value is None or isinstance(value, list | dict):
        return False
    return bool(
        {
            "=": lambda: value == asked,
            "<>": lambda: value != asked,
            ">": lambda: value > asked,
            "<=": lambda: value <= asked,
            "in": lambda: value in asked,
        }[operator]()
    )
