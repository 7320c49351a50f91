"""The types of attributes, what a catalogue says about an attribute, and which operators each type takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, cast, get_args

AttributeType = Literal["number", "text", "boolean", "date", "timestamp", "enum", "set"]
LiteralType = Literal["number", "text", "boolean", "date", "timestamp"]

ATTRIBUTE_TYPES: frozenset[str] = frozenset(get_args(AttributeType))
EQUATABLE: frozenset[str] = frozenset({"number", "text", "boolean", "date", "timestamp", "enum"})
ORDERED: frozenset[str] = frozenset({"number", "text", "date", "timestamp", "enum"})
TEXTUAL: frozenset[str] = frozenset({"text", "enum"})

TYPE_NAMES: dict[str, str] = {
    "number": "a number",
    "text": "a text",
    "boolean": "a boolean",
    "date": "a date",
    "timestamp": "a timestamp",
    "enum": "an enum",
    "set": "a set",
}


@dataclass(frozen=True, slots=True)
class AttributeFacts:
    """What a rule needs to know of one attribute.

    `choices` limits the texts of an enum, and of a set where it is not empty; None means that they are not known
    and nothing is checked against them.
    """

    type: AttributeType
    label: str = ""
    unit: str = ""
    choices: tuple[str, ...] | None = ()
    description: str = ""


Catalogue = Mapping[str, "str | AttributeFacts"]


def facts_of(catalogue: Catalogue, key: str) -> AttributeFacts | None:
    """The facts of one attribute, or None when the catalogue does not hold it; a bare type name is enough."""
    entry = catalogue.get(key)
    if entry is None:
        return None
    facts = AttributeFacts(cast(AttributeType, entry), choices=None) if isinstance(entry, str) else entry
    if facts.type not in ATTRIBUTE_TYPES:
        raise ValueError(f"The catalogue gives {key!r} the type {facts.type!r}, which does not exist.")
    return facts
