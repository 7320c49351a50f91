"""The types of attributes, what a catalogue says about an attribute, and which operators each type takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
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
    and nothing is checked against them. The rest below `description` are declared facts about the values, and proofs
    rest on them: the bounds belong to the range (a datetime has UTC), `not_before` is the key of an attribute of the
    same type whose value this one is never below where both are known.
    """

    type: AttributeType
    label: str = ""
    unit: str = ""
    choices: tuple[str, ...] | None = ()
    description: str = ""
    dimension: str = ""
    sensitivity: str = ""
    minimum: float | date | datetime | None = None
    maximum: float | date | datetime | None = None
    is_whole: bool = False
    is_always_known: bool = False
    not_before: str | None = None


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
