"""The operands of a rule's JSON tree: objects with known fields, attributes, and values of the right JSON type."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, cast, get_args

from taxonomy.rules.checking import Checker, Draft, Reference
from taxonomy.rules.errors import Place
from taxonomy.rules.limits import LIMITS
from taxonomy.rules.nodes import Literal, RelativeDate, Scalar
from taxonomy.rules.types import LiteralType, facts_of
from taxonomy.rules.values import (
    UnfitError,
    canonical_number,
    date_of,
    shown,
    text_of,
    timestamp_of,
    whole_number,
)

_LITERAL_TYPES = frozenset(get_args(LiteralType))
_EXPECTED: dict[str, str] = {
    "number": "Here a finite number should stand.",
    "text": "Here a text should stand.",
    "boolean": "Here true or false should stand.",
    "date": "Here a date should stand, as in 2026-01-31.",
    "timestamp": "Here a timestamp should stand, as in 2026-01-31T10:30:00Z.",
}


def fields_of(
    checker: Checker, node: object, pointer: str, required: Sequence[str], optional: Sequence[str] = ()
) -> dict[str, Any] | None:
    """The fields of an object, or None after recording that it is none, or has too many fields or too few."""
    if not isinstance(node, dict):
        _refuse(checker, "Here an object should stand.", pointer)
        return None
    for name in node:
        if name not in required and name not in optional:
            _refuse(checker, f"There is no field {shown(str(name))} here.", pointer)
            return None
    for name in required:
        if name not in node:
            _refuse(checker, f"The field {name} is missing.", pointer)
            return None
    return node


def operand_draft(checker: Checker, node: object, pointer: str) -> Draft | None:
    """The operand that an object describes, or None after recording what is wrong with it."""
    kind = node.get("kind") if isinstance(node, dict) else None
    if kind == "attribute":
        return _attribute(checker, node, pointer)
    if kind == "lower":
        fields = fields_of(checker, node, pointer, ("kind", "attribute"))
        inner = _attribute(checker, fields["attribute"], f"{pointer}/attribute") if fields else None
        if inner is None or not isinstance(inner.content, Reference):
            return None
        return Draft(Reference(inner.content.key, lowered=True), inner.place)
    if kind == "literal":
        fields = fields_of(checker, node, pointer, ("kind", "type", "value"))
        if fields is None:
            return None
        if not isinstance(fields["type"], str) or fields["type"] not in _LITERAL_TYPES:
            _refuse(checker, "The type of a value is one of " + ", ".join(_EXPECTED) + ".", f"{pointer}/type")
            return None
        return literal_draft(checker, cast(LiteralType, fields["type"]), fields["value"], f"{pointer}/value")
    if kind == "relative_date":
        fields = fields_of(checker, node, pointer, ("kind", "days_back"))
        days = fields["days_back"] if fields else None
        if type(days) is int and 0 <= days <= LIMITS.days_back:
            return Draft(RelativeDate(days), Place(pointer=pointer))
        if fields is not None:
            _refuse(checker, f"days_back is a whole number from 0 to {LIMITS.days_back}.", pointer)
        return None
    _refuse(checker, "An operand is an object whose kind is one of attribute, literal, lower, relative_date.", pointer)
    return None


def literal_type(operand_type: str) -> LiteralType:
    """The type of the values that an operand of this type is compared with."""
    return cast(LiteralType, operand_type) if operand_type in _LITERAL_TYPES else "text"


def literal_draft(checker: Checker, type_: LiteralType, raw: object, pointer: str) -> Draft | None:
    """The typed value that a JSON value stands for, or None after recording why it does not fit."""
    place = Place(pointer=pointer)
    try:
        value = _read(type_, raw)
    except UnfitError as unfit:
        checker.fault(unfit.code, unfit.detail, place)
        return None
    if value is None:
        checker.fault("wrong_type", _EXPECTED[type_], place)
        return None
    return Draft(Literal(type_, value), place)


def _read(type_: LiteralType, raw: object) -> Scalar | None:
    if type_ == "boolean":
        return raw if isinstance(raw, bool) else None
    if type_ == "number":
        if type(raw) is int:
            return whole_number(raw)
        return canonical_number(raw) if type(raw) is float and math.isfinite(raw) else None
    if not isinstance(raw, str):
        return None
    if type_ == "date":
        return date_of(raw)
    return timestamp_of(raw) if type_ == "timestamp" else text_of(raw)


def _attribute(checker: Checker, node: object, pointer: str) -> Draft | None:
    fields = fields_of(checker, node, pointer, ("kind", "key"), ("type",))
    if fields is None:
        return None
    key = fields["key"]
    if fields["kind"] != "attribute" or not isinstance(key, str):
        _refuse(checker, "Here an attribute should stand, with its key.", pointer)
        return None
    facts = facts_of(checker.catalogue, key)
    if facts is not None and "type" in fields and fields["type"] != facts.type:
        detail = f"{shown(key)} is of type {facts.type} now, not {shown(str(fields['type']))}."
        checker.fault("type_changed", detail, Place(pointer=f"{pointer}/type"))
        return None
    return Draft(Reference(key), Place(pointer=pointer))


def _refuse(checker: Checker, detail: str, pointer: str) -> None:
    checker.fault("invalid_tree", detail, Place(pointer=pointer))
