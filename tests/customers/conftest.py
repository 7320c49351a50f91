"""The stage of the data storey's tests: one source and one attribute of every type, defined by the steward."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from customers.services.attributes import define_attribute
from customers.services.sources import define_source
from ledger.models import Entry

ATTRIBUTES: dict[str, dict[str, Any]] = {
    "orders": {"label": "Orders, 90 days", "type": "number", "dimension": "behavioral", "unit": "orders"},
    "city": {"label": "City", "type": "text", "dimension": "demographic"},
    "is_member": {"label": "Club member", "type": "boolean", "dimension": "behavioral"},
    "joined_on": {"label": "Joined on", "type": "date", "dimension": "behavioral"},
    "seen_at": {"label": "Last seen", "type": "timestamp", "dimension": "technographic"},
    "tier": {"label": "Tier", "type": "enum", "dimension": "value", "choices": ["gold", "silver"]},
    "tags": {"label": "Tags", "type": "set", "dimension": "behavioral"},
    "has_children": {"label": "Has children", "type": "boolean", "dimension": "demographic", "sensitivity": "personal"},
    "diet": {"label": "Diet", "type": "text", "dimension": "demographic", "sensitivity": "special"},
}


@pytest.fixture
def catalogue(cast: SimpleNamespace) -> SimpleNamespace:
    """The cast, once the source `till` and the attributes above are defined."""
    define_source(actor=cast.steward, key="till", content={"name": "Tills", "kind": "product"})
    for key, content in ATTRIBUTES.items():
        define_attribute(actor=cast.steward, key=key, content={"source": "till", **content})
    return cast


@pytest.fixture
def announced(db: None) -> Callable[[str], list[dict[str, Any]]]:
    """The payloads of the facts of that name, oldest first."""

    def read(name: str) -> list[dict[str, Any]]:
        return list(Entry.objects.filter(event=name).order_by("pk").values_list("payload", flat=True))

    return read
