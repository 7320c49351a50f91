"""Types the traits that programs tell of customers: values that fit, and what does not with its reason."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final

from customers.rows.columns import plain_name
from customers.rows.facts import AttributeRow
from customers.rows.limits import within_limits
from customers.rows.values import ValueRefused, typed_value

_HUMP: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
# A number as JSON would write it; "007" and "1,000" are not, they may be identifiers.
_NUMBER: Final = re.compile(r"-?(0|[1-9]\d{0,14})(\.\d{1,15})?", re.ASCII)
_MIDNIGHT: Final = re.compile(r"(\d{4}-\d{2}-\d{2})[T ]00:00(:00(\.0{1,9})?)?(Z|\+00:?00)?", re.ASCII)
_WORDS: Final = {"true": True, "false": False}
MAX_NAME: Final = 200


@dataclass(frozen=True, slots=True)
class Fault:
    """A trait that cannot be stored: its name, or the attribute's key where there is one; a stable code; words."""

    key: str
    code: str
    detail: str
    example: Any


def trait_key(name: str, catalogue: Mapping[str, AttributeRow]) -> str | None:
    """The attribute that a trait means: of that key, or of the name with its humps written as underscores
    (`planName` -> `plan_name`).
    """
    if name in catalogue:
        return name
    plain = plain_name(_HUMP.sub("_", name[:MAX_NAME]))
    return plain if plain in catalogue else None


def _plainly_meant(fact: AttributeRow, raw: Any) -> Any:
    """The value as JSON of the right type, where a text says unmistakably what is meant; else as it is."""
    if not isinstance(raw, str):
        return raw
    if fact.type == "number" and _NUMBER.fullmatch(raw):
        return float(raw) if "." in raw else int(raw)
    if fact.type == "boolean":
        return _WORDS.get(raw, raw)
    if fact.type == "date" and (found := _MIDNIGHT.fullmatch(raw)):
        return found[1]
    return raw


def typed_traits(
    traits: Mapping[str, Any], catalogue: Mapping[str, AttributeRow], *, open_to: Collection[str] | None = None
) -> tuple[dict[str, Any], list[Fault]]:
    """(values, faults): attribute key -> stored form (None clears) of what fits; the rest with its reason.

    As strict as JSON elsewhere; only texts that can mean one thing alone are read (`"42"`, `"true"`, midnight UTC for a
    date). What is computed nobody can set. Of two names of one attribute the key itself counts. `open_to`: the
    sensitivities of attributes that the sender may set, None for all.
    """
    values: dict[str, Any] = {}
    faults: list[Fault] = []
    for name, raw in sorted(traits.items(), key=lambda item: (item[0] in catalogue, item[0])):
        key = trait_key(name, catalogue)
        if key is None:
            faults.append(Fault(name[:MAX_NAME], "unknown_attribute", "There is no attribute of this name.", raw))
            continue
        fact = catalogue[key]
        if fact.derivation is not None:
            detail = f"{fact.label} is computed from other data; nobody can set it."
            faults.append(Fault(key, "is_computed", detail, raw))
            continue
        if open_to is not None and fact.sensitivity not in open_to:
            detail = f"{fact.label}: whoever holds the write key may not set values of this attribute."
            faults.append(Fault(key, "above_rights", detail, raw))
            continue
        try:
            meant = _plainly_meant(fact, raw)
            values[key] = within_limits(fact, typed_value(fact.type, fact.choices, meant, strict=True))
        except ValueRefused as refused:
            faults.append(Fault(key, refused.code, f"{fact.label}: {refused.detail}", raw))
    return values, faults
